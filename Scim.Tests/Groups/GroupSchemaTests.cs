using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Messages;
using Scim.Domain.Protocol.Schemas;
using Scim.Tests.Protocol;

namespace Scim.Tests.Groups;

public class GroupSchemaTests
{
    static readonly ResourceIdentity Identity = new("g1", new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero), "https://x/Groups/g1", "W/\"3\"");

    static readonly ScimObject Answer = CanonicalWriter.Compose(
        Sent.Object("""{"displayName":"crew","members":[{"type":"User","value":"u1","display":"Babs","$ref":"https://x/Users/u1"}],"externalId":"e"}"""), Identity, GroupSchema.ResourceType);

    [Fact]
    public void A_group_is_answered_in_the_one_order() =>
        Assert.Equal(
            CaseBlock.Spelled("""{"schemas":["§G"],"id":"g1","externalId":"e","meta":{"resourceType":"Group","created":"2026-01-01T00:00:00.000Z","lastModified":"2026-01-02T00:00:00.000Z","location":"https://x/Groups/g1","version":"W/\"3\""},"displayName":"crew","members":[{"value":"u1","$ref":"https://x/Users/u1","type":"User","display":"Babs"}]}"""),
            Answer.ToString());

    [Fact]
    public void An_empty_group_shows_that_it_is_empty() =>
        Assert.Equal("[]", CanonicalWriter.Compose(Sent.Object("""{"displayName":"crew","members":[]}"""), Identity, GroupSchema.ResourceType)["members"]!.ToString());

    [Theory]
    [InlineData(null, "members", """{"schemas":["§G"],"id":"g1","externalId":"e","displayName":"crew"}""", false)]
    [InlineData("displayName", null, """{"schemas":["§G"],"id":"g1","displayName":"crew"}""", false)]
    [InlineData("id", null, """{"schemas":["§G"],"id":"g1"}""", false)]
    [InlineData("members", null, """{"schemas":["§G"],"id":"g1","members":[{"value":"u1","$ref":"https://x/Users/u1","type":"User","display":"Babs"}]}""", true)]
    [InlineData("members.value", null, """{"schemas":["§G"],"id":"g1","members":[{"value":"u1"}]}""", true)]
    [InlineData("§G:members.display", null, """{"schemas":["§G"],"id":"g1","members":[{"display":"Babs"}]}""", true)]
    [InlineData(null, "members.display,members.$ref", """{"schemas":["§G"],"id":"g1","externalId":"e","displayName":"crew","members":[{"value":"u1","type":"User"}]}""", true)]
    public void Only_what_is_asked_for_is_shown_and_loaded(string? attributes, string? excluded, string shown, bool loads)
    {
        var projection = Projection.Parse(attributes is null ? null : CaseBlock.Spelled(attributes), excluded, GroupSchema.ResourceType);
        Assert.Equal(CaseBlock.Spelled(shown), projection.Apply(Answer).Without("meta").ToString());
        Assert.Equal(loads, projection.Shows("members"));
    }

    [Fact]
    public void The_schema_is_published_as_it_is_enforced()
    {
        var attributes = ((ScimArray)new Discovery("https://x", [GroupSchema.ResourceType], full: true).Schema(GroupSchema.Urn)!["attributes"]!).Items;
        Assert.Equal(
            """{"name":"displayName","type":"string","multiValued":false,"description":"The name of the group; unique in the organization, compared without regard to case.","required":true,"caseExact":false,"mutability":"readWrite","returned":"default","uniqueness":"server"}""",
            attributes[0].ToString());
        var parts = ((ScimArray)((ScimObject)attributes[1])["subAttributes"]!).Items.Cast<ScimObject>().ToArray();
        Assert.Equal(["value immutable", "$ref immutable", "type immutable", "display readOnly"], parts.Select(p => $"{p["name"]!.AsString} {p["mutability"]!.AsString}"));
        Assert.Equal("""["User","Group"]""", parts[1]["referenceTypes"]!.ToString());
        Assert.Equal("""["User","Group"]""", parts[2]["canonicalValues"]!.ToString());
    }

    [Fact]
    public void Groups_are_sorted_by_their_key() =>
        Assert.Equal("C E A F B D".Split(' ').Order(Comparer<string>.Create((a, b) => Sort.Of("displayName", null, Crews.Type)!.Compare(Crews.All[a], Crews.All[b]))), ["E", "C", "B", "A", "F", "D"]);
}
