using Scim.Api.Access;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.Hosting;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Api;

/// <summary>Organizations and their tokens, for administrators: <c>/api/organizations</c>.</summary>
internal static class OrganizationsApi
{
    internal static void MapOrganizations(this RouteGroupBuilder api)
    {
        api.MapPost("", Create).WithSummary("Creates an organization, with SCIM off");
        api.MapGet("", List).WithSummary("Lists organizations");
        api.MapGet("/{organization:guid}", Read).WithSummary("Reads one organization and its tokens");
        api.MapPatch("/{organization:guid}", Change).WithSummary("Renames an organization, switches SCIM or its strict mode, or sets for how many days its requests are kept");
        api.MapPost("/{organization:guid}/tokens", IssueToken).WithSummary("Issues a token; its text is shown this once");
        api.MapGet("/{organization:guid}/tokens", ListTokens).WithSummary("Lists tokens, never their texts");
        api.MapPatch("/{organization:guid}/tokens/{token:guid}", ExtendToken).WithSummary("Lets a live token be good for so many days from now; one that has lapsed stays so");
        api.MapDelete("/{organization:guid}/tokens/{token:guid}", RevokeToken).WithSummary("Revokes a token");
    }

    static async Task<IResult> Create(NewOrganization body, OrganizationAdministration organizations, PublicOrigin origin, HttpContext http, TimeProvider clock)
    {
        var created = await organizations.Create(ApiCaller.Of(http).For(NewId.Next(clock)), body.Name ?? "");
        return TypedResults.Created($"/api/organizations/{created.Id:D}", View(created, origin.Of(http), clock, null));
    }

    static async Task<IResult> List(OrganizationAdministration organizations, PublicOrigin origin, HttpContext http, TimeProvider clock) =>
        TypedResults.Ok((await organizations.List(http.RequestAborted)).Select(o => View(o, origin.Of(http), clock, null)).ToArray());

    static async Task<IResult> Read(Guid organization, OrganizationAdministration organizations, TokenUse uses, PublicOrigin origin, HttpContext http, TimeProvider clock)
    {
        var found = await organizations.Find(organization, http.RequestAborted) ?? throw ScimException.NotFound("Organization", organization.ToString("D"));
        return TypedResults.Ok(View(found, origin.Of(http), clock, await uses.Of(organization, http.RequestAborted)));
    }

    static async Task<IResult> Change(Guid organization, OrganizationChange body, OrganizationAdministration organizations, PublicOrigin origin, HttpContext http, TimeProvider clock)
    {
        if (body is { Name: null, ScimEnabled: null, StrictMode: null, RequestLogDays: null, TimeZone: null }) throw ScimException.BadRequest("Name what shall change: name, scimEnabled, strictMode, requestLogDays or timeZone.");
        var caller = ApiCaller.Of(http);
        if (caller.Role == Roles.Operator && body is not { Name: null, StrictMode: null, RequestLogDays: null, TimeZone: null } && (await organizations.Find(organization, http.RequestAborted))?.HasStaff is true)
            throw new ScimException(403, null, "The organization has staff of its own, who change this. The operator switches SCIM on and off.");
        Organization? changed = null;
        if (body.Name is { } name) changed = await organizations.Rename(caller.For(organization), name);
        if (body.ScimEnabled is { } enabled) changed = await organizations.Switch(caller.For(organization), enabled);
        if (body.StrictMode is { } strict) changed = await organizations.SwitchStrictMode(caller.For(organization), strict);
        if (body.RequestLogDays is { } days) changed = await organizations.KeepRequests(caller.For(organization), days);
        if (body.TimeZone is { } zone) changed = await organizations.ChangeTimeZone(caller.For(organization), zone);
        return TypedResults.Ok(View(changed!, origin.Of(http), clock, null));
    }

    static async Task<IResult> IssueToken(Guid organization, NewToken body, OrganizationAdministration organizations, HttpContext http, TimeProvider clock)
    {
        var (token, text) = await organizations.IssueToken(ApiCaller.Of(http).For(organization), body.Label ?? "", body.Days);
        return TypedResults.Created($"/api/organizations/{organization:D}/tokens/{token.Id:D}", View(token, clock, null) with { Token = text });
    }

    static async Task<IResult> ListTokens(Guid organization, OrganizationAdministration organizations, TokenUse uses, HttpContext http, TimeProvider clock)
    {
        var found = await organizations.Find(organization, http.RequestAborted) ?? throw ScimException.NotFound("Organization", organization.ToString("D"));
        var used = await uses.Of(organization, http.RequestAborted);
        return TypedResults.Ok(found.Tokens.Select(t => View(t, clock, used)).ToArray());
    }

    static async Task<IResult> ExtendToken(Guid organization, Guid token, TokenChange body, OrganizationAdministration organizations, HttpContext http, TimeProvider clock) =>
        TypedResults.Ok(View(await organizations.ExtendToken(ApiCaller.Of(http).For(organization), token, body.Days ?? OrganizationAdministration.DefaultTokenDays), clock, null));

    static async Task<IResult> RevokeToken(Guid organization, Guid token, OrganizationAdministration organizations, HttpContext http)
    {
        await organizations.RevokeToken(ApiCaller.Of(http).For(organization), token);
        return TypedResults.NoContent();
    }

    internal static OrganizationView View(Organization o, string origin, TimeProvider clock, IReadOnlyDictionary<Guid, LastUse>? uses) =>
        new(o.Id, o.Name, o.ScimEnabled, o.IsStrict, origin + o.BasePath, o.Created, o.Version, o.RequestLogRetention, o.TimeZone, [.. o.Tokens.Select(t => View(t, clock, uses))]);

    static TokenView View(Token t, TimeProvider clock, IReadOnlyDictionary<Guid, LastUse>? uses)
    {
        var use = uses?.GetValueOrDefault(t.Id);
        return new(t.Id, t.Label, t.StatusAt(clock.GetUtcNow()), t.CreatedAt, t.CreatedBy, t.ExpiresAt, t.RevokedAt, use?.At, use?.Address, use?.Agent, t.End, null);
    }
}

/// <summary>A new organization.</summary>
internal sealed record NewOrganization(string? Name);

/// <summary>What shall change; what is left out stays.</summary>
internal sealed record OrganizationChange(string? Name, bool? ScimEnabled, bool? StrictMode, int? RequestLogDays, string? TimeZone);

/// <summary>A token to issue; it is good for 365 days unless <c>days</c> says otherwise.</summary>
internal sealed record NewToken(string? Label, int? Days);

/// <summary>For how many days from now a token shall be good; 365 unless <c>days</c> says otherwise.</summary>
internal sealed record TokenChange(int? Days);

/// <summary>An organization as administrators see it.</summary>
internal sealed record OrganizationView(Guid Id, string Name, bool ScimEnabled, bool StrictMode, string BaseUrl, DateTimeOffset Created, long Version, int RequestLogDays, string TimeZone, TokenView[] Tokens);

/// <summary>A token as administrators see it; its text only in the answer that issues it, and its last characters, where they are known.</summary>
internal sealed record TokenView(Guid Id, string Label, string Status, DateTimeOffset CreatedAt, string? CreatedBy, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt,
    DateTimeOffset? LastUsedAt, string? LastUsedFrom, string? LastUsedBy, string? End, [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] string? Token);
