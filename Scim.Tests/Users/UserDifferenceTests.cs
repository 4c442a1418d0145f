using Scim.Domain.History;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using Scim.Domain.Users;
using static Scim.Tests.Users.Life;

namespace Scim.Tests.Users;

public class UserDifferenceTests
{
    static readonly UserProvisioned Provisioned = new(Id, Source.Scim, true, Resource("""{"userName":"ada","name":{"familyName":"Byron"},"title":"Guide"}"""), "ada");
    static readonly UserDeactivated Deactivated = new(Id, Source.Scim, "ada");
    static readonly UserSuspended Suspended = new(Id, Source.Admin, "Lost laptop", "ada");

    static User State(params UserEvent[] events) => Given(events).State!;

    static void Differ(User? then, User? now, params StateDifference[] differences) => Assert.Equal(differences, UserDifference.Between(then, now, UserSchema.ResourceType));

    [Fact]
    public void The_same_state_does_not_differ_from_itself()
    {
        Differ(null, null);
        foreach (var state in new[] { State(Provisioned), State(Provisioned, Deactivated, Suspended), State(Provisioned with { Resource = default, Label = default }) }) Differ(state, state);
    }

    [Fact]
    public void Nobody_differs_by_the_number_of_events_alone() =>
        Differ(State(Provisioned), State(Provisioned, Deactivated, new UserReactivated(Id, Source.Scim, "ada")));

    [Fact]
    public void Who_arrived_is_told_with_what_SCIM_says_of_access()
    {
        Differ(null, State(Provisioned), new StateDifference(DifferenceKind.Arrived, "active", null, ScimValue.True));
        Differ(null, State(Provisioned, Deactivated), new StateDifference(DifferenceKind.Arrived, "active", null, ScimValue.False));
        Differ(null, State(Provisioned, Suspended),
            new StateDifference(DifferenceKind.Arrived, "active", null, ScimValue.True), new StateDifference(DifferenceKind.Suspended, "suspended", ScimValue.False, ScimValue.True));
    }

    [Fact]
    public void Who_left_is_told_with_what_SCIM_said_of_access()
    {
        Differ(State(Provisioned), null, new StateDifference(DifferenceKind.Left, "active", ScimValue.True));
        Differ(State(Provisioned, Deactivated), null, new StateDifference(DifferenceKind.Left, "active", ScimValue.False));
    }

    [Fact]
    public void States_come_first_then_the_name_then_attributes_in_the_order_of_the_schema()
    {
        var then = State(Provisioned);
        var now = State(Provisioned, Deactivated, Suspended, new UserRenamed(Id, Source.Scim, "ada", "ada.byron", "ada.byron"),
            new UserAttributesChanged(Id, Source.Scim, ["title", "name.familyName", EnterpriseUserSchema.Urn + ":department"], new AttributeChange(
                Resource("""{"title":"Guide","name.familyName":"Byron"}"""), Resource($$"""{"name.familyName":"King","{{EnterpriseUserSchema.Urn}}:department":"Tours"}""")), "ada.byron"));
        Differ(then, now,
            new StateDifference(DifferenceKind.Deactivated, "active", ScimValue.True, ScimValue.False),
            new StateDifference(DifferenceKind.Suspended, "suspended", ScimValue.False, ScimValue.True),
            new StateDifference(DifferenceKind.Renamed, "userName", ScimValue.Of("ada"), ScimValue.Of("ada.byron")),
            new StateDifference(DifferenceKind.Attribute, "name.familyName", ScimValue.Of("Byron"), ScimValue.Of("King")),
            new StateDifference(DifferenceKind.Attribute, "title", ScimValue.Of("Guide"), null),
            new StateDifference(DifferenceKind.Attribute, EnterpriseUserSchema.Urn + ":department", null, ScimValue.Of("Tours")));
        Differ(now, then,
            new StateDifference(DifferenceKind.Reactivated, "active", ScimValue.False, ScimValue.True),
            new StateDifference(DifferenceKind.SuspensionLifted, "suspended", ScimValue.True, ScimValue.False),
            new StateDifference(DifferenceKind.Renamed, "userName", ScimValue.Of("ada.byron"), ScimValue.Of("ada")),
            new StateDifference(DifferenceKind.Attribute, "name.familyName", ScimValue.Of("King"), ScimValue.Of("Byron")),
            new StateDifference(DifferenceKind.Attribute, "title", null, ScimValue.Of("Guide")),
            new StateDifference(DifferenceKind.Attribute, EnterpriseUserSchema.Urn + ":department", ScimValue.Of("Tours"), null));
    }

    [Fact]
    public void Two_people_are_not_compared() =>
        Assert.Throws<ArgumentException>(() => UserDifference.Between(State(Provisioned), State(Provisioned) with { Id = Guid.Empty }, UserSchema.ResourceType));
}
