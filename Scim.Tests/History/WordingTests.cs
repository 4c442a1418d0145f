using Scim.Domain.History;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using static Scim.Tests.Users.Life;

namespace Scim.Tests.History;

public class WordingTests
{
    static readonly Telling Telling = new("The operator", id => id == Id ? new Called("Grace Hopper") : Called.Unknown);

    [Theory]
    [InlineData("Ada Byron", "Ada Byron")]
    [InlineData("  Ada \r\n\t Byron ", "Ada Byron")]
    [InlineData("Ada\u0007Byron", "Ada\ufffdByron")]
    [InlineData("\u202enoryB\u202c", "\ufffdnoryB\ufffd")]
    [InlineData("a\u2028b\u0085c", "a b c")]
    [InlineData("\ud83d\udc69\u200d\ud83d\udcbb", "\ud83d\udc69\u200d\ud83d\udcbb")]
    [InlineData("\ufeff", "\ufffd")]
    [InlineData(" \n", "")]
    public void Text_from_outside_is_one_line_and_inert(string text, string expected) => Assert.Equal(expected, Wording.Plain(text));

    [Fact]
    public void A_lone_surrogate_is_no_text() => Assert.Equal("a\ufffd", Wording.Plain("a\ud800"));

    [Fact]
    public void Long_text_is_cut_between_characters()
    {
        Assert.Equal(string.Concat(Enumerable.Repeat("😀", 60)), Wording.Plain(string.Concat(Enumerable.Repeat("😀", 60))));
        Assert.Equal(string.Concat(Enumerable.Repeat("😀", 60)) + "…", Wording.Plain(string.Concat(Enumerable.Repeat("😀", 61))));
        Assert.Equal(new string('a', 60), Wording.Plain(new string('a', 60) + "  "));
        Assert.Equal(new string('a', 59) + "…", Wording.Plain(new string('a', 59) + " b"));
    }

    [Fact]
    public void A_quote_inside_does_not_end_the_value() => Assert.Equal("\"the 'big' one' to 'x\"", Wording.Quoted("the \"big\" one\" to \"x"));

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a|b", "a and b")]
    [InlineData("a|b|c", "a, b and c")]
    public void Parts_are_listed_as_English_lists_them(string parts, string expected) => Assert.Equal(expected, Wording.List(parts.Split('|')));

    [Theory]
    [InlineData("name.familyName", "family name")]
    [InlineData("NAME.FAMILYNAME", "family name")]
    [InlineData("emails", "e-mail addresses")]
    [InlineData(EnterpriseUserSchema.Urn + ":department", "department")]
    [InlineData(EnterpriseUserSchema.Urn + ":manager.value", "manager")]
    [InlineData("urn:example:badge:1.0:User:badge.color", "badge.color")]
    [InlineData("shoeSize", "shoeSize")]
    public void Attributes_have_words(string path, string expected) => Assert.Equal(expected, AttributeWords.Of(path));

    [Fact]
    public void Every_attribute_that_a_person_can_have_has_a_word_of_its_own()
    {
        var whole = ScimValue.Of(UserSchema.Core.Attributes.Where(a => a.Name is not ("groups" or "password")).Select(a => (a.Name, Full(a))));
        var enterprise = ScimValue.Of(EnterpriseUserSchema.Schema.Attributes.Select(a => (a.Name, Full(a))));
        var paths = Difference.Between(ScimObject.Empty, whole.With(EnterpriseUserSchema.Urn, enterprise), UserSchema.ResourceType)!.Value.Paths;
        Assert.Equal(paths.Count, paths.Select(AttributeWords.Of).Distinct().Count());
        Assert.DoesNotContain(paths, p => AttributeWords.Of(p).Any(char.IsUpper));

        static ScimValue Full(AttributeDefinition a) => a is { Type: AttributeType.Complex, MultiValued: false }
            ? ScimValue.Of(a.SubAttributes.Where(s => !s.IsDerived).Select(s => (s.Name, ScimValue.Of("x")))) : ScimValue.Of("x");
    }

    [Theory]
    [InlineData("title", "\"Guide\"", "\"Guide\"")]
    [InlineData("title", "\"\"", "nothing")]
    [InlineData("level", "1.50", "1.5")]
    [InlineData("remote", "true", "yes")]
    [InlineData("emails", """[{"value":"a@example.com"}]""", "\"a@example.com\"")]
    [InlineData("emails", """[{"value":"a@example.com"},{"value":"b@example.com","primary":true},{"value":"c@example.com"}]""", "\"b@example.com\" and 2 others")]
    [InlineData("roles", """[{"display":"Guide","type":"x"},{"value":"lead"}]""", "\"Guide\" and 1 other")]
    [InlineData("addresses", """[{"streetAddress":"1 Main Street","locality":"London","type":"work"}]""", "\"1 Main Street, London\"")]
    [InlineData("x509Certificates", """[{"value":"MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQAwTjELMAkGA1UEBhMCVVMx"}]""", "1 entry")]
    [InlineData("entitlements", """[{"primary":true}]""", "1 entry")]
    [InlineData("externalId", "\"0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e5f\"", "an identifier ending in 4e5f")]
    [InlineData(EnterpriseUserSchema.Urn + ":manager.value", "\"0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e5f\"", "Grace Hopper")]
    [InlineData(EnterpriseUserSchema.Urn + ":manager.value", "\"00000000-8a1c-7b0e-9d1e-0a1b2c3d4e5f\"", "an unknown person")]
    [InlineData(EnterpriseUserSchema.Urn + ":manager.value", "\"grace@example.com\"", "\"grace@example.com\"")]
    public void Values_are_told_in_few_words(string path, string json, string expected) =>
        Assert.Equal(expected, ValueWords.Of(path, Protocol.Sent.Value(json), Telling));

    [Theory]
    [InlineData("\"Guide\"", "Guide")]
    [InlineData("1.50", "1.5")]
    [InlineData("true", "yes")]
    [InlineData("""[{"primary":true,"value":"ada@example.com","type":"work"},{"value":"ada@home.example","type":"home","primary":false},{"value":"a@example.com"}]""", "ada@example.com (work, primary), ada@home.example (home), a@example.com")]
    [InlineData("""[{"value":"lead","display":"Tour Lead","$ref":"https://example.com"},{"value":"guide","display":"guide"}]""", "lead (Tour Lead), guide")]
    [InlineData("""[{"streetAddress":"1 Main Street","locality":"London","type":"work","primary":true}]""", "1 Main Street, London (work, primary)")]
    [InlineData("""[{"primary":true}]""", "primary")]
    [InlineData("""{"value":"x","level":3,"remote":true}""", "x (level: 3, remote: yes)")]
    [InlineData("""["developer",""]""", "developer")]
    public void All_of_a_value_is_told_without_a_brace(string json, string expected) => Assert.Equal(expected, ValueWords.InFull(Protocol.Sent.Value(json)));
}
