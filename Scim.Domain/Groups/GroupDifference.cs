using Scim.Domain.History;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Groups;

/// <summary>What differs between two states of one group but its members, such as those of two days.</summary>
public static class GroupDifference
{
    /// <summary>The differences in the order of their kinds, attributes in the schema's; empty when there is none.</summary>
    /// <param name="then">The earlier state; null where the group was not in the directory.</param>
    /// <param name="now">The later state; null where the group is not in the directory.</param>
    /// <exception cref="ArgumentException">The states are two groups'.</exception>
    public static IReadOnlyList<StateDifference> Between(Group? then, Group? now, ResourceType type) => (then, now) switch
    {
        (null, null) => [],
        (null, _) => [new(DifferenceKind.Arrived)],
        (_, null) => [new(DifferenceKind.Left)],
        _ when then.Id != now.Id => throw new ArgumentException("Two groups are not compared.", nameof(now)),
        _ => [.. StateDifference.Of("displayName", then.Resource, now.Resource, type, "members")],
    };
}
