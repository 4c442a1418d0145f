using System.Collections.Immutable;

namespace Scim.Domain.Groups;

/// <summary>
/// The direct members of a group as the history says, each with whether it is a group itself. Folded where the members are
/// asked for as they were, and where a table of them is held against the history.
/// </summary>
public sealed record Membership(ImmutableSortedDictionary<Guid, bool> IsGroup)
{
    /// <summary>Nobody.</summary>
    public static Membership None { get; } = new(ImmutableSortedDictionary<Guid, bool>.Empty);

    /// <summary>The members, people and groups.</summary>
    public IdSet All => IdSet.Of(IsGroup.Keys);

    /// <summary>The people among them.</summary>
    public IdSet Users => IdSet.Of(IsGroup.Where(m => !m.Value).Select(m => m.Key));

    /// <summary>The groups among them.</summary>
    public IdSet Groups => IdSet.Of(IsGroup.Where(m => m.Value).Select(m => m.Key));

    /// <summary>The members after one more event of the group: pure, total over every event.</summary>
    public static Membership Fold(Membership members, GroupEvent e) => e switch
    {
        GroupCreated or GroupDeleted => None,
        GroupMembersAdded a => new(members.IsGroup.SetItems([.. a.Users.Select(u => KeyValuePair.Create(u, false)), .. a.Groups.Select(g => KeyValuePair.Create(g, true))])),
        GroupMembersRemoved r => new(members.IsGroup.RemoveRange(r.Users.Concat(r.Groups))),
        _ => members,
    };

    /// <inheritdoc />
    public bool Equals(Membership? other) => other is not null && IsGroup.SequenceEqual(other.IsGroup);

    /// <inheritdoc />
    public override int GetHashCode() => IsGroup.Count;
}
