using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Protocol.Json;
using static Scim.Tests.Groups.GroupLife;

namespace Scim.Tests.Groups;

public class GroupDeciderTests
{
    static readonly GroupCreated Guides = new(Id, Source.Scim, "Tour Guides", Resource("""{"externalId":"g-1"}"""));
    static readonly GroupMembersAdded Two = new(Id, Source.Scim, [U(1)], [G(1)], "Tour Guides");

    static CreateGroup Create(string resource, IEnumerable<Guid> users, params IEnumerable<Guid> groups) => new(Id, Resource(resource), IdSet.Of(users), IdSet.Of(groups), Source.Scim);

    static ReplaceGroup Members(GroupLife life, MemberDelta delta) => new(life.Header, delta, Source.Scim);

    static ScimObject Named(GroupLife life, string name) => life.Header.With("displayName", ScimValue.Of(name));

    [Fact]
    public void A_group_comes_with_its_members() =>
        Given().When(Create("""{"externalId":"g-1","displayName":"Tour Guides"}""", [U(1)], G(1)), Guides, Two);

    [Fact]
    public void A_group_may_come_empty() => Given().When(Create("""{"externalId":"g-1","displayName":"Tour Guides"}""", []), Guides);

    [Fact]
    public void An_id_is_given_once() => Assert.Equal(409, Given(Guides).Refuses(Create("""{"displayName":"x"}""", [])).Status);

