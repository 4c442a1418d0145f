using System.CommandLine;
using Scim.Api.CommandCenter.Api;

namespace Scim.Api.Operator;

/// <summary>Tokens by which identity providers prove themselves: <c>token issue</c>, <c>list</c>, <c>revoke</c>.</summary>
internal static class TokenCommands
{
    static readonly Argument<string> Label = new("LABEL") { Description = "What the token is for, e.g. okta" };

    internal static Command Build()
    {
        var issue = new Command("issue", "Issue a token; its text is shown this once") { Arguments.Organization, Label, Arguments.Days, Arguments.Json };
        issue.SetAction(Issue);
        var list = new Command("list", "List an organization's tokens, never their texts") { Arguments.Organization, Arguments.Json };
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
        var found = await installation.Find(parsed.GetRequiredValue(Arguments.Organization), ct);
        var tokens = OrganizationsApi.View(found, installation.Origin, Installation.Clock, await installation.Uses.Of(found.Id, ct)).Tokens;
        if (parsed.GetValue(Arguments.Json)) return await Answer.Json(tokens);
        return tokens.Length == 0 ? await Answer.Words($"No token of \"{found.Name}\" was ever issued.") : await Table(tokens);
    }

    static async Task<int> Revoke(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var found = await installation.Find(parsed.GetRequiredValue(Arguments.Organization), ct);
        var token = await installation.Organizations.RevokeToken(installation.Caller(found.Id), parsed.GetRequiredValue(Arguments.Token));
        return await Answer.Words($"The token \"{token.Label}\" of \"{found.Name}\" is revoked.");
    }
}
