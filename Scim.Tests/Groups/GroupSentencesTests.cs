using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Protocol.Json;
using static Scim.Tests.Groups.GroupLife;

namespace Scim.Tests.Groups;

public class GroupSentencesTests
{
    static readonly Dictionary<Guid, Called> Names = new()
    {
        [U(1)] = new("Ada Byron"),
        [U(2)] = new("Grace Hopper"),
        [U(3)] = new("Barbara Jensen"),
        [U(4)] = Called.Erased,
        [U(5)] = Called.Erased,
        [G(1)] = new("Employees"),
    };

    static void Says(GroupEvent e, string sentence) => Assert.Equal(sentence, GroupSentences.Of(e, new("Okta", id => Names.GetValueOrDefault(id))));

    static GroupMembersAdded Added(IEnumerable<Guid> users, params Guid[] groups) => new(Id, Source.Scim, [.. users], groups, "Tour Guides");

    static GroupMembersRemoved Left(string? reason, Guid[] users, params Guid[] groups) => new(Id, Source.Scim, users, groups, reason, "Tour Guides");

    [Fact]
    public void A_group_comes_changes_and_goes()
    {
        Says(new GroupCreated(Id, Source.Scim, "Tour Guides", Resource("{}")), "Okta created the group Tour Guides.");
        Says(new GroupRenamed(Id, Source.Scim, "Tour Guides", "Lead Guides"), "Okta renamed the group \"Tour Guides\" to \"Lead Guides\".");
        Says(new GroupAttributesChanged(Id, Source.Scim, ["externalId"], new(Resource("""{"externalId":"00g1"}"""), Resource("""{"externalId":"00g2"}""")), "Tour Guides"),
            "Okta changed Tour Guides' external identifier from \"00g1\" to \"00g2\".");
        Says(new GroupDeleted(Id, Source.Scim, "Tour Guides"), "Okta deleted the group Tour Guides.");
    }

    [Fact]
    public void A_few_members_are_all_named()
    {
        Says(Added([U(1)]), "Okta added Ada Byron to Tour Guides.");
        Says(Added([U(1), U(2)], G(1)), "Okta added Ada Byron, Grace Hopper and the group Employees to Tour Guides.");
        Says(Added([U(1), U(4)]), "Okta added Ada Byron and an erased person to Tour Guides.");
        Says(Added([U(4), U(5)], G(9)), "Okta added 2 erased people and an unknown group to Tour Guides.");
        Says(Added([U(8), U(9)], G(8)), "Okta added 2 unknown people and an unknown group to Tour Guides.");
        Says(Left(null, [U(2)], G(1)), "Okta removed Grace Hopper and the group Employees from Tour Guides.");
    }

    [Fact]
    public void Of_many_members_two_are_named()
    {
        Says(Added(Enumerable.Range(1, 40).Select(U)), "Okta added Ada Byron, Grace Hopper and 38 others to Tour Guides.");
        Says(Added(Enumerable.Range(3, 20).Select(U)), "Okta added Barbara Jensen and 19 others to Tour Guides.");
        Says(Added(Enumerable.Range(10, 1000).Select(U)), "Okta added 1000 people to Tour Guides.");
        Says(Added([U(11), U(12), U(13)], G(8)), "Okta added 3 people and 1 group to Tour Guides.");
    }

    [Fact]
    public void Who_left_the_directory_left_the_group_without_being_asked()
    {
        Says(Left(MemberRemoval.UserDeleted, [U(1)]), "Ada Byron left Tour Guides, because this person was deleted.");
        Says(Left(MemberRemoval.UserDeleted, [U(4)]), "An erased person left Tour Guides, because this person was deleted.");
        Says(Left(MemberRemoval.UserDeleted, [U(1), U(2)]), "Ada Byron and Grace Hopper left Tour Guides, because these people were deleted.");
        Says(Left(MemberRemoval.GroupDeleted, [], G(1)), "The group Employees left Tour Guides, because this group was deleted.");
        Says(Left("moved away", [U(1)]), "Ada Byron left Tour Guides, with the reason \"moved away\".");
    }

    [Fact]
    public void Few_names_are_asked_for_however_many_members_there_are() =>
        Assert.Equal(Enumerable.Range(1, 8).Select(U), GroupSentences.Mentioned(Added(Enumerable.Range(1, 1000).Select(U))));

    [Fact]
    public void The_name_and_the_attributes_are_told_old_and_new()
    {
        Assert.Equal([new BeforeAfter("displayName", ScimValue.Of("a"), ScimValue.Of("b"))], GroupBeforeAfter.Of(new GroupRenamed(Id, Source.Scim, "a", "b")));
        Assert.Equal([new BeforeAfter("externalId", ScimValue.Of("1"), null)],
            GroupBeforeAfter.Of(new GroupAttributesChanged(Id, Source.Scim, ["externalId"], new(Resource("""{"externalId":"1"}"""), ScimObject.Empty), "a")));
    }
}
