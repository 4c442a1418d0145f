using System.CommandLine;
using Scim.Api.CommandCenter.Api;
using Scim.Domain.Organizations;

namespace Scim.Api.Operator;

/// <summary>Tokens by which identity providers prove themselves: <c>token issue</c>, <c>list</c>, <c>revoke</c>.</summary>
internal static class TokenCommands
{
    const int Expiring = 3;

    static readonly Argument<string> Label = new("LABEL") { Description = "What the token is for, e.g. okta" };

    internal static Command Build()
    {
        var issue = new Command("issue", "Issue a token; its text is shown this once") { Arguments.Organization, Label, Arguments.Days, Arguments.Json };
        issue.SetAction(Issue);
        var list = new Command("list", "List the tokens of an organization, or of all, never their texts") { Arguments.OneOrAll, Arguments.Expiring, Arguments.Json };
        list.SetAction(List);
        var revoke = new Command("revoke", "Revoke a token; it opens nothing within a second") { Arguments.Organization, Arguments.Token };
        revoke.SetAction(Revoke);
        return new Command("token", "Issue, list and revoke the tokens of identity providers") { issue, list, revoke };
    }

    internal static Task<int> Table(IEnumerable<TokenView> tokens) =>
        Answer.Table(["ID", "STATUS", "ISSUED", "EXPIRES", "LAST USED", "LABEL"],
            tokens.Select(t => new[] { t.Id.ToString("D"), t.Status, Answer.Time(t.CreatedAt), Answer.Time(t.ExpiresAt), t.LastUsedAt is { } at ? Answer.Time(at) : "never", t.Label }));

    static async Task<int> Issue(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var found = await installation.Find(parsed.GetRequiredValue(Arguments.Organization), ct);
        var (token, text) = await installation.Organizations.IssueToken(installation.Caller(found.Id), parsed.GetRequiredValue(Label), parsed.GetValue(Arguments.Days));
        var baseUrl = installation.Origin + found.BasePath;
        if (parsed.GetValue(Arguments.Json))
            return await Answer.Json(new { organization = found.Id, baseUrl, token = text, tokenId = token.Id, token.ExpiresAt });
        return await Answer.Words($"""
            Issued the token "{token.Label}" of "{found.Name}".

              Id        {token.Id:D}
              Base URL  {baseUrl}
              Token     {text}

            The token is shown this once. It is good until {token.ExpiresAt:yyyy-MM-dd}.{(found.ScimEnabled ? "" : " SCIM is off for this organization.")}
            """);
    }

    static async Task<int> List(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        if (parsed.GetValue(Arguments.OneOrAll) is not { } named) return await List(installation, await installation.Organizations.List(ct), parsed, ct);
        var found = await installation.Find(named, ct);
        if (parsed.GetValue(Arguments.Expiring) is not null) return await List(installation, [found], parsed, ct);
        var tokens = await Tokens(installation, found, ct);
        if (parsed.GetValue(Arguments.Json)) return await Answer.Json(tokens);
        return tokens.Length == 0 ? await Answer.Words($"No token of \"{found.Name}\" was ever issued.") : await Table(tokens);
    }

    // Of several organizations, so each row names its own.
    static async Task<int> List(Installation installation, IReadOnlyList<Organization> organizations, ParseResult parsed, CancellationToken ct)
    {
        var (within, now) = (parsed.GetValue(Arguments.Expiring), Installation.Clock.GetUtcNow());
        var listed = new List<(Organization Of, TokenView Token)>();
        foreach (var organization in organizations)
            listed.AddRange((await Tokens(installation, organization, ct)).Where(t => within is null || (t.Status == "live" && t.ExpiresAt <= now + within)).Select(t => (organization, t)));
        if (within is not null) listed = [.. listed.OrderBy(l => l.Token.ExpiresAt)];
        if (parsed.GetValue(Arguments.Json))
            await Answer.Json(listed.Select(l => new { organization = l.Of.Id, name = l.Of.Name, token = l.Token.Id, l.Token.Label, l.Token.Status, l.Token.ExpiresAt, l.Token.LastUsedAt }));
        else if (listed.Count > 0)
            await Answer.Table(["ORGANIZATION", "TOKEN", "STATUS", "EXPIRES", "LABEL", "NAME"],
                listed.Select(l => new[] { l.Of.Id.ToString("D"), l.Token.Id.ToString("D"), l.Token.Status, Answer.Time(l.Token.ExpiresAt), l.Token.Label, l.Of.Name }));
        else if (within is null)
            await Answer.Words("No token was ever issued.");
        return within is not null && listed.Count > 0 ? Expiring : 0;
    }

    static async Task<TokenView[]> Tokens(Installation installation, Organization organization, CancellationToken ct) =>
        OrganizationsApi.View(organization, installation.Origin, Installation.Clock, await installation.Uses.Of(organization.Id, ct)).Tokens;

    static async Task<int> Revoke(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var found = await installation.Find(parsed.GetRequiredValue(Arguments.Organization), ct);
        var token = await installation.Organizations.RevokeToken(installation.Caller(found.Id), parsed.GetRequiredValue(Arguments.Token));
        return await Answer.Words($"The token \"{token.Label}\" of \"{found.Name}\" is revoked.");
    }
}
