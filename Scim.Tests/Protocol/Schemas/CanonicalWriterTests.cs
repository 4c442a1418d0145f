using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Protocol.Schemas;

public class CanonicalWriterTests
{
    static readonly ResourceIdentity Identity = new("i1", new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2026, 1, 2, 4, 4, 5, 678, TimeSpan.FromHours(1)), "https://x/Users/i1", "W/\"3-1f\"");

    [Fact]
    public void An_answer_stands_in_the_one_order() =>
        AssertComposed(
            """{"userName":"a","§E":{"department":"d"},"externalId":"e","active":true,"name":{"givenName":"G"}}""",
            """{"schemas":["§U","§E"],"id":"i1","externalId":"e","meta":{"resourceType":"User","created":"2026-01-01T00:00:00.000Z","lastModified":"2026-01-02T03:04:05.678Z","location":"https://x/Users/i1","version":"W/\"3-1f\""},"userName":"a","name":{"givenName":"G"},"active":true,"§E":{"department":"d"}}""");

    [Fact]
    public void Schemas_lists_only_extensions_that_hold_a_value() =>
        Assert.Equal(CaseBlock.Spelled("""["§U"]"""), Compose("""{"userName":"a"}""")["schemas"]!.ToString());

    [Fact]
    public void What_is_never_returned_is_not_there_even_if_it_were_stored() =>
        Assert.Null(Compose("""{"userName":"a","password":"x"}""")["password"]);

    [Fact]
    public void Without_a_version_meta_has_none() =>
        Assert.Null(((ScimObject)CanonicalWriter.Compose(Sent.Object("""{"userName":"a"}"""), Identity with { Version = null }, UserSchema.ResourceType)["meta"]!)["version"]);

    [Fact]
    public void Derived_values_are_laid_over_where_the_schema_calls_them_derived()
    {
        var composed = Compose("""{"userName":"a","§E":{"manager":{"value":"m1"}}}""",
            """{"userName":"no","groups":[{"value":"g1"}],"§E":{"department":"no","manager":{"value":"no","$ref":"../Users/m1","displayName":"Boss"}}}""");
        Assert.Equal("a", composed["userName"]!.AsString);
        Assert.Equal("""[{"value":"g1"}]""", composed["groups"]!.ToString());
        Assert.Equal("""{"manager":{"value":"m1","$ref":"../Users/m1","displayName":"Boss"}}""", composed[EnterpriseUserSchema.Urn]!.ToString());
    }

    [Fact]
    public void A_derived_part_makes_no_attribute() =>
        Assert.Null(Compose("""{"userName":"a"}""", """{"§E":{"manager":{"displayName":"Boss"}}}""")[EnterpriseUserSchema.Urn]);

    [Fact]
    public void A_derived_empty_array_is_shown() =>
        Assert.Equal("[]", Compose("""{"userName":"a"}""", """{"groups":[]}""")["groups"]!.ToString());

    [Theory]
    [InlineData("""{"userName":"a","displayName":"D","name":{"formatted":"F"}}""", "D")]
    [InlineData("""{"userName":"a","name":{"formatted":"F","givenName":"G"}}""", "F")]
    [InlineData("""{"userName":"a","name":{"familyName":"J","givenName":"G"}}""", "G J")]
    [InlineData("""{"userName":"a","name":{"familyName":"J"}}""", "J")]
    [InlineData("""{"userName":"a","name":{"middleName":"M"}}""", "a")]
    [InlineData("""{"userName":"a"}""", "a")]
    public void Keycloak_gets_a_display_name_when_asked_for(string stored, string displayName) =>
        Assert.Equal(displayName, CanonicalWriter.Compose(Sent.Object(stored), Identity, UserSchema.ResourceType, deriveDisplayName: true)["displayName"]!.AsString);

    static ScimObject Compose(string stored, string? derived = null) =>
        CanonicalWriter.Compose(Sent.Object(CaseBlock.Spelled(stored)), Identity, UserSchema.ResourceType, derived is null ? null : Sent.Object(CaseBlock.Spelled(derived)));

    static void AssertComposed(string stored, string expected) => Assert.Equal(CaseBlock.Spelled(expected), Compose(stored).ToString());
}
