using System.Collections.Frozen;
using Scim.Domain.Organizations;

namespace Scim.Api.Access;

/// <summary>
/// Who may ask what under <c>/api</c>: every route stands here with its verb and the roles that may. What does not stand
/// here is refused to everybody.
/// </summary>
internal static class RouteRoles
{
    const string Organizations = "/api/organizations", One = Organizations + "/{organization:guid}", Reference = "/api/reference";

    /// <summary>The installation as a whole, and every change.</summary>
    static readonly string[] Operators = [Roles.Operator];

    /// <summary>Everything that is read about one organization.</summary>
    static readonly string[] Auditors = [Roles.Operator, Roles.Auditor];

    /// <summary>Its directory, and who has access.</summary>
    static readonly string[] Readers = [Roles.Operator, Roles.Auditor, Roles.Reader];

    /// <summary>The table, by verb and by the pattern as routing has it.</summary>
    internal static FrozenDictionary<(string Verb, string Pattern), string[]> Table { get; } = new Dictionary<(string, string), string[]>
    {
        [("GET", "/api/openapi/{documentName}.json")] = Operators,
        [("GET", Reference + "/{documentName?}")] = Operators,
        [("GET", Reference + "/scalar.js")] = Operators,
        [("GET", Reference + "/scalar.aspnetcore.js")] = Operators,
        [("GET", Reference + "/favicon.svg")] = Operators,

        [("GET", Organizations)] = Operators,
        [("POST", Organizations)] = Operators,
        [("GET", One)] = Auditors,
        [("PATCH", One)] = Operators,

        [("GET", One + "/tokens")] = Auditors,
        [("POST", One + "/tokens")] = Operators,
        [("PATCH", One + "/tokens/{token:guid}")] = Operators,
        [("DELETE", One + "/tokens/{token:guid}")] = Operators,
        [("GET", One + "/keys")] = Auditors,
        [("POST", One + "/keys")] = Operators,
        [("DELETE", One + "/keys/{key:guid}")] = Operators,

        [("GET", One + "/users")] = Readers,
        [("GET", One + "/users/{id:guid}")] = Readers,
        [("GET", One + "/users/{id:guid}/events")] = Auditors,

        [("GET", One + "/requests")] = Auditors,
        [("GET", One + "/requests/errors")] = Auditors,
        [("GET", One + "/requests/{id:guid}")] = Auditors,
        [("GET", One + "/dialects")] = Auditors,
        [("GET", One + "/unmapped")] = Auditors,

        // Whoever may read everything may have it held against itself; a repair is the operator's.
        [("POST", One + "/replay")] = Auditors,
        [("GET", One + "/replay")] = Auditors,
        [("GET", One + "/replay/{run:guid}")] = Auditors,
        [("DELETE", One + "/replay/{run:guid}")] = Auditors,

        // The directory of a moment is history.
        [("GET", One + "/directory/Users")] = Auditors,
        [("GET", One + "/directory/Users/{id}")] = Auditors,
        [("GET", One + "/directory/Groups")] = Auditors,
        [("GET", One + "/directory/Groups/{id}")] = Auditors,
        [("GET", One + "/directory/Groups/{id}/members")] = Auditors,
        [("GET", One + "/audit/events")] = Auditors,
        [("GET", One + "/audit/events/live")] = Auditors,
        [("GET", One + "/audit/difference")] = Auditors,
        [("GET", One + "/audit/why")] = Auditors,

        [("GET", One + "/access")] = Readers,
        [("GET", One + "/access/changes")] = Readers,
        [("GET", One + "/audit/reads")] = Auditors,
        [("GET", One + "/audit/review")] = Auditors,
        [("GET", One + "/audit/leavers")] = Auditors,
        [("GET", One + "/audit/export/{what}")] = Auditors,
        [("GET", One + "/audit/exports")] = Auditors,
        [("GET", One + "/audit/exports/{id:guid}")] = Auditors,
    }.ToFrozenDictionary();

    /// <summary>What an operator may still ask of an organization with staff of its own: its health, its switch, its tokens. Its people are its own.</summary>
    static readonly FrozenSet<(string Verb, string Pattern)> OfStaffed = new[]
    {
        ("GET", One), ("PATCH", One), ("GET", One + "/tokens"), ("POST", One + "/tokens"), ("PATCH", One + "/tokens/{token:guid}"), ("DELETE", One + "/tokens/{token:guid}"),
        ("GET", One + "/keys"), ("DELETE", One + "/keys/{key:guid}"), ("GET", One + "/dialects"), ("GET", One + "/unmapped"),
    }.ToFrozenSet();

    /// <summary>Whether the operator may ask that although the organization has staff.</summary>
    internal static bool MayOperatorOfStaffed(string verb, RouteEndpoint route) => OfStaffed.Contains((verb, PatternOf(route)));

    /// <summary>Whether that role may ask that of this route.</summary>
    internal static bool May(string role, string verb, RouteEndpoint route) => Table.TryGetValue((verb, PatternOf(route)), out var roles) && roles.Contains(role);

    /// <summary>The route's pattern as the table has it, without the slash that a group leaves at its end.</summary>
    internal static string PatternOf(RouteEndpoint route) => "/" + route.RoutePattern.RawText!.Trim('/');
}
