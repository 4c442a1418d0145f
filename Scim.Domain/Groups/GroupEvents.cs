using System.Text.Json.Serialization;
using Scim.Domain.History;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Groups;

/// <summary>
/// What can have happened to a group. Stored for ever, all of it open: a group is nobody's personal data, and its members
/// stand there as ids alone. <c>Label</c> is the displayName after the event.
/// </summary>
public abstract record GroupEvent([property: JsonPropertyOrder(-1)] Guid GroupId);

/// <summary>The group entered the directory; the resource without displayName and members.</summary>
public sealed record GroupCreated(Guid GroupId, string Source, string DisplayName, ScimObject Resource) : GroupEvent(GroupId);

/// <summary>The displayName changed, be it only in case.</summary>
public sealed record GroupRenamed(Guid GroupId, string Source, string Before, string After) : GroupEvent(GroupId);

/// <summary>Attributes other than displayName and members changed: their paths, and their values before and after.</summary>
public sealed record GroupAttributesChanged(Guid GroupId, string Source, IReadOnlyList<string> Paths, AttributeChange Change, string Label) : GroupEvent(GroupId);

/// <summary>Members came: at most <see cref="MemberEvents.MaxMembers"/> in both lists, each in the order of ids.</summary>
public sealed record GroupMembersAdded(Guid GroupId, string Source, IReadOnlyList<Guid> Users, IReadOnlyList<Guid> Groups, string Label) : GroupEvent(GroupId);

/// <summary>Members went: at most <see cref="MemberEvents.MaxMembers"/> in both lists; <c>Reason</c> is null when somebody asked for it.</summary>
public sealed record GroupMembersRemoved(Guid GroupId, string Source, IReadOnlyList<Guid> Users, IReadOnlyList<Guid> Groups, string? Reason, string Label) : GroupEvent(GroupId);

/// <summary>The group left the directory, whoever was a member; the displayName is free, the id never returns.</summary>
public sealed record GroupDeleted(Guid GroupId, string Source, string Label) : GroupEvent(GroupId);

/// <summary>Why members went when nobody asked for it; part of stored events.</summary>
public static class MemberRemoval
{
    /// <summary>The member, a person, was deleted.</summary>
    public const string UserDeleted = "user deleted";

    /// <summary>The member, a group, was deleted.</summary>
    public const string GroupDeleted = "group deleted";
}

/// <summary>The measure of the events about members.</summary>
public static class MemberEvents
{
    /// <summary>Members that one event names; more are several events.</summary>
    public const int MaxMembers = 1000;
}
