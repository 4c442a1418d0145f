namespace Scim.Domain.Groups;

/// <summary>How the members of a group differ from what they were: nobody is added who is there, removed who is not, or both.</summary>
public sealed record MemberDelta(IdSet AddedUsers, IdSet AddedGroups, IdSet RemovedUsers, IdSet RemovedGroups)
{
    /// <summary>No difference.</summary>
    public static MemberDelta None { get; } = new(IdSet.Empty, IdSet.Empty, IdSet.Empty, IdSet.Empty);

    /// <summary>Whether there is no difference.</summary>
    public bool IsEmpty => !Adds && !Removes;

    /// <summary>Whether anybody is added.</summary>
    public bool Adds => AddedUsers.Count + AddedGroups.Count > 0;

    /// <summary>Whether anybody is removed.</summary>
    public bool Removes => RemovedUsers.Count + RemovedGroups.Count > 0;
}
