using Scim.Domain.History;

namespace Scim.Domain.Groups;

/// <summary>What happened to a group as one sentence that needs no training; total over every event.</summary>
/// <remarks>Example: <c>Okta (token okta-2026) added Ada Byron, Grace Hopper and 38 others to Tour Guides.</c></remarks>
public static class GroupSentences
{
    /// <summary>The sentence.</summary>
    public static string Of(GroupEvent e, Telling telling) => Wording.Sentence(e is GroupMembersRemoved { Reason: { } reason } r
        ? $"{Wording.Begin(Members(r.Users, r.Groups, telling))} left {Name(r.Label)}, {Because(reason, r.Users.Count, r.Groups.Count)}"
        : $"{telling.Subject} {Predicate(e, telling)}");

    /// <summary>The ids whose names the sentence asks for: a few of the members.</summary>
    public static IEnumerable<Guid> Mentioned(GroupEvent e) => e switch
    {
        GroupMembersAdded a => MemberWords.Mentioned(a.Users, a.Groups),
        GroupMembersRemoved r => MemberWords.Mentioned(r.Users, r.Groups),
        _ => [],
    };

    static string Predicate(GroupEvent e, Telling telling) => e switch
    {
        GroupCreated c => $"created the group {Name(c.DisplayName)}",
        GroupRenamed r => $"renamed the group {Wording.Quoted(r.Before)} to {Wording.Quoted(r.After)}",
        GroupAttributesChanged c => ChangeWords.Of(Name(c.Label), c.Paths, c.Change, telling),
        GroupMembersAdded a => $"added {Members(a.Users, a.Groups, telling)} to {Name(a.Label)}",
        GroupMembersRemoved r => $"removed {Members(r.Users, r.Groups, telling)} from {Name(r.Label)}",
        GroupDeleted d => $"deleted the group {Name(d.Label)}",
        _ => throw new InvalidOperationException($"No sentence tells {e.GetType().Name}."),
    };

    // Who asked is told by the deletion's own sentence.
    static string Because(string reason, int users, int groups) => (reason, users + groups) switch
    {
        (MemberRemoval.UserDeleted, 1) => "because this person was deleted",
        (MemberRemoval.UserDeleted, _) => "because these people were deleted",
        (MemberRemoval.GroupDeleted, 1) => "because this group was deleted",
        (MemberRemoval.GroupDeleted, _) => "because these groups were deleted",
        _ => $"with the reason {Wording.Quoted(reason)}",
    };

    static string Members(IReadOnlyList<Guid> users, IReadOnlyList<Guid> groups, Telling telling) => MemberWords.Of(users, groups, telling);

    static string Name(string label) => Wording.Plain(label) is { Length: > 0 } name ? name : "a group without a name";
}
