using System.Collections.Immutable;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Patch;

namespace Scim.Tests.Protocol.Patch;

public class PatchCases
{
    static readonly ImmutableArray<CaseBlock> Blocks = CaseBlock.Read("patches.txt");

    public static TheoryData<string> Names => CaseBlock.Names(Blocks);

    [Fact]
    public void There_are_as_many_cases_as_the_decisions_have_clauses() => Assert.True(Blocks.Length >= 170, $"{Blocks.Length}");

    [Theory, MemberData(nameof(Names))]
    public void A_patch_gives_what_the_table_says(string name)
    {
        var block = Blocks.Single(b => b.Name == name);
        var type = TestTypes.Of(block['t']);
        var stored = Sent.Object(block['='] ?? """{"userName":"a"}""");
        var before = stored.ToString();
        var notes = new Notes(strict: block['!'] is not null);
        if (block.Accepted(() => PatchRequest.Parse(Body(block), type, notes).Apply(stored)) is { } expected)
        {
            var patched = PatchRequest.Parse(Body(block), type, notes).Apply(stored);
            if (expected == "same") Assert.Same(stored, patched);
            else Assert.Equal(expected, patched.ToString());
            block.AssertNotes(notes);
        }
        Assert.Equal(before, stored.ToString());
    }

    [Fact]
    public void Every_repair_is_proved_by_a_case_that_notes_it()
    {
        var cases = Blocks.Concat(CaseBlock.Read("bodies.txt")).ToDictionary(b => b.Name);
        foreach (var repair in Repairs.All)
        {
            Assert.True(cases.TryGetValue(repair.Proof, out var proof), $"{repair.Name}: no case \"{repair.Proof}\"");
            if (repair.IsNoted) Assert.Contains(repair.Name, proof!.Parts('~'));
        }
    }

    [Fact]
    public void What_a_case_notes_is_a_listed_repair() =>
        Assert.Empty(Blocks.Concat(CaseBlock.Read("bodies.txt")).SelectMany(b => b.Parts('~')).Where(r => !r.StartsWith("filter:", StringComparison.Ordinal)).Except(Repairs.All.Select(r => r.Name)));

    [Theory, MemberData(nameof(Names))]
    public void Strict_mode_refuses_what_is_noted_and_applies_all_else_the_same(string name)
    {
        var block = Blocks.Single(b => b.Name == name);
        var stored = Sent.Object(block['='] ?? """{"userName":"a"}""");
        block.AssertStrict(() => PatchRequest.Parse(Body(block), TestTypes.Of(block['t']), new Notes(strict: true)).Apply(stored), stored);
    }

    static ScimObject Body(CaseBlock block) => Sent.Object(block['*'] ?? $$"""{"schemas":["{{PatchRequest.Urn}}"],"Operations":[{{string.Join(',', block.All('>'))}}]}""");
}
