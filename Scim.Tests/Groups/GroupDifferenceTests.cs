using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using static Scim.Tests.Groups.GroupLife;

namespace Scim.Tests.Groups;

public class GroupDifferenceTests
{
    static readonly GroupCreated Created = new(Id, Source.Scim, "Tour Guides", Resource("""{"externalId":"00g1"}"""));

    static Group State(params GroupEvent[] events) => Given(events).State!;

    static void Differ(Group? then, Group? now, params StateDifference[] differences) => Assert.Equal(differences, GroupDifference.Between(then, now, GroupSchema.ResourceType));

    [Fact]
    public void The_same_state_does_not_differ_from_itself()
    {
        Differ(null, null);
        Differ(State(Created), State(Created));
    }

    [Fact]
    public void Members_are_not_compared() => Differ(State(Created), State(Created, new GroupMembersAdded(Id, Source.Scim, [U(1)], [], "Tour Guides")));

    [Fact]
    public void A_group_comes_and_goes()
    {
        Differ(null, State(Created), new StateDifference(DifferenceKind.Arrived));
        Differ(State(Created), null, new StateDifference(DifferenceKind.Left));
    }

    [Fact]
    public void The_name_comes_before_the_attributes() => Differ(State(Created),
        State(Created, new GroupAttributesChanged(Id, Source.Scim, ["externalId"], new(Resource("""{"externalId":"00g1"}"""), ScimObject.Empty), "Tour Guides"), new GroupRenamed(Id, Source.Scim, "Tour Guides", "tour guides")),
        new StateDifference(DifferenceKind.Renamed, "displayName", ScimValue.Of("Tour Guides"), ScimValue.Of("tour guides")),
        new StateDifference(DifferenceKind.Attribute, "externalId", ScimValue.Of("00g1"), null));

    [Fact]
    public void Two_groups_are_not_compared() =>
        Assert.Throws<ArgumentException>(() => GroupDifference.Between(State(Created), State(Created) with { Id = Guid.Empty }, GroupSchema.ResourceType));
}
