using System.Text.Json.Serialization;
using Scim.Api.Access;
using Scim.Api.CommandCenter.Organizations;
using Scim.Domain.Organizations;

namespace Scim.Api.CommandCenter.Api;

/// <summary>Keys that open this API for one organization: <c>/api/organizations/{organization}/keys</c>.</summary>
internal static class KeysApi
{
    internal static void MapKeys(this RouteGroupBuilder keys)
    {
        keys.MapPost("", Issue).WithSummary("Issues a key that opens this API for this organization: role is auditor (reads everything) or reader (reads the directory); its text is shown this once");
        keys.MapGet("", List).WithSummary("Lists keys, never their texts");
        keys.MapDelete("/{key:guid}", Revoke).WithSummary("Revokes a key");
    }

    static async Task<IResult> Issue(Guid organization, NewKey body, OrganizationAdministration organizations, HttpContext http, TimeProvider clock)
    {
        var (key, text) = await organizations.IssueKey(ApiCaller.Of(http).For(organization), body.Label ?? "", body.Role ?? "", body.Days);
        return TypedResults.Created($"/api/organizations/{organization:D}/keys/{key.Id:D}", View(key, clock, null) with { Key = text });
    }

    static async Task<IResult> List(Guid organization, OrganizationAdministration organizations, TokenUse uses, HttpContext http, TimeProvider clock)
    {
        var found = (await organizations.Find(organization, http.RequestAborted))!;
        var used = await uses.Of(organization, http.RequestAborted);
        return TypedResults.Ok(found.Keys.Select(k => View(k, clock, used)).ToArray());
    }

    static async Task<IResult> Revoke(Guid organization, Guid key, OrganizationAdministration organizations, HttpContext http)
    {
        await organizations.RevokeKey(ApiCaller.Of(http).For(organization), key);
        return TypedResults.NoContent();
    }

    internal static KeyView View(ApiKey k, TimeProvider clock, IReadOnlyDictionary<Guid, LastUse>? uses)
    {
        var use = uses?.GetValueOrDefault(k.Id);
        return new(k.Id, k.Label, k.Role, k.StatusAt(clock.GetUtcNow()), k.CreatedAt, k.CreatedBy, k.ExpiresAt, k.RevokedAt, use?.At, use?.Address, null);
    }
}

/// <summary>A key to issue; it is good for 365 days unless <c>days</c> says otherwise.</summary>
internal sealed record NewKey(string? Label, string? Role, int? Days);

/// <summary>A key as administrators see it; its text only in the answer that issues it.</summary>
internal sealed record KeyView(Guid Id, string Label, string Role, string Status, DateTimeOffset CreatedAt, string? CreatedBy, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt,
    DateTimeOffset? LastUsedAt, string? LastUsedFrom, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key);
