using System.CommandLine;
using FluentValidation;
using Scim.Api.Access;
using Scim.Api.CommandCenter.Api;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.Operator;

/// <summary>Organizations: <c>organization create</c>, <c>list</c>, <c>show</c>, <c>enable-scim</c>, <c>disable-scim</c>, <c>enable-strict</c>, <c>disable-strict</c>.</summary>
internal static class OrganizationCommands
{
    static readonly Argument<string> Name = new("NAME") { Description = "What people call it" };
    static readonly Option<bool> EnableScim = new("--enable-scim") { Description = "Switch SCIM on at once" };
    static readonly Option<string?> IssueToken = new("--issue-token") { HelpName = "LABEL", Description = "Issue a token too, e.g. okta" };

    internal static Command Build()
    {
        var create = new Command("create", "Create an organization, with SCIM off unless told otherwise") { Name, EnableScim, IssueToken, Arguments.Json };
        create.SetAction(Create);
        var list = new Command("list", "List the organizations") { Arguments.Json };
        list.SetAction(List);
        var show = new Command("show", "Show an organization and its tokens") { Arguments.Organization, Arguments.Json };
        show.SetAction(Show);
        var enable = new Command("enable-scim", "Let its identity provider call") { Arguments.Organization };
        enable.SetAction((parsed, ct) => Switch(parsed, enabled: true, ct));
        var disable = new Command("disable-scim", "Refuse its identity provider, within a second") { Arguments.Organization };
        disable.SetAction((parsed, ct) => Switch(parsed, enabled: false, ct));
        var strict = new Command("enable-strict", "Refuse its identity provider what others are forgiven") { Arguments.Organization };
        strict.SetAction((parsed, ct) => SwitchStrict(parsed, enabled: true, ct));
        var lenient = new Command("disable-strict", "Forgive its identity provider again, by named repairs") { Arguments.Organization };
        lenient.SetAction((parsed, ct) => SwitchStrict(parsed, enabled: false, ct));
        return new Command("organization", "Create organizations, show them, switch their SCIM and strict mode") { create, list, show, enable, disable, strict, lenient };
    }

    static async Task<int> Create(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var organizations = installation.Organizations;
        var id = NewId.Next(Installation.Clock);
        var created = await organizations.Create(installation.Caller(id), parsed.GetRequiredValue(Name));
        (Token Token, string Text)? issued = null;
        try
        {
            if (parsed.GetValue(EnableScim)) created = await organizations.Switch(installation.Caller(id), scimEnabled: true);
            if (parsed.GetValue(IssueToken) is { } label) issued = await organizations.IssueToken(installation.Caller(id), label, days: null);
        }
        catch (Exception e) when (e is ScimException or ValidationException)
        {
            await Console.Error.WriteAsync($"The organization {id:D} was created, but not all else was done: ");
            throw;
        }

        var baseUrl = installation.Origin + created.BasePath;
        if (parsed.GetValue(Arguments.Json))
            return await Answer.Json(new { organization = created.Id, baseUrl, token = issued?.Text });
        await Answer.Words($"""
            Created the organization "{created.Name}".

              Id        {created.Id:D}
              Base URL  {baseUrl}
              SCIM      {Answer.OnOff(created.ScimEnabled)}
            """);
        return issued is { } pair ? await Answer.Words($"  Token     {pair.Text}\n\nThe token is shown this once. It is good until {pair.Token.ExpiresAt:yyyy-MM-dd}.") : 0;
    }

    static async Task<int> List(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var found = await installation.Organizations.List(ct);
        if (parsed.GetValue(Arguments.Json))
            return await Answer.Json(found.Select(o => OrganizationsApi.View(o, installation.Origin, Installation.Clock, null)));
        if (found.Count == 0) return await Answer.Words("There is no organization yet. See: organization create --help");
        var now = Installation.Clock.GetUtcNow();
        return await Answer.Table(["ID", "SCIM", "LIVE TOKENS", "NAME"],
            found.Select(o => new[] { o.Id.ToString("D"), Answer.OnOff(o.ScimEnabled), $"{o.Tokens.Count(t => t.IsLive(now))}", o.Name }));
    }

    static async Task<int> Show(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var found = await installation.Find(parsed.GetRequiredValue(Arguments.Organization), ct);
        var view = OrganizationsApi.View(found, installation.Origin, Installation.Clock, await installation.Uses.Of(found.Id, ct));
        if (parsed.GetValue(Arguments.Json)) return await Answer.Json(view);
        await Answer.Words($"""
            {view.Name}

              Id        {view.Id:D}
              Base URL  {view.BaseUrl}
              SCIM      {Answer.OnOff(view.ScimEnabled)}
              Strict    {Answer.OnOff(view.StrictMode)}
              Created   {Answer.Time(view.Created)}
              Tokens    {(view.Tokens.Length == 0 ? "none" : "")}
            """);
        return view.Tokens.Length == 0 ? 0 : await TokenCommands.Table(view.Tokens);
    }

    static async Task<int> Switch(ParseResult parsed, bool enabled, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var found = await installation.Find(parsed.GetRequiredValue(Arguments.Organization), ct);
        await installation.Organizations.Switch(installation.Caller(found.Id), enabled);
        return await Answer.Words($"SCIM is {Answer.OnOff(enabled)} for \"{found.Name}\".");
    }

    static async Task<int> SwitchStrict(ParseResult parsed, bool enabled, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var found = await installation.Find(parsed.GetRequiredValue(Arguments.Organization), ct);
        await installation.Organizations.SwitchStrictMode(installation.Caller(found.Id), enabled);
        return await Answer.Words($"Strict mode is {Answer.OnOff(enabled)} for \"{found.Name}\".");
    }
}
