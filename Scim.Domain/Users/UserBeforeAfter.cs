using Scim.Domain.History;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Users;

/// <summary>The values that an event about a person changed, old and new.</summary>
public static class UserBeforeAfter
{
    /// <summary>One for each path in the event's order; empty where an event changes no value, as when somebody comes or goes.</summary>
    public static IReadOnlyList<BeforeAfter> Of(UserEvent e) => e switch
    {
        UserRenamed r => [new("userName", Value(r.Before), Value(r.After), !r.Before.IsKnown)],
        UserAttributesChanged c => BeforeAfter.Of(c.Paths, c.Change.Or(null)),
        UserDeactivated => [BeforeAfter.Turned("active", to: false)],
        UserReactivated => [BeforeAfter.Turned("active", to: true)],
        UserSuspended => [BeforeAfter.Turned("suspended", to: true)],
        UserSuspensionLifted => [BeforeAfter.Turned("suspended", to: false)],
        _ => [],
    };

    static ScimValue? Value(Personal<string> value) => value.IsKnown ? ScimValue.Of(value.Value) : null;
}
