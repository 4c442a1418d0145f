using System.CommandLine;
using Scim.Api.CommandCenter.Api;
using Scim.Domain.Organizations;

namespace Scim.Api.Operator;

/// <summary>Keys that open the JSON API for one organization: <c>key issue</c>, <c>list</c>, <c>revoke</c>.</summary>
internal static class KeyCommands
{
    static readonly Argument<string> Label = new("LABEL") { Description = "What the key is for, e.g. siem" };

    static readonly Option<string> Role = new("--role") { HelpName = "ROLE", Required = true, Description = "auditor: reads everything of the organization; reader: reads the directory, no history and no log" };

    internal static Command Build()
    {
        Role.AcceptOnlyFromAmong([.. Roles.OfKeys]);
        var issue = new Command("issue", "Issue a key; its text is shown this once") { Arguments.Organization, Label, Role, Arguments.Days, Arguments.Json };
        issue.SetAction(Issue);
        var list = new Command("list", "List the keys of an organization, or of all, never their texts") { Arguments.OneOrAll, Arguments.Json };
        list.SetAction(List);
        var revoke = new Command("revoke", "Revoke a key; it opens nothing within a second") { Arguments.Organization, Arguments.Key };
        revoke.SetAction(Revoke);
        return new Command("key", "Issue, list and revoke the keys that open the API for one organization") { issue, list, revoke };
    }

    static async Task<int> Issue(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var found = await installation.Find(parsed.GetRequiredValue(Arguments.Organization), ct);
        var (key, text) = await installation.Organizations.IssueKey(installation.Caller(found.Id), parsed.GetRequiredValue(Label), parsed.GetRequiredValue(Role), parsed.GetValue(Arguments.Days));
        var baseUrl = $"{installation.Origin}/api/organizations/{found.Id:D}";
        if (parsed.GetValue(Arguments.Json))
            return await Answer.Json(new { organization = found.Id, baseUrl, key = text, keyId = key.Id, key.Role, key.ExpiresAt });
        return await Answer.Words($"""
            Issued the key "{key.Label}" of "{found.Name}".

              Id        {key.Id:D}
              Role      {key.Role}
              Base URL  {baseUrl}
              Key       {text}

            The key is shown this once. It is good until {key.ExpiresAt:yyyy-MM-dd}.
            """);
    }

    static async Task<int> List(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        if (parsed.GetValue(Arguments.OneOrAll) is not { } named) return await List(installation, await installation.Organizations.List(ct), parsed, ct);
        var found = await installation.Find(named, ct);
        var keys = await Keys(installation, found, ct);
        if (parsed.GetValue(Arguments.Json)) return await Answer.Json(keys);
        if (keys.Length == 0) return await Answer.Words($"No key of \"{found.Name}\" was ever issued.");
        return await Answer.Table(["ID", "STATUS", "ROLE", "ISSUED", "EXPIRES", "LAST USED", "LABEL"],
            keys.Select(k => new[] { k.Id.ToString("D"), k.Status, k.Role, Answer.Time(k.CreatedAt), Answer.Time(k.ExpiresAt), k.LastUsedAt is { } at ? Answer.Time(at) : "never", k.Label }));
    }

    // Of several organizations, so each row names its own.
    static async Task<int> List(Installation installation, IReadOnlyList<Organization> organizations, ParseResult parsed, CancellationToken ct)
    {
        var listed = new List<(Organization Of, KeyView Key)>();
        foreach (var organization in organizations) listed.AddRange((await Keys(installation, organization, ct)).Select(k => (organization, k)));
        if (parsed.GetValue(Arguments.Json))
            return await Answer.Json(listed.Select(l => new { organization = l.Of.Id, name = l.Of.Name, key = l.Key.Id, l.Key.Label, l.Key.Role, l.Key.Status, l.Key.ExpiresAt, l.Key.LastUsedAt }));
        if (listed.Count == 0) return await Answer.Words("No key was ever issued.");
        return await Answer.Table(["ORGANIZATION", "KEY", "STATUS", "ROLE", "EXPIRES", "LABEL", "NAME"],
            listed.Select(l => new[] { l.Of.Id.ToString("D"), l.Key.Id.ToString("D"), l.Key.Status, l.Key.Role, Answer.Time(l.Key.ExpiresAt), l.Key.Label, l.Of.Name }));
    }

    static async Task<KeyView[]> Keys(Installation installation, Organization organization, CancellationToken ct)
    {
        var uses = await installation.Uses.Of(organization.Id, ct);
        return [.. organization.Keys.Select(k => KeysApi.View(k, Installation.Clock, uses))];
    }

    static async Task<int> Revoke(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var found = await installation.Find(parsed.GetRequiredValue(Arguments.Organization), ct);
        var key = await installation.Organizations.RevokeKey(installation.Caller(found.Id), parsed.GetRequiredValue(Arguments.Key));
        return await Answer.Words($"The key \"{key.Label}\" of \"{found.Name}\" is revoked.");
    }
}
