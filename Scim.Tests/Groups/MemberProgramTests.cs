using System.Diagnostics;
using CsCheck;
using Scim.Domain.Dialects;
using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Patch;
using Scim.Domain.Protocol.Schemas;
using static Scim.Tests.Groups.GroupLife;

namespace Scim.Tests.Groups;

public class MemberProgramTests
{
    static readonly Gen<int[]> Few = Gen.Int[1, 8].Array[0, 5];

    /// <summary>Operations as they are sent, each in one of the forms that providers use.</summary>
    static readonly Gen<string> Operation = Gen.Select(Gen.Int[0, 8], Few).Select((form, numbers) =>
    {
        var ids = numbers.Select(n => n == 8 ? "nobody" : U(n).ToString()).ToArray();
        var elements = ScimValue.Of(ids.Select(i => ScimValue.Of(("value", ScimValue.Of(i)))));
        string Selected(string op, string term) => string.Join($" {op} ", ids.DefaultIfEmpty("none").Select(i => $"value {term} \\\"{i}\\\""));
        return form switch
        {
            0 => $$"""{"op":"add","path":"members","value":{{elements}}}""",
            1 => $$"""{"op":"add","value":{"members":{{elements}} } }""",
            2 => $$"""{"op":"replace","path":"members","value":{{elements}}}""",
            3 => $$"""{"op":"remove","path":"members","value":{{elements}}}""",
            4 => $$"""{"op":"remove","path":"members[{{Selected("or", "eq")}}]"}""",
            5 => $$"""{"op":"remove","path":"members[{{Selected("and", "ne")}}]"}""",
            6 => $$"""{"op":"remove","path":"members[not ({{Selected("or", "eq")}})]"}""",
            7 => """{"op":"remove","path":"members"}""",
            _ => $$"""{"op":"remove","value":{"members":{{elements}} } }""",
        };
    });

    /// <summary>Without the members, the same comes out as where the group is loaded whole and changed operation by operation.</summary>
    [Fact]
    public void A_program_does_what_the_operations_do_to_a_loaded_group() =>
        Gen.Select(Few, Operation.Array[1, 6]).Sample((before, operations) =>
        {
            var body = Protocol.Sent.Object($$"""{"schemas":["{{PatchRequest.Urn}}"],"Operations":[{{string.Join(',', operations)}}]}""");
            var members = IdSet.Of(before.Select(U));
            var loaded = Resource("""{"displayName":"crew"}""").With("members", ScimValue.Of(members.Select(m => ScimValue.Of(("value", ScimValue.Of(m.ToString()))))));
            var whole = PatchRequest.Parse(body, GroupSchema.ResourceType, new Notes()).Apply(members.IsEmpty ? loaded.Without("members") : loaded);
            var expected = NamedMembers.Of(whole["members"] is ScimArray array ? array.Items.Select(m => ((ScimObject)m)["value"]!.AsString!) : []);

            var patch = GroupPatch.Parse(body, GroupSchema.ResourceType, new Notes());
            Assert.Empty(patch.Header.Operations);
            Assert.Equal(expected.Ids, patch.Members.ApplyTo(members));
            Assert.Equal(expected.Unknown.Order(), patch.Members.Unknown.Order());
            var (added, removed) = patch.Members.DeltaOn(members);
            Assert.Equal(expected.Ids.Except(members), added);
            Assert.Equal(members.Except(expected.Ids), removed);
            AssertNormal(patch.Members);
        }, iter: 5_000);

    [Fact]
    public void Sets_of_ids_are_sets() =>
        Gen.Select(Few, Few).Sample((a, b) =>
        {
            var (x, y) = (IdSet.Of(a.Select(U)), IdSet.Of(b.Select(U)));
            Assert.Equal(IdSet.Of(a.Union(b).Select(U)), x.Union(y));
            Assert.Equal(IdSet.Of(a.Except(b).Select(U)), x.Except(y));
            Assert.Equal(IdSet.Of(a.Intersect(b).Select(U)), x.Intersect(y));
            Assert.Equal(a.Distinct().Order().Select(U), x);
            Assert.All(Enumerable.Range(1, 8), n => Assert.Equal(a.Contains(n), x.Contains(U(n))));
        });

