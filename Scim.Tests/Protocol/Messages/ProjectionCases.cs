using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Messages;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Protocol.Messages;

public class ProjectionCases
{
    static readonly ResourceIdentity Identity = new("1", new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2026, 1, 2, 4, 4, 5, 678, TimeSpan.FromHours(1)), "https://x/Users/1", "W/\"1-0\"");

    static readonly ScimObject Person = CanonicalWriter.Compose(
        Sent.Object("{\"externalId\":\"e1\",\"userName\":\"bjensen\",\"name\":{\"familyName\":\"Jensen\",\"givenName\":\"Barbara\"},\"displayName\":\"Babs\",\"active\":true,\"emails\":[{\"value\":\"w@x\",\"type\":\"work\",\"primary\":true},{\"value\":\"h@x\",\"type\":\"home\"}],\"" + EnterpriseUserSchema.Urn + "\":{\"department\":\"Ops\",\"manager\":{\"value\":\"m1\"}}}"),
        Identity, UserSchema.ResourceType,
        Sent.Object("{\"groups\":[{\"value\":\"g1\",\"display\":\"Crew\",\"type\":\"direct\"}],\"" + EnterpriseUserSchema.Urn + "\":{\"manager\":{\"displayName\":\"Boss\"}}}"));

    static readonly ScimObject Thing = CanonicalWriter.Compose(
        Sent.Object("""{"serial":"s1","secret":"x","pin":"0000","slots":[{"number":1,"card":"c1"}]}"""), Identity, TestTypes.Device);

    static readonly string[][] Rows = [.. CaseTable.Read("projections.txt")];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var row in Rows) data.Add(CaseBlock.Spelled(row[0]), CaseBlock.Spelled(row[1]));
            return data;
        }
    }

    [Fact]
    public void There_are_as_many_cases_as_the_section_has_clauses() => Assert.True(Rows.Length >= 30, $"{Rows.Length}");

    [Theory, MemberData(nameof(Cases))]
    public void A_resource_shows_what_the_table_says(string asked, string shown)
    {
        var isDevice = asked.StartsWith("device: ", StringComparison.Ordinal);
        var (resource, names) = isDevice ? (Thing, asked[8..]) : (Person, asked);
        var projection = names.StartsWith("- ", StringComparison.Ordinal)
            ? Projection.Parse(null, names[2..], isDevice ? TestTypes.Device : UserSchema.ResourceType)
            : Projection.Parse(names, null, isDevice ? TestTypes.Device : UserSchema.ResourceType);
        var projected = projection.Apply(resource);
        Assert.Equal(resource["schemas"], projected["schemas"]);
        Assert.Equal("1", projected["id"]?.AsString);
        Assert.Equal(shown, projected.Without("schemas").Without("id").ToString());
        Assert.Equal(projected, projection.Apply(projected));
        Assert.True(projection.IsGiven);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData(" , ", ",")]
    public void Empty_parameters_are_as_absent_ones(string? attributes, string? excluded)
    {
        var projection = Projection.Parse(attributes, excluded, UserSchema.ResourceType);
        Assert.False(projection.IsGiven);
        Assert.Equal(Person, projection.Apply(Person));
        Assert.DoesNotContain("secret", Projection.Default(TestTypes.Device).Apply(Thing).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Both_parameters_together_are_refused()
    {
        var error = Assert.Throws<ScimException>(() => Projection.Parse("userName", "name", UserSchema.ResourceType));
        Assert.Equal((400, "invalidValue"), (error.Status, error.ScimType));
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("userName", null, false)]
    [InlineData("groups.value", null, true)]
    [InlineData(null, "groups", false)]
    [InlineData(null, "groups.value", true)]
    public void What_is_not_shown_need_not_be_loaded(string? attributes, string? excluded, bool shows) =>
        Assert.Equal(shows, Projection.Parse(attributes, excluded, UserSchema.ResourceType).Shows("groups"));
}
