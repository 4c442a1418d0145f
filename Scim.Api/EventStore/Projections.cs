using JasperFx.Events;
using Marten.Events.Aggregation;
using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Users;

namespace Scim.Api.EventStore;

/// <summary>People, as the domain folds them.</summary>
internal sealed class UserProjection : SingleStreamProjection<User, Guid>
{
    public UserProjection()
    {
        // Without this Marten would load the person's document for every stream of a save.
        foreach (var type in EventTypes.Names.Keys.Where(typeof(UserEvent).IsAssignableFrom)) IncludeType(type);
    }

    public override User? Evolve(User? snapshot, Guid id, IEvent e) => User.Fold(snapshot, (UserEvent)e.Data, e.Fact());
}

/// <summary>Groups without their members, as the domain folds them.</summary>
internal sealed class GroupProjection : SingleStreamProjection<Group, Guid>
{
    public GroupProjection()
    {
        foreach (var type in EventTypes.Names.Keys.Where(typeof(GroupEvent).IsAssignableFrom)) IncludeType(type);
    }

    public override Group? Evolve(Group? snapshot, Guid id, IEvent e) => Group.Fold(snapshot, (GroupEvent)e.Data, e.Fact());
}

/// <summary>Organizations, as the domain folds them.</summary>
internal sealed class OrganizationProjection : SingleStreamProjection<Organization, Guid>
{
    public OrganizationProjection()
    {
        foreach (var type in EventTypes.Names.Keys.Where(typeof(OrganizationEvent).IsAssignableFrom)) IncludeType(type);
    }

    public override Organization? Evolve(Organization? snapshot, Guid id, IEvent e) => Organization.Fold(snapshot, (OrganizationEvent)e.Data, e.Fact());
}

internal static class EventFacts
{
    /// <summary>What the domain may know of a stored event.</summary>
    internal static Fact Fact(this IEvent e) => new(e.Version, e.Timestamp, e.UserName);
}
