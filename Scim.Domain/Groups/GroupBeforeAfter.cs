using Scim.Domain.History;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Groups;

/// <summary>The values that an event about a group changed, old and new; members are told by their ids in the event itself.</summary>
public static class GroupBeforeAfter
{
    /// <summary>One for each path in the event's order; empty where an event changes no value.</summary>
    public static IReadOnlyList<BeforeAfter> Of(GroupEvent e) => e switch
    {
        GroupRenamed r => [new("displayName", ScimValue.Of(r.Before), ScimValue.Of(r.After))],
        GroupAttributesChanged c => BeforeAfter.Of(c.Paths, c.Change),
        _ => [],
    };
}
