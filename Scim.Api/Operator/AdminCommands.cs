using System.CommandLine;
using Scim.Api.Access.Pages;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.Operator;

/// <summary>Who may sign in to the pages of an organization: <c>admin invite</c>, <c>list</c>, <c>remove</c>, <c>passkeys</c>, <c>remove-passkey</c>. An invitation is also how somebody gets in again.</summary>
internal static class AdminCommands
{
    static readonly Argument<string> Email = new("EMAIL") { Description = "The address of the person" };

    static readonly Argument<Guid> Passkey = new("PASSKEY") { Description = "Its id, as `admin passkeys` lists it" };

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
        var passkeys = new Command("passkeys", "List the passkeys of the staff of an organization") { Arguments.Organization, Arguments.Json };
        passkeys.SetAction(Passkeys);
        var lost = new Command("remove-passkey", "Remove one passkey; whose it is is signed out within a second") { Arguments.Organization, Passkey };
        lost.SetAction(RemovePasskey);
        return new Command("admin", "Invite, list and remove those who may sign in to the pages of an organization") { invite, list, remove, passkeys, lost };
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

    static async Task<int> Passkeys(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var found = await installation.Find(parsed.GetRequiredValue(Arguments.Organization), ct);
        var listed = (await installation.Staff.Passkeys(found.Id, ct)).Select(p => (Of: p, found.Staff.FirstOrDefault(s => s.Id == p.Staff)?.Email));
        if (parsed.GetValue(Arguments.Json)) return await Answer.Json(listed.Select(p => new { p.Of.Id, p.Of.Staff, p.Email, p.Of.RegisteredAt, p.Of.UsedAt, p.Of.IsSynced, p.Of.Agent }));
        return await Answer.Table(["ID", "REGISTERED", "LAST USED", "SYNCED", "EMAIL"], listed.Select(p => new[] { p.Of.Id.ToString("D"), Answer.Time(p.Of.RegisteredAt), Answer.Time(p.Of.UsedAt), p.Of.IsSynced ? "yes" : "no", p.Email ?? "erased" }));
    }

    static async Task<int> RemovePasskey(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var found = await installation.Find(parsed.GetRequiredValue(Arguments.Organization), ct);
        await installation.Staff.RemovePasskey(installation.Caller(found.Id), parsed.GetRequiredValue(Passkey), own: null, ct);
        return await Answer.Words("The passkey opens nothing any more.");
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
