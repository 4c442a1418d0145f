using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Patch;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Protocol.Patch;

/// <summary>
/// A repair is idempotent: what was understood, written as it should have been sent, means the same and is noted no more.
/// </summary>
public class RepairedAgain
{
    [Fact]
    public void A_repaired_patch_sent_repaired_gives_the_same_and_no_note()
    {
        var tried = 0;
        foreach (var block in CaseBlock.Read("patches.txt").Where(b => b['!'] is null && b['<'] is { } expected && !char.IsAsciiDigit(expected[0])))
        {
            var (type, stored, notes) = (TestTypes.Of(block['t']), Sent.Object(block['='] ?? """{"userName":"a"}"""), new Notes());
            var first = PatchRequest.Parse(Sent.Object(block['*'] ?? $$"""{"schemas":["{{PatchRequest.Urn}}"],"Operations":[{{string.Join(',', block.All('>'))}}]}"""), type, notes);
            var patched = first.Apply(stored);
            if (first.Operations.IsEmpty || first.Operations.Any(o => o.Target.Filter is not null) || notes.Repairs.Count == 0 || notes.Repairs.Contains(Repairs.FormatAsSent.Name)) continue;

            var again = new Notes();
            if (first.Operations.Any(o => o is { Verb: PatchVerb.Remove, Value: ScimArray values } && values.Items.Any(v => v is ScimObject parts && parts["value"] is null))) continue; // named by all their parts
            var operations = first.Operations.SelectMany(Written).ToList();
            if (operations.Count == 0) continue;
            var repaired = ScimValue.Of(("schemas", ScimValue.Of(ScimValue.Of(PatchRequest.Urn))), ("Operations", ScimValue.Of(operations)));
            var second = PatchRequest.Parse(Sent.Object(repaired.ToString()), type, again).Apply(stored);
            Assert.True(patched.Equals(second), $"{block.Name}: {repaired} gives {second} and not {patched}");
            Assert.Empty(again.Repairs);
            tried++;
        }
        Assert.True(tried >= 15, $"{tried}");
    }

    [Fact]
    public void A_repaired_body_sent_repaired_gives_the_same_and_no_note()
    {
        var tried = 0;
        foreach (var block in CaseBlock.Read("bodies.txt").Where(b => b['!'] is null && b['='] is null && b['<'] is { } expected && !char.IsAsciiDigit(expected[0])))
        {
            var (type, notes) = (TestTypes.Of(block['t']), new Notes());
            var first = ResourceReader.Read(Sent.Object(block['*'] ?? block['>']!), type, notes);
            if (notes.Repairs.Count == 0 || notes.Repairs.Contains(Repairs.FormatAsSent.Name)) continue;

            var again = new Notes();
            var urns = type.Extensions.Select(e => e.Schema.Id).Where(urn => first[urn] is not null).Prepend(type.Schema.Id);
            var second = ResourceReader.Read(Sent.Object(first.With("schemas", ScimValue.Of(urns.Select(ScimValue.Of))).ToString()), type, again);
            Assert.True(first.Equals(second), $"{block.Name}: gives {second} and not {first}");
            Assert.Empty(again.Repairs);
            tried++;
        }
        Assert.True(tried >= 15, $"{tried}");
    }

    // A remove of values is a remove of each by what it is found by (RFC 7644 section 3.5.2.2).
    static IEnumerable<ScimValue> Written(PatchOperation operation)
    {
        var (op, path) = (ScimValue.Of(operation.Verb.ToString().ToLowerInvariant()), operation.Target.Path.ToString());
        if (operation.Verb != PatchVerb.Remove) return [ScimValue.Of(("op", op), ("path", ScimValue.Of(path)), ("value", operation.Value!))];
        if (operation.Value is not ScimArray values) return [ScimValue.Of(("op", op), ("path", ScimValue.Of(path)))];
        return values.Items.Select(v => ScimValue.Of(("op", op), ("path", ScimValue.Of($"{path}[{(v is ScimObject parts ? string.Join(" and ", parts.Members.Where(m => m.Key is "value" or "type").Select(m => $"{m.Key} eq {m.Value}")) : $"value eq {v}")}]"))));
    }
}
