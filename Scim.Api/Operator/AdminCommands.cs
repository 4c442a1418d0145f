using System.CommandLine;
using Scim.Api.Access.Pages;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.Operator;

/// <summary>Who may sign in to the pages of an organization: <c>admin invite</c>, <c>list</c>, <c>remove</c>. An invitation is also how somebody gets in again.</summary>
internal static class AdminCommands
{
    static readonly Argument<string> Email = new("EMAIL") { Description = "The address of the person" };

    static readonly Option<string> Role = new("--role") { HelpName = "ROLE", Required = true, Description = "admin: reads and changes everything of the organization; auditor: reads everything" };

    internal static Command Build()
    {
        Role.AcceptOnlyFromAmong([.. Roles.OfStaff]);
        var invite = new Command("invite", "Print a link that registers a passkey, for somebody new or somebody who lost theirs") { Arguments.Organization, Email, Role, Arguments.Json };
        invite.SetAction(Invite);
        var list = new Command("list", "List the staff of an organization") { Arguments.Organization, Arguments.Json };
        list.SetAction(List);
        var remove = new Command("remove", "Remove somebody from the staff; they are signed out within a second") { Arguments.Organization, Email };
        remove.SetAction(Remove);
        return new Command("admin", "Invite, list and remove those who may sign in to the pages of an organization") { invite, list, remove };
    }

    static async Task<int> Invite(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var found = await installation.Find(parsed.GetRequiredValue(Arguments.Organization), ct);
        var (member, secret) = await installation.Staff.Invite(installation.Caller(found.Id), parsed.GetRequiredValue(Email), parsed.GetRequiredValue(Role), ct);
        var link = $"{installation.PageOrigin}/setup/{secret}";
        if (parsed.GetValue(Arguments.Json)) return await Answer.Json(new { organization = found.Id, staff = member.Id, member.Role, link });
        return await Answer.Words($"""
            {member.Email} may register a passkey, as {member.Role} of "{found.Name}":

              {link}

            The link is shown this once. It is good for {Invitations.GoodFor.TotalMinutes:0} minutes and one passkey.
            """);
    }

    static async Task<int> List(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var found = await installation.Find(parsed.GetRequiredValue(Arguments.Organization), ct);
        if (parsed.GetValue(Arguments.Json))
            return await Answer.Json(found.Staff.Select(s => new { s.Id, s.Email, s.Role, s.Status, s.InvitedAt, s.InvitedBy, s.JoinedAt, s.RemovedAt }));
        if (found.Staff.IsEmpty) return await Answer.Words($"Nobody was ever invited to the staff of \"{found.Name}\".");
        return await Answer.Table(["ID", "STATUS", "ROLE", "INVITED", "EMAIL"], found.Staff.Select(s => new[] { s.Id.ToString("D"), s.Status, s.Role, Answer.Time(s.InvitedAt), s.Email ?? "erased" }));
    }

    static async Task<int> Remove(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var found = await installation.Find(parsed.GetRequiredValue(Arguments.Organization), ct);
        var email = parsed.GetRequiredValue(Email);
        var member = await installation.Staff.Member(found.Id, email, ct) ?? throw ScimException.NotFound("Member of staff", email);
        await installation.Staff.Remove(installation.Caller(found.Id), member.Id, ct);
        return await Answer.Words($"{email} is removed from the staff of \"{found.Name}\".");
    }
}
