using Scim.Domain.History;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Users;
using static Scim.Tests.Users.Life;

namespace Scim.Tests.Users;

public class UserDeciderTests
{
    const string Bjensen = """{"externalId":"701984","userName":"bjensen@example.com","name":{"familyName":"Jensen","givenName":"Barbara"},"displayName":"Babs","title":"Guide"}""";

    static readonly UserProvisioned Provisioned = new(Id, Source.Scim, true, Resource(Bjensen), "Babs");
    static readonly UserDeactivated Deactivated = new(Id, Source.Scim, "Babs");

    static ScimObject Current(Life life) => life.State!.Resource;

    static AttributeChange Change(string before, string after) => new(Resource(before), Resource(after));

    [Fact]
    public void A_person_is_active_unless_the_body_says_otherwise() =>
        Given().When(new ProvisionUser(Id, Resource(Bjensen), Source.Scim), Provisioned);

    [Fact]
    public void A_person_may_come_inactive() =>
        Given().When(new ProvisionUser(Id, Resource("""{"userName":"ada","active":false}"""), Source.Scim), new UserProvisioned(Id, Source.Scim, false, Resource("""{"userName":"ada"}"""), "ada"));

    [Theory]
    [InlineData("""{"displayName":"Nobody"}""")]
    [InlineData("""{"userName":"zero​width"}""")]
    [InlineData("""{"userName":"tab\there"}""")]
    public void A_person_needs_a_userName_that_can_be_compared(string resource) =>
        Assert.Equal("invalidValue", Given().Refuses(new ProvisionUser(Id, Resource(resource), Source.Scim)).ScimType);

    [Fact]
    public void Nothing_changes_when_the_same_is_said_again()
    {
        var life = Given(Provisioned);
        life.When(new ReplaceUser(Current(life), Source.Scim));
    }

    [Fact]
    public void Changes_are_told_by_path_before_and_after()
    {
        var life = Given(Provisioned);
        life.When(new ReplaceUser(Current(life).With("title", ScimValue.Of("Lead")).With("name", Resource("""{"familyName":"Jensen-Smith","givenName":"Barbara"}""")).Without("externalId"), Source.Scim),
            new UserAttributesChanged(Id, Source.Scim, ["externalId", "name.familyName", "title"],
                Change("""{"externalId":"701984","name.familyName":"Jensen","title":"Guide"}""", """{"name.familyName":"Jensen-Smith","title":"Lead"}"""), "Babs"));
    }

    [Fact]
    public void One_request_may_rename_change_and_deactivate_in_this_order()
    {
        var life = Given(Provisioned);
        life.When(new ReplaceUser(Current(life).With("userName", ScimValue.Of("BJensen@example.com")).With("displayName", ScimValue.Of("Barbara")).With("active", ScimValue.False), Source.Scim),
            new UserRenamed(Id, Source.Scim, "bjensen@example.com", "BJensen@example.com", "Barbara"),
            new UserAttributesChanged(Id, Source.Scim, ["displayName"], Change("""{"displayName":"Babs"}""", """{"displayName":"Barbara"}"""), "Barbara"),
            new UserDeactivated(Id, Source.Scim, "Barbara"));
    }

    [Fact]
    public void Omitting_active_guesses_nothing()
    {
        var life = Given(Provisioned, Deactivated);
        life.When(new ReplaceUser(Current(life).Without("active"), Source.Scim));
        Assert.False(life.State!.Active);
    }

    [Fact]
    public void A_deactivated_person_comes_back()
    {
        var life = Given(Provisioned, Deactivated);
        life.When(new ReplaceUser(Current(life).With("active", ScimValue.True), Source.Scim), new UserReactivated(Id, Source.Scim, "Babs"));
        Assert.Null(life.State!.DeactivatedAt);
    }

    [Fact]
    public void A_suspension_is_a_state_of_its_own()
    {
        var life = Given(Provisioned).When(new SuspendUser("left the laptop", Source.Admin), new UserSuspended(Id, Source.Admin, "left the laptop", "Babs"));
        life.When(new ReplaceUser(Current(life).With("active", ScimValue.False), Source.Scim), Deactivated);
        life.When(new ReplaceUser(Current(life).With("active", ScimValue.True), Source.Scim), new UserReactivated(Id, Source.Scim, "Babs"));
        Assert.True(life.State!.Active);
        Assert.False(life.State.HasAccess);
        life.When(new LiftSuspension(Source.Admin, "found it"), new UserSuspensionLifted(Id, Source.Admin, "Babs") { Reason = new("found it") });
        Assert.True(life.State!.HasAccess);
    }

    [Fact]
    public void Access_says_since_when_and_by_whom()
    {
        var life = Given(Provisioned, Deactivated, new UserSuspended(Id, Source.Admin, "x", "Babs"), new UserReactivated(Id, Source.Scim, "Babs"));
        Assert.Equal("actor-2", life.State!.AccessBy);
        Assert.Equal(new DateTimeOffset(2026, 3, 3, 14, 2, 0, TimeSpan.Zero), life.State.AccessSince);
    }

    [Fact]
    public void Only_a_deactivated_person_releases_the_userName()
    {
        Assert.Equal(409, Given(Provisioned).Refuses(new ReleaseUserName(Source.Admin)).Status);
        var life = Given(Provisioned, Deactivated).When(new ReleaseUserName(Source.Admin), new UserNameReleased(Id, Source.Admin, "Babs"));
        Assert.Null(life.State!.UserNameKey);
        Assert.Equal("bjensen@example.com", life.State.UserName);
        life.When(new ReplaceUser(Current(life).With("active", ScimValue.True), Source.Scim), new UserReactivated(Id, Source.Scim, "Babs"));
        Assert.Equal("bjensen@example.com", life.State!.UserNameKey);
    }

    [Fact]
    public void A_deleted_person_is_gone() =>
        Assert.Null(Given(Provisioned).When(new DeleteUser(Source.Scim), new UserDeleted(Id, Source.Scim, "Babs")).State);

    [Fact]
    public void LastModified_never_goes_back()
    {
        var late = User.Fold(null, Provisioned, new Fact(1, DateTimeOffset.UnixEpoch.AddDays(2), null));
        var early = User.Fold(late, Deactivated, new Fact(2, DateTimeOffset.UnixEpoch.AddDays(1), null));
        Assert.Equal(late!.LastModified, early!.LastModified);
    }
}
