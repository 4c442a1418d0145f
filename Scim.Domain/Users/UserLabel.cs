using Scim.Domain.History;

namespace Scim.Domain.Users;

/// <summary>The name by which people knew somebody when an event had happened, as the event itself keeps it.</summary>
public static class UserLabel
{
    /// <summary>The label of the event; of an erasure there is none.</summary>
    public static Personal<string> After(UserEvent e) => e switch
    {
        UserProvisioned p => p.Label,
        UserRenamed r => r.Label,
        UserAttributesChanged c => c.Label,
        UserDeactivated d => d.Label,
        UserReactivated r => r.Label,
        UserSuspended s => s.Label,
        UserSuspensionLifted l => l.Label,
        UserNameReleased n => n.Label,
        UserDeleted d => d.Label,
        UserErased => default,
        _ => throw new InvalidOperationException($"No label is known of {e.GetType().Name}."),
    };
}
