using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using Scim.Tests.Protocol.Filters;

namespace Scim.Tests.Protocol.Schemas;

/// <summary>Paths as clients write them, and what they name.</summary>
public class AttributePaths
{
    const string Enterprise = EnterpriseUserSchema.Urn;

    [Theory]
    [InlineData("USERNAME", "userName")]
    [InlineData("Name.FamilyName", "name.familyName")]
    [InlineData("meta.LASTMODIFIED", "meta.lastModified")]
    [InlineData("groups.$REF", "groups.$ref")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:user:emails.value", "emails.value")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:id", "id")]
    [InlineData("URN:ietf:params:scim:schemas:extension:enterprise:2.0:User", Enterprise)]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:Manager.DisplayName", Enterprise + ":manager.displayName")]
    public void It_prints_in_the_spelling_of_the_schema(string text, string expected) =>
        Assert.Equal(expected, AttributePath.TryParse(text, People.Type)!.Resolve(People.Type)!.ToString());

    [Theory]
    [InlineData("manager"), InlineData("nonsense"), InlineData("name.nonsense"), InlineData("urn:example:x:userName"), InlineData("urn:ietf:params:scim:schemas:core:2.0:User")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:manager"), InlineData(Enterprise + ":userName"), InlineData("userName.value")]
    public void It_may_name_nothing(string text) => Assert.Null(AttributePath.TryParse(text, People.Type)!.Resolve(People.Type));

    [Theory]
    [InlineData(""), InlineData("."), InlineData("a."), InlineData(".a"), InlineData("a.b.c"), InlineData("1a"), InlineData("a b"), InlineData("a:b"), InlineData("$"), InlineData("urn:a:"), InlineData("ä")]
    [InlineData(Enterprise + ":"), InlineData(Enterprise + ":manager."), InlineData("emails[type eq \"work\"]")]
    public void It_may_be_malformed(string text) => Assert.Null(AttributePath.TryParse(text, People.Type));

    [Fact]
    public void An_extension_may_be_meant_without_its_URN() =>
        Assert.Equal(Enterprise + ":manager.value", AttributePath.TryParse("manager.VALUE", People.Type)!.ResolveInExtensions(People.Type)!.ToString());

    [Fact]
    public void The_longest_URN_counts()
    {
        ResourceType type = People.Type with { Extensions = [new(new Schema("urn:a:1.0", "A", "", [new("b", AttributeType.String, "")]), false), new(new Schema("urn:a:1.0:b", "B", "", [new("c", AttributeType.String, "")]), false)] };
        Assert.Equal("urn:a:1.0:b:c", AttributePath.TryParse("urn:a:1.0:b:c", type)!.Resolve(type)!.ToString());
        Assert.Null(AttributePath.TryParse("urn:a:1.0:b", type)!.Resolve(type)!.Attribute);
    }

    [Fact]
    public void It_finds_values_in_a_resource()
    {
        IEnumerable<ScimValue> At(string path) => AttributePath.TryParse(path, People.Type)!.Resolve(People.Type)!.Values(People.All["A"]);
        Assert.Equal(["bjensen@example.com", "babs@jensen.org"], At("emails.value").Select(v => v.AsString));
        Assert.Equal(2, At("emails").Count());
        Assert.Equal(ScimValue.True, Assert.Single(At("emails.primary")));
        Assert.Equal("John Smith", Assert.Single(At(Enterprise + ":manager.displayName")).AsString);
        Assert.Single(At(Enterprise));
        Assert.Empty(At("groups.value"));
    }

    [Theory]
    [InlineData("emails[type eq \"work\"].value", "emails[type eq \"work\"].value")]
    [InlineData("emails[ type EQ \"work\" ]", "emails[type eq \"work\"]")]
    [InlineData("members", "members")]
    [InlineData("name.familyName", "name.familyName")]
    [InlineData(Enterprise, Enterprise)]
    [InlineData(Enterprise + ":manager", Enterprise + ":manager")]
    public void A_PATCH_path_prints_itself_back(string text, string expected) =>
        Assert.Equal(expected, FilterParser.ParsePath(text, People.Type, new Notes()).ToString());

    [Theory]
    [InlineData("", "invalidPath")]
    [InlineData("emails[type eq \"work\"]x", "invalidPath")]
    [InlineData("emails[type eq \"work\"].value.x", "invalidPath")]
    [InlineData("emails[type eq \"work\"", "invalidFilter")]
    [InlineData("emails[type]", "invalidFilter")]
    [InlineData("[type eq \"work\"]", "invalidPath")]
    [InlineData("a..b", "invalidPath")]
    public void A_PATCH_path_may_be_malformed(string text, string scimType) =>
        Assert.Equal(scimType, Assert.Throws<ScimException>(() => FilterParser.ParsePath(text, People.Type, new Notes())).ScimType);

    [Fact]
    public void A_value_filter_picks_elements()
    {
        var path = FilterParser.ParsePath("emails[type eq \"HOME\" and not (primary eq \"True\")]", People.Type, new Notes());
        var emails = path.Path.Resolve(People.Type)!;
        var check = FilterChecker.CheckElement(path.Inner!, emails, People.Type, new Notes());
        Assert.Equal("babs@jensen.org", (Assert.Single(emails.Elements(People.All["A"]), e => FilterEvaluator.MatchesElement(check, e)) as ScimObject)!["value"]!.AsString);
    }
}
