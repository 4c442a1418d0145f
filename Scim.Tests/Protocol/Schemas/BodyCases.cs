using System.Collections.Immutable;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Protocol.Schemas;

public class BodyCases
{
    static readonly ImmutableArray<CaseBlock> Blocks = CaseBlock.Read("bodies.txt");

    public static TheoryData<string> Names => CaseBlock.Names(Blocks);

    [Fact]
    public void There_are_as_many_cases_as_the_decisions_have_clauses() => Assert.True(Blocks.Length >= 60, $"{Blocks.Length}");

    [Theory, MemberData(nameof(Names))]
    public void A_body_is_read_as_the_table_says(string name)
    {
        var block = Blocks.Single(b => b.Name == name);
        var notes = new Notes(strict: block['!'] is not null);
        if (block.Accepted(() => Read(block, notes)) is not { } expected) return;
        Assert.Equal(expected, Read(block, notes).ToString());
        block.AssertNotes(notes);
    }

    [Theory, MemberData(nameof(Names))]
    public void Strict_mode_refuses_what_is_noted_and_reads_all_else_the_same(string name)
    {
        var block = Blocks.Single(b => b.Name == name);
        block.AssertStrict(() => Read(block, new Notes(strict: true)));
    }

    [Fact]
    public void A_text_of_more_than_8_KB_is_refused()
    {
        ScimObject Of(string text) => Sent.Object($$"""{"schemas":["{{UserSchema.Urn}}"],"userName":"a","nickName":"{{text}}"}""");
        Assert.NotNull(ResourceReader.Read(Of(new string('x', 8192)), UserSchema.ResourceType, new Notes()));
        Assert.NotNull(ResourceReader.Read(Of(new string('é', 4096)), UserSchema.ResourceType, new Notes()));
        Assert.Equal("invalidValue", Assert.Throws<ScimException>(() => ResourceReader.Read(Of(new string('x', 8193)), UserSchema.ResourceType, new Notes())).ScimType);
        Assert.Equal("invalidValue", Assert.Throws<ScimException>(() => ResourceReader.Read(Of(new string('é', 4097)), UserSchema.ResourceType, new Notes())).ScimType);
    }

    static ScimObject Read(CaseBlock block, Notes notes)
    {
        var type = TestTypes.Of(block['t']);
        var body = Sent.Object(block['*'] ?? block['>']!);
        if (block['*'] is null) body = WithSchemas(body, type);
        return block['='] is { } current ? ResourceReader.ReadReplacement(body, Sent.Object(current), type, notes) : ResourceReader.Read(body, type, notes);
    }

    // "> body" lists the schemas that it uses; "* body" stands as it is.
    static ScimObject WithSchemas(ScimObject body, ResourceType type) =>
        body.With("schemas", ScimValue.Of(type.Extensions.Select(e => e.Schema.Id).Where(urn => body[urn] is not null).Prepend(type.Schema.Id).Select(ScimValue.Of)));
}
