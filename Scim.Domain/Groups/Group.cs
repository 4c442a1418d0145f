using Scim.Domain.History;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Groups;

/// <summary>
/// A group of the directory as the history says, without its members: those may be a hundred thousand, and nothing but
/// their number is needed to decide. <see cref="Membership"/> is the fold of the members themselves.
/// </summary>
/// <param name="Resource">The resource without id, meta and members.</param>
/// <remarks>Example: <c>Tour Guides</c>, 25 members, version 3.</remarks>
public sealed record Group(Guid Id, ScimObject Resource) : IState<Group, GroupEvent>
{
    /// <summary>When the group entered the directory.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>When the resource or its members last changed; it never goes back, whatever clocks do.</summary>
    public DateTimeOffset LastModified { get; init; }

    /// <summary>The number of the last event of the stream, which the ETag shows.</summary>
    public long Version { get; init; }

    /// <summary>How many direct members the group has.</summary>
    public long MemberCount { get; init; }

    /// <summary>The displayName as sent.</summary>
    public string DisplayName => Resource["displayName"]?.AsString ?? "";

    /// <summary>The key that is unique in the organization.</summary>
    public string DisplayNameKey => CanonicalKey.Of(DisplayName);

    /// <summary>The provisioning client's identifier, or null.</summary>
    public string? ExternalId => Resource["externalId"]?.AsString;

    /// <summary>The name by which people know the group.</summary>
    public string Label => DisplayName;

    /// <summary>The one interpretation of a group's history: pure, total over every event. Null before the first event and after deletion.</summary>
    public static Group? Fold(Group? group, GroupEvent e, Fact fact)
    {
        if (e is GroupCreated c) return First(c, fact);
        if (group is null) return null;
        var next = e switch
        {
            GroupRenamed r => group with { Resource = group.Resource.With("displayName", ScimValue.Of(r.After)) },
            GroupAttributesChanged a => group with { Resource = Difference.Apply(group.Resource, a.Paths, a.Change.After) },
            GroupMembersAdded a => group with { MemberCount = group.MemberCount + a.Users.Count + a.Groups.Count },
            GroupMembersRemoved r => group with { MemberCount = group.MemberCount - r.Users.Count - r.Groups.Count },
            GroupDeleted => null,
            _ => throw new InvalidOperationException($"The fold does not know {e.GetType().Name}."),
        };
        return next is null ? null : next with { Version = fact.Version, LastModified = fact.At > group.LastModified ? fact.At : group.LastModified };
    }

    static Group First(GroupCreated e, Fact fact) => new(e.GroupId, e.Resource.With("displayName", ScimValue.Of(e.DisplayName)))
    {
        Created = fact.At,
        LastModified = fact.At,
        Version = fact.Version,
    };
}
