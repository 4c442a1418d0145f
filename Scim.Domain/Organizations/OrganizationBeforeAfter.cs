using Scim.Domain.History;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Organizations;

/// <summary>The values that an event about an organization changed, old and new, by the names that the API gives them.</summary>
public static class OrganizationBeforeAfter
{
    /// <summary>One for the event's value; empty where an event changes none.</summary>
    public static IReadOnlyList<BeforeAfter> Of(OrganizationEvent e) => e switch
    {
        OrganizationRenamed r => [new("name", ScimValue.Of(r.Before), ScimValue.Of(r.After))],
        ScimEnabled => [BeforeAfter.Turned("scimEnabled", to: true)],
        ScimDisabled => [BeforeAfter.Turned("scimEnabled", to: false)],
        StrictModeEnabled => [BeforeAfter.Turned("strictMode", to: true)],
        StrictModeDisabled => [BeforeAfter.Turned("strictMode", to: false)],
        RequestLogRetentionChanged r => [new("requestLogDays", ScimValue.Of(r.Before), ScimValue.Of(r.After))],
        TimeZoneChanged z => [new("timeZone", ScimValue.Of(z.Before), ScimValue.Of(z.After))],
        TokenExtended t => [new("expiresAt", ScimValue.Of(ScimDateTime.Print(t.Before)), ScimValue.Of(ScimDateTime.Print(t.After)))],
        StaffRoleChanged s => [new("role", ScimValue.Of(s.Before), ScimValue.Of(s.After))],
        _ => [],
    };
}
