using Scim.Domain.History;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Groups;

/// <summary>What can be asked of a group's stream.</summary>
public abstract record GroupCommand(string Source);

/// <summary>POST: the resource in its stored form without members, and those of its members that exist.</summary>
public sealed record CreateGroup(Guid GroupId, ScimObject Resource, IdSet AddedUsers, IdSet AddedGroups, string Source) : GroupCommand(Source);

/// <summary>The group as it shall be, by PATCH or PUT: the resource without members, and how the members differ from what they are.</summary>
public sealed record ReplaceGroup(ScimObject Desired, MemberDelta Members, string Source) : GroupCommand(Source);

/// <summary>Members leave because they left the directory; of the difference only what is removed counts.</summary>
public sealed record RemoveMembers(MemberDelta Members, string Reason, string Source) : GroupCommand(Source);

/// <summary>DELETE.</summary>
public sealed record DeleteGroup(string Source) : GroupCommand(Source);

/// <summary>
/// What may happen to a group. Pure: the events follow from the state and the command alone, by difference; a command
/// that changes nothing gives none, because providers repeat themselves.
/// </summary>
public static class GroupDecider
{
    /// <summary>The events that the command causes; empty when nothing changes.</summary>
    /// <exception cref="ScimException">The command is refused.</exception>
    public static IReadOnlyList<GroupEvent> Decide(Group? group, GroupCommand command, ResourceType type) => (group, command) switch
    {
        (null, CreateGroup c) => Create(c),
        (null, _) => throw new InvalidOperationException($"{command.GetType().Name} needs a group."),
        (_, CreateGroup) => throw ScimException.Uniqueness("This id is taken."),
        (_, ReplaceGroup c) => Replace(group, c, type),
        (_, RemoveMembers c) => [.. Removed(group.Id, c.Source, c.Members, c.Reason, group.Label)],
        (_, DeleteGroup c) => [new GroupDeleted(group.Id, c.Source, group.Label)],
        _ => throw new InvalidOperationException($"{command.GetType().Name} is not decided."),
    };

    static IReadOnlyList<GroupEvent> Create(CreateGroup c)
    {
        var name = CheckDisplayName(c.Resource);
        var members = MemberDelta.None with { AddedUsers = c.AddedUsers, AddedGroups = c.AddedGroups };
        return [new GroupCreated(c.GroupId, c.Source, name, c.Resource.Without("displayName").Without("members")), .. Added(c.GroupId, c.Source, members, name)];
    }

    static List<GroupEvent> Replace(Group group, ReplaceGroup c, ResourceType type)
    {
        var (before, after, events) = (group.DisplayName, CheckDisplayName(c.Desired), new List<GroupEvent>());
        if (before != after) events.Add(new GroupRenamed(group.Id, c.Source, before, after));
        if (Difference.Between(group.Resource, c.Desired, type, "displayName", "members") is var (paths, change))
            events.Add(new GroupAttributesChanged(group.Id, c.Source, paths, change, after));
        events.AddRange(Removed(group.Id, c.Source, c.Members, null, after));
        events.AddRange(Added(group.Id, c.Source, c.Members, after));
        return events;
    }

    static IEnumerable<GroupEvent> Added(Guid id, string source, MemberDelta members, string label)
    {
        if (members.AddedGroups.Contains(id)) throw ScimException.InvalidValue("A group cannot be a member of itself.");
        return Parts(members.AddedUsers, members.AddedGroups).Select(p => new GroupMembersAdded(id, source, p.Users, p.Groups, label));
    }

    static IEnumerable<GroupEvent> Removed(Guid id, string source, MemberDelta members, string? reason, string label) =>
        Parts(members.RemovedUsers, members.RemovedGroups).Select(p => new GroupMembersRemoved(id, source, p.Users, p.Groups, reason, label));

    // People before groups, as many to an event as it takes.
    static IEnumerable<(IReadOnlyList<Guid> Users, IReadOnlyList<Guid> Groups)> Parts(IdSet users, IdSet groups)
    {
        for (var at = 0; at < users.Count + groups.Count; at += MemberEvents.MaxMembers)
        {
            var end = at + MemberEvents.MaxMembers;
            yield return (users.Between(at, end), groups.Between(at - users.Count, end - users.Count));
        }
    }

    static string CheckDisplayName(ScimObject resource)
    {
        var name = resource["displayName"]?.AsString ?? throw ScimException.InvalidValue("displayName is required.");
        CanonicalKey.OfGroupName(name);
        return name;
    }
}
