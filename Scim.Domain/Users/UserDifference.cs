using Scim.Domain.History;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Users;

/// <summary>What differs between two states of one person, such as those of two days.</summary>
public static class UserDifference
{
    /// <summary>The differences in the order of their kinds, attributes in the schema's; empty when there is none.</summary>
    /// <param name="then">The earlier state; null where the person was not in the directory.</param>
    /// <param name="now">The later state; null where the person is not in the directory.</param>
    /// <exception cref="ArgumentException">The states are two people's.</exception>
    public static IReadOnlyList<StateDifference> Between(User? then, User? now, ResourceType type) => (then, now) switch
    {
        (null, null) => [],
        (null, _) => [new(DifferenceKind.Arrived, "active", null, ScimValue.Of(now.Active)), .. Suspension(false, now.Suspended)],
        (_, null) => [new(DifferenceKind.Left, "active", ScimValue.Of(then.Active))],
        _ when then.Id != now.Id => throw new ArgumentException("Two people are not compared.", nameof(now)),
        _ => [.. Activity(then.Active, now.Active), .. Suspension(then.Suspended, now.Suspended), .. StateDifference.Of("userName", then.Resource, now.Resource, type, "active")],
    };

    static IEnumerable<StateDifference> Activity(bool then, bool now) => Turned(then, now, "active", DifferenceKind.Reactivated, DifferenceKind.Deactivated);

    static IEnumerable<StateDifference> Suspension(bool then, bool now) => Turned(then, now, "suspended", DifferenceKind.Suspended, DifferenceKind.SuspensionLifted);

    static IEnumerable<StateDifference> Turned(bool then, bool now, string path, DifferenceKind on, DifferenceKind off) =>
        then == now ? [] : [new(now ? on : off, path, ScimValue.Of(then), ScimValue.Of(now))];
}
