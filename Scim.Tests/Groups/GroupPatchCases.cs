using System.Collections.Immutable;
using Scim.Domain.Dialects;
using Scim.Domain.Groups;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Patch;
using Scim.Domain.Protocol.Schemas;
using Scim.Tests.Protocol;

namespace Scim.Tests.Groups;

public class GroupPatchCases
{
    static readonly ImmutableArray<CaseBlock> Blocks = CaseBlock.Read("group-patches.txt");

    public static TheoryData<string> Names => CaseBlock.Names(Blocks);

    [Fact]
    public void There_are_as_many_cases_as_the_decisions_have_clauses() => Assert.True(Blocks.Length >= 60, $"{Blocks.Length}");

    [Theory, MemberData(nameof(Names))]
    public void A_patch_gives_what_the_table_says(string name)
    {
        var block = Blocks.Single(b => b.Name == name);
        var notes = new Notes(strict: block['!'] is not null);
        var before = Members(block['m'] ?? "u1 u2");
        var header = Header(block);
        if (block.Accepted(() => Parse(block, notes).Header.Apply(header)) is not { } expected) return;
        var patch = Parse(block, notes);
        Assert.Equal(expected == "same" ? before : Members(expected), patch.Members.ApplyTo(before));
        Assert.Equal(block.Parts('x'), patch.Members.Unknown.Order(StringComparer.Ordinal));
        Assert.Equal(block['h'] ?? header.ToString(), patch.Header.Apply(header).ToString());
        block.AssertNotes(notes);
    }

    [Theory, MemberData(nameof(Names))]
    public void Strict_mode_refuses_what_is_noted_and_applies_all_else_the_same(string name)
    {
        var block = Blocks.Single(b => b.Name == name);
        var strict = new Notes(strict: true);
        if (block['<']![0] is '4' || block['~'] is not null || block['?'] is not null)
        {
            Assert.Equal(400, Assert.Throws<ScimException>(() => Parse(block, strict).Header.Apply(Header(block))).Status);
            return;
        }
        var before = Members(block['m'] ?? "u1 u2");
        Assert.Equal(block['<'] == "same" ? before : Members(block['<']!), Parse(block, strict).Members.ApplyTo(before));
        Assert.Equal(block['h'] ?? Header(block).ToString(), Parse(block, strict).Header.Apply(Header(block)).ToString());
    }

    [Theory, MemberData(nameof(Names))]
    public void Members_read_as_a_stream_mean_the_same(string name)
    {
        var block = Blocks.Single(b => b.Name == name);
        if (block['<']![0] is '4') return;
        var before = Members(block['m'] ?? "u1 u2");
        var streamed = GroupPatch.Parse(Streamed(Body(block)), GroupSchema.ResourceType, new Notes());
        Assert.Equal(Parse(block, new Notes()).Members.ApplyTo(before), streamed.Members.ApplyTo(before));
        Assert.Equal(block.Parts('x'), streamed.Members.Unknown.Order(StringComparer.Ordinal));
    }

    // Arrays of members whose every element has a value, as a reader of a stream would leave them.
    static ScimObject Streamed(ScimObject body) => body["Operations"] is not ScimArray operations ? body
        : body.With("Operations", ScimValue.Of(operations.Items.Cast<ScimObject>().Select(o => o["value"] switch
        {
            ScimArray array when o["path"]?.AsString == "members" && Named(array) is { } named => o.With("value", named),
            ScimObject parts when parts["members"] is ScimArray array && Named(array) is { } named => o.With("value", parts.With("members", named)),
            _ => o,
        })));

    static NamedMembers? Named(ScimArray array) =>
        array.Items.All(i => (i as ScimObject)?["value"]?.AsString is { Length: > 0 }) ? NamedMembers.Of(array.Items.Select(i => ((ScimObject)i)["value"]!.AsString!)) : null;

    static GroupPatch Parse(CaseBlock block, Notes notes) => GroupPatch.Parse(Body(block), GroupSchema.ResourceType, notes);

    static ScimObject Header(CaseBlock block) => Sent.Object(block['='] ?? """{"displayName":"crew"}""");

    static ScimObject Body(CaseBlock block) => Sent.Object(Crews.Spelled(block['*'] ?? $$"""{"schemas":["{{PatchRequest.Urn}}"],"Operations":[{{string.Join(',', block.All('>'))}}]}"""));

    static IdSet Members(string names) => names == "-" ? IdSet.Empty : NamedMembers.Of(names.Split(' ').Select(Crews.Spelled)).Ids;
}