    [Theory]
    [InlineData("{}", "displayName is required")]
    [InlineData("""{"displayName":""}""", "displayName is empty")]
    [InlineData("""{"displayName":"zero\u200bwidth"}""", "displayName holds U+200B")]
    [InlineData("""{"displayName":"tab\there"}""", "displayName holds U+0009")]
    [InlineData("""{"displayName":"un\u0378assigned"}""", "displayName holds U+0378")]
    public void A_group_needs_a_displayName_that_can_be_compared(string resource, string detail)
    {
        var life = Given(Guides);
        foreach (var refused in (Domain.Protocol.ScimException[])[Given().Refuses(Create(resource, [])), life.Refuses(new ReplaceGroup(Resource(resource), MemberDelta.None, Source.Scim))])
        {
            Assert.Equal((400, "invalidValue"), (refused.Status, refused.ScimType));
            Assert.Contains(detail, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_displayName_ends_at_256_characters()
    {
        Assert.Contains("too long", Given().Refuses(Create($$"""{"displayName":"{{new string('a', 257)}}"}""", [])).Message, StringComparison.Ordinal);
        Assert.Contains("too long", Given().Refuses(Create($$"""{"displayName":"{{new string('\ufdfa', 200)}}"}""", [])).Message, StringComparison.Ordinal);
        var name = new string('a', 256);
        Given().When(Create($$"""{"displayName":"{{name}}"}""", []), new GroupCreated(Id, Source.Scim, name, ScimObject.Empty));
    }

    [Fact]
    public void Nothing_changes_when_the_same_is_said_again()
    {
        var life = Given(Guides, Two);
        life.When(new ReplaceGroup(life.Header, MemberDelta.None, Source.Scim));
    }

    [Fact]
    public void A_new_case_of_the_name_is_a_new_name()
    {
        var life = Given(Guides);
        life.When(new ReplaceGroup(Named(life, "TOUR Guides"), MemberDelta.None, Source.Scim), new GroupRenamed(Id, Source.Scim, "Tour Guides", "TOUR Guides"));
        Assert.Equal("tour guides", life.State!.DisplayNameKey);
    }

    [Fact]
    public void An_attribute_changes_by_path_before_and_after()
    {
        var life = Given(Guides);
        life.When(new ReplaceGroup(life.Header.With("externalId", ScimValue.Of("g-2")), MemberDelta.None, Source.Scim),
            new GroupAttributesChanged(Id, Source.Scim, ["externalId"], new(Resource("""{"externalId":"g-1"}"""), Resource("""{"externalId":"g-2"}""")), "Tour Guides"));
        Assert.Equal("g-2", life.State!.ExternalId);
        life.When(new ReplaceGroup(life.Header.Without("externalId"), MemberDelta.None, Source.Scim),
            new GroupAttributesChanged(Id, Source.Scim, ["externalId"], new(Resource("""{"externalId":"g-2"}"""), Resource("{}")), "Tour Guides"));
        Assert.Null(life.State!.ExternalId);
    }

    [Fact]
    public void Members_come_and_go_by_difference()
    {
        var life = Given(Guides, Two);
        life.When(Members(life, Adds([U(3), U(2)], G(2))), new GroupMembersAdded(Id, Source.Scim, [U(2), U(3)], [G(2)], "Tour Guides"));
        life.When(Members(life, Removes([U(1)], G(1))), new GroupMembersRemoved(Id, Source.Scim, [U(1)], [G(1)], null, "Tour Guides"));
        Assert.Equal(IdSet.Of(U(2), U(3)), life.Members.Users);
        Assert.Equal(IdSet.Of(G(2)), life.Members.Groups);
    }

    [Fact]
    public void One_request_may_rename_change_remove_and_add_in_this_order()
    {
        var life = Given(Guides, Two);
        life.When(new ReplaceGroup(Named(life, "Guides").Without("externalId"), new(IdSet.Of(U(2)), IdSet.Empty, IdSet.Of(U(1)), IdSet.Of(G(1))), Source.Scim),
            new GroupRenamed(Id, Source.Scim, "Tour Guides", "Guides"),
            new GroupAttributesChanged(Id, Source.Scim, ["externalId"], new(Resource("""{"externalId":"g-1"}"""), Resource("{}")), "Guides"),
            new GroupMembersRemoved(Id, Source.Scim, [U(1)], [G(1)], null, "Guides"),
            new GroupMembersAdded(Id, Source.Scim, [U(2)], [], "Guides"));
    }

    [Theory]
    [InlineData(1000, 0, "1000+0")]
    [InlineData(1001, 0, "1000+0 1+0")]
    [InlineData(999, 2, "999+1 0+1")]
    [InlineData(0, 2500, "0+1000 0+1000 0+500")]
    [InlineData(1500, 1500, "1000+0 500+500 0+1000")]
    public void An_event_names_a_thousand_members_at_most(int users, int groups, string parts)
    {
        var (people, crews) = (Enumerable.Range(1, users).Select(U).Reverse().ToArray(), Enumerable.Range(1, groups).Select(G).Reverse().ToArray());
        var life = Given(Guides);
        var added = GroupDecider.Decide(life.State, Members(life, Adds(people, crews)), Domain.Protocol.Schemas.GroupSchema.ResourceType).Cast<GroupMembersAdded>().ToArray();
        Assert.Equal(parts, string.Join(' ', added.Select(e => $"{e.Users.Count}+{e.Groups.Count}")));
        Assert.Equal(people.Order().Concat(crews.Order()), added.SelectMany(e => e.Users).Concat(added.SelectMany(e => e.Groups)));
        var removed = GroupDecider.Decide(Given([Guides, .. added]).State, Members(life, Removes(people, crews)), Domain.Protocol.Schemas.GroupSchema.ResourceType).Cast<GroupMembersRemoved>().ToArray();
        Assert.Equal(added.Select(e => (e.Users.Count, e.Groups.Count)), removed.Select(e => (e.Users.Count, e.Groups.Count)));
        Assert.Equal(0, Given([Guides, .. added, .. removed]).State!.MemberCount);
    }

    [Fact]
    public void Ids_are_sorted_as_their_text_is()
    {
        var ids = Enumerable.Range(0, 200).Select(_ => Guid.NewGuid()).ToArray();
        Assert.Equal(ids.Select(i => i.ToString()).Order(StringComparer.Ordinal), IdSet.Of(ids).Select(i => i.ToString()));
        Assert.Equal(ids.Select(i => Convert.ToHexString(i.ToByteArray(bigEndian: true))).Order(StringComparer.Ordinal), IdSet.Of(ids).Select(i => Convert.ToHexString(i.ToByteArray(bigEndian: true))));
    }

    [Fact]
    public void A_group_is_no_member_of_itself()
    {
        var life = Given(Guides);
        Assert.Equal("A group cannot be a member of itself.", life.Refuses(Members(life, Adds([U(1)], Id))).Message);
        Assert.Equal("invalidValue", Given().Refuses(Create("""{"displayName":"x"}""", [], Id)).ScimType);
    }

    [Fact]
    public void Whoever_leaves_the_directory_leaves_the_group_and_the_event_says_why()
    {
        var life = Given(Guides, Two);
        life.When(new RemoveMembers(Removes([U(1)]), MemberRemoval.UserDeleted, Source.Scim), new GroupMembersRemoved(Id, Source.Scim, [U(1)], [], "user deleted", "Tour Guides"));
        life.When(new RemoveMembers(Removes([], G(1)), MemberRemoval.GroupDeleted, Source.Admin), new GroupMembersRemoved(Id, Source.Admin, [], [G(1)], "group deleted", "Tour Guides"));
        Assert.Equal(0, life.State!.MemberCount);
    }

    [Fact]
    public void A_deleted_group_is_gone_with_its_members()
    {
        var life = Given(Guides, Two).When(new DeleteGroup(Source.Scim), new GroupDeleted(Id, Source.Scim, "Tour Guides"));
        Assert.Null(life.State);
        Assert.Equal(Membership.None, life.Members);
    }
}
