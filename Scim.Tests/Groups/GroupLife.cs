using System.Text.Json;
using Scim.Api.EventStore;
using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Groups;

/// <summary>A specification of a group's life: given events, when a command, then events or a refusal.</summary>
internal sealed class GroupLife
{
    internal static readonly Guid Id = Guid.Parse("0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e5f");
    internal static readonly DateTimeOffset Start = new(2026, 3, 3, 14, 0, 0, TimeSpan.Zero);

    readonly List<GroupEvent> _given = [];

    internal static GroupLife Given(params GroupEvent[] events)
    {
        var life = new GroupLife();
        foreach (var e in events) life.Happens(e);
        return life;
    }

    internal Group? State { get; private set; }

    internal Membership Members { get; private set; } = Membership.None;

    /// <summary>The command decides exactly these events, and repeated, none.</summary>
    internal GroupLife When(GroupCommand command, params GroupEvent[] then)
    {
        var decided = GroupDecider.Decide(State, command, GroupSchema.ResourceType);
        Assert.Equal(then.Select(Shown), decided.Select(Shown));
        foreach (var e in decided) Happens(e);
        Assert.Equal(Members.IsGroup.Count, State?.MemberCount ?? 0);
        if (State is not null && Again(command) is { } again) Assert.Empty(GroupDecider.Decide(State, again, GroupSchema.ResourceType));
        return this;
    }

    internal ScimException Refuses(GroupCommand command) => Assert.Throws<ScimException>(() => GroupDecider.Decide(State, command, GroupSchema.ResourceType));

    internal ScimObject Header => State!.Resource;

    internal static ScimObject Resource(string json) => ScimReader.ReadObject(System.Text.Encoding.UTF8.GetBytes(json));

    /// <summary>A person by number; a higher number is a later id.</summary>
    internal static Guid U(int number) => Guid.Parse($"00000000-0000-7000-8000-{number:x12}");

    /// <summary>A group by number.</summary>
    internal static Guid G(int number) => Guid.Parse($"00000000-0000-7000-9000-{number:x12}");

    internal static MemberDelta Adds(IEnumerable<Guid> users, params IEnumerable<Guid> groups) => MemberDelta.None with { AddedUsers = IdSet.Of(users), AddedGroups = IdSet.Of(groups) };

    internal static MemberDelta Removes(IEnumerable<Guid> users, params IEnumerable<Guid> groups) => MemberDelta.None with { RemovedUsers = IdSet.Of(users), RemovedGroups = IdSet.Of(groups) };

    internal static string Shown(GroupEvent e) => $"{e.GetType().Name} {JsonSerializer.Serialize(e, e.GetType(), EventStoreOptions.Json)}";

    // What a repeated request says of the members is nothing any more, held against the directory.
    GroupCommand? Again(GroupCommand command) => command switch
    {
        ReplaceGroup r => r with { Members = Left(r.Members) },
        RemoveMembers r => r with { Members = Left(r.Members) },
        _ => null,
    };

    MemberDelta Left(MemberDelta delta) => new(
        delta.AddedUsers.Except(Members.All), delta.AddedGroups.Except(Members.All), delta.RemovedUsers.Intersect(Members.Users), delta.RemovedGroups.Intersect(Members.Groups));

    internal void Happens(GroupEvent e)
    {
        _given.Add(e);
        State = Group.Fold(State, e, new Fact(_given.Count, Start.AddMinutes(_given.Count), $"actor-{_given.Count}"));
        Members = Membership.Fold(Members, e);
    }
}