    /// <summary>The fold of what was decided is what the requests meant.</summary>
    [Fact]
    public void The_members_are_the_fold_of_what_was_decided() =>
        Gen.Select(Operation.Array[1, 3].Array[1, 5], Gen.Int[0, 7]).Sample((requests, groups) =>
        {
            var (life, expected) = (Given(new GroupCreated(Id, Source.Scim, "crew", ScimObject.Empty)), IdSet.Empty);
            bool IsGroup(Guid id) => id.CompareTo(U(groups)) <= 0;
            foreach (var request in requests)
            {
                var body = Protocol.Sent.Object($$"""{"schemas":["{{PatchRequest.Urn}}"],"Operations":[{{string.Join(',', request)}}]}""");
                var program = GroupPatch.Parse(body, GroupSchema.ResourceType, new Notes()).Members;
                var (added, removed) = program.DeltaOn(life.Members.All);
                expected = program.ApplyTo(expected);
                var delta = new MemberDelta(IdSet.Of(added.Where(i => !IsGroup(i))), IdSet.Of(added.Where(IsGroup)), IdSet.Of(removed.Where(i => !IsGroup(i))), IdSet.Of(removed.Where(IsGroup)));
                foreach (var e in GroupDecider.Decide(life.State, new ReplaceGroup(life.Header, delta, Source.Scim), GroupSchema.ResourceType)) life.Happens(e);
                Assert.Equal(expected, life.Members.All);
                Assert.Equal(expected.Where(IsGroup), life.Members.Groups);
                Assert.Equal(expected.Count, life.State!.MemberCount);
            }
        });

    [Fact]
    public void A_hundred_thousand_members_cost_a_few_times_their_ids()
    {
        var texts = Enumerable.Range(1, 100_000).Select(n => U(100_001 - n).ToString()).ToArray();
        var members = ScimValue.Of(texts.Select(t => ScimValue.Of(("value", ScimValue.Of(t)), ("display", ScimValue.Of("x")))));
        var body = ScimValue.Of(("schemas", ScimValue.Of(ScimValue.Of(PatchRequest.Urn))),
            ("Operations", ScimValue.Of(ScimValue.Of(("op", ScimValue.Of("add")), ("path", ScimValue.Of("members")), ("value", members)))));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(100_000, MemberProgram.Replacing(NamedMembers.Of(texts)).Added.Count);
        var one = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(100_000, GroupPatch.Parse(body, GroupSchema.ResourceType, new Notes()).Members.Added.Count);
        var all = GC.GetAllocatedBytesForCurrentThread() - one;
        Assert.InRange(one - before, 0, 100_000 * 200L);
        Assert.InRange(all, 0, 100_000 * 250L);
    }

    [Fact]
    public void Thousands_of_operations_after_many_members_are_quick()
    {
        var program = new MemberProgramBuilder();
        var many = NamedMembers.Of(Enumerable.Range(1, 500_000).Select(n => U(n).ToString()));
        var clock = Stopwatch.StartNew();
        program.Add(many);
        for (var i = 0; i < 5000; i++)
        {
            program.RemoveOthers(NamedMembers.Of(U(1).ToString(), U(2).ToString()));
            program.Remove(NamedMembers.Of(U(2).ToString()));
            program.Add(NamedMembers.Of(U(2).ToString()));
        }
        Assert.Equal(IdSet.Of(U(1), U(2)), program.Build().Added);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Theory]
    [InlineData("00000000-0000-7000-8000-00000000000A")]
    [InlineData("{00000000-0000-7000-8000-00000000000a}")]
    [InlineData("0000000000007000800000000000000a")]
    [InlineData(" 00000000-0000-7000-8000-00000000000a")]
    [InlineData("bjensen")]
    public void What_is_not_written_as_we_write_ids_is_nobody(string text)
    {
        var named = NamedMembers.Of(text, U(10).ToString(), U(10).ToString());
        Assert.Equal(IdSet.Of(U(10)), named.Ids);
        Assert.Equal([text], named.Unknown);
    }

    static void AssertNormal(MemberProgram program)
    {
        Assert.True(program.ClearsOthers ? program.Removed.IsEmpty : program.Kept.IsEmpty);
        Assert.Empty(program.Added.Intersect(program.Removed));
        Assert.Empty(program.Added.Intersect(program.Kept));
    }
}
