using Scim.Api.EventStore;
using Scim.Api.EventStore.Sealing;
using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Protocol.Json;
using static Scim.Tests.Groups.GroupLife;

namespace Scim.Tests.Groups;

public class GroupFoldTests
{
    static readonly GroupEvent[] Every =
    [
        new GroupCreated(Id, Source.Scim, "Guides & Söhne", Resource("""{"externalId":"g-1","urn:example:x":{"n":1.5,"ok":true}}""")),
        new GroupRenamed(Id, Source.Admin, "Guides & Söhne", "GUIDES"),
        new GroupAttributesChanged(Id, Source.Scim, ["externalId"], new(Resource("""{"externalId":"g-1"}"""), ScimObject.Empty), "GUIDES"),
        new GroupMembersAdded(Id, Source.Scim, [U(1), U(2)], [G(1)], "GUIDES"),
        new GroupMembersRemoved(Id, Source.Scim, [U(1)], [], null, "GUIDES"),
        new GroupMembersRemoved(Id, Source.System, [], [G(1)], MemberRemoval.GroupDeleted, "GUIDES"),
        new GroupDeleted(Id, Source.Scim, "GUIDES"),
    ];

    static readonly string[] States =
    [
        "v1 Guides & Söhne guides & söhne g-1 0 members",
        "v2 GUIDES guides g-1 0 members",
        "v3 GUIDES guides  0 members",
        "v4 GUIDES guides  3 members",
        "v5 GUIDES guides  2 members",
        "v6 GUIDES guides  1 members",
        "gone",
    ];

    public static TheoryData<int> Events => [.. Enumerable.Range(0, Every.Length)];

    [Fact]
    public void There_is_a_sample_of_every_event() =>
        Assert.Empty(typeof(GroupEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(GroupEvent))).Except(Every.Select(e => e.GetType())));

    [Theory, MemberData(nameof(Events))]
    public void The_state_after_each_event_is(int last)
    {
        var group = Given(Every[..(last + 1)]).State;
        Assert.Equal(States[last], group is null ? "gone" : $"v{group.Version} {group.Label} {group.DisplayNameKey} {group.ExternalId} {group.MemberCount} members");
        if (group is null) return;
        Assert.Equal((Start.AddMinutes(1), Start.AddMinutes(last + 1)), (group.Created, group.LastModified));
        Assert.Null(group.Resource["members"]);
    }

    [Theory, MemberData(nameof(Events))]
    public void No_event_is_more_than_the_fold_can_take(int number)
    {
        var fact = new Fact(1, Start, null);
        Assert.Equal(Every[number] is GroupCreated, Group.Fold(null, Every[number], fact) is not null);
        Membership.Fold(Membership.None, Every[number]);
    }

    [Theory, MemberData(nameof(Events))]
    public void An_event_is_stored_openly_and_reads_back(int number)
    {
        var frame = Frame.Write(Every[number], 1, null, EventStoreOptions.Json);
        Assert.Null(Frame.PersonOf(frame));
        var read = (GroupEvent)Frame.Read(Every[number].GetType(), frame, _ => throw new InvalidOperationException("Nothing is sealed."), EventStoreOptions.Json);
        Assert.Equal(Shown(Every[number]), Shown(read));
        Assert.Equal(Given([.. Every[..number], Every[number]]).State?.ToString(), Given([.. Every[..number], read]).State?.ToString());
    }

    [Fact]
    public void The_stored_form_begins_with_the_group() =>
        Assert.Equal(
            """{"groupId":"0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e5f","source":"scim","users":["00000000-0000-7000-8000-000000000001"],"groups":[],"reason":null,"label":"GUIDES"}""",
            System.Text.Json.JsonSerializer.Serialize(Every[4], Every[4].GetType(), EventStoreOptions.Json));

    [Fact]
    public void LastModified_never_goes_back()
    {
        var late = Group.Fold(null, Every[0], new Fact(1, DateTimeOffset.UnixEpoch.AddDays(2), null));
        var early = Group.Fold(late, Every[1], new Fact(2, DateTimeOffset.UnixEpoch.AddDays(1), null));
        Assert.Equal((late!.LastModified, 2), (early!.LastModified, early.Version));
    }
}
