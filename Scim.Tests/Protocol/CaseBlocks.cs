using System.Collections.Immutable;
using System.Text;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Protocol;

/// <summary>
/// A text file of cases, each a block: "- name", then lines of a mark and its text. Lines that begin with # are remarks;
/// "@x {…}" names a value that stands for itself wherever a text is "@x"; §U, §E and §G are the URNs of User, EnterpriseUser and Group.
/// The file's own head says what its marks mean.
/// </summary>
sealed class CaseBlock(string name)
{
    readonly List<(char Mark, string Text)> _lines = [];

    internal string Name { get; } = name;

    internal string? this[char mark] => _lines.Where(l => l.Mark == mark).Select(l => l.Text).SingleOrDefault();

    internal IEnumerable<string> All(char mark) => _lines.Where(l => l.Mark == mark).Select(l => l.Text);

    internal static ImmutableArray<CaseBlock> Read(string file)
    {
        var blocks = ImmutableArray.CreateBuilder<CaseBlock>();
        var names = new Dictionary<string, string>();
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Protocol", "Cases", file)).Select(Spelled))
        {
            if (line.Trim().Length == 0 || line.StartsWith('#')) continue;
            var text = line[1..].Trim();
            if (line[0] == '@') names[line[..line.IndexOf(' ', StringComparison.Ordinal)]] = line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            else if (line[0] == '-') blocks.Add(new CaseBlock(text));
            else blocks[^1]._lines.Add((line[0], names.GetValueOrDefault(text, text)));
        }
        Assert.Empty(blocks.GroupBy(b => b.Name).Where(g => g.Count() > 1).Select(g => g.Key));
        return blocks.ToImmutable();
    }

    internal static string Spelled(string line) =>
        line.Replace("§U", UserSchema.Urn, StringComparison.Ordinal).Replace("§E", EnterpriseUserSchema.Urn, StringComparison.Ordinal).Replace("§G", GroupSchema.Urn, StringComparison.Ordinal);

    internal static TheoryData<string> Names(IEnumerable<CaseBlock> blocks) => [.. blocks.Select(b => b.Name)];

    /// <summary>What is expected; where that is a refusal, "400 invalidValue words of its detail", the run is held against it and null is given.</summary>
    internal string? Accepted(Func<object> run)
    {
        var expected = this['<'] ?? throw new InvalidOperationException($"{Name} expects nothing");
        if (!char.IsAsciiDigit(expected[0])) return expected;
        var error = Assert.Throws<ScimException>(() => run());
        var words = expected.Split(' ', 3);
        Assert.Equal((words[0], words[1]), ($"{error.Status}", error.ScimType));
        if (words.Length > 2) Assert.Contains(words[2], error.Message, StringComparison.Ordinal);
        return null;
    }

    /// <summary>Holds what was noted against the marks ~ (repairs) and ? (unknown names), each parted by ";".</summary>
    internal void AssertNotes(Notes notes)
    {
        Assert.Equal(Parts('~').Order(StringComparer.Ordinal), notes.Repairs);
        Assert.Equal(Parts('?').Select(name => name.Length > 64 ? name[^64..] : name), notes.Unmapped); // of a long name the end is kept
    }

    /// <summary>
    /// Holds a strict run against the block: what is noted (or marked s) is refused with 400, and what is not says the same.
    /// </summary>
    internal void AssertStrict(Func<ScimObject> run, ScimObject? before = null)
    {
        var expected = this['s'] ?? this['<']!;
        if (this['~'] is null or "left out of an echo" && this['?'] is null && !char.IsAsciiDigit(expected[0]))
        {
            if (expected == "same") Assert.Same(before, run());
            else Assert.Equal(expected, run().ToString());
            return;
        }
        var refusal = Assert.Throws<ScimException>(() => run());
        Assert.Equal(400, refusal.Status);
        Assert.NotEqual("", refusal.Message);
        if (this['s'] is { } said) Assert.Equal(said, $"{refusal.Status} {refusal.ScimType} {refusal.Message.TrimEnd('.')}");
    }

    internal string[] Parts(char mark) => this[mark]?.Split(';', StringSplitOptions.TrimEntries) ?? [];

    /// <inheritdoc />
    public override string ToString() => Name;
}

/// <summary>Short forms for tests.</summary>
static class Sent
{
    internal static ScimObject Object(string json) => ScimReader.ReadObject(Encoding.UTF8.GetBytes(json));

    internal static ScimValue Value(string json) => ScimReader.Read(Encoding.UTF8.GetBytes(json));
}

/// <summary>Resource types of the tests: people, groups, and one of an organization's own with every type and characteristic.</summary>
static class TestTypes
{
    internal static ResourceType Group => GroupSchema.ResourceType;

    internal static ResourceType Device { get; } = new("Device", "/Devices", "Device", new Schema("urn:example:device", "Device", "",
    [
        new("serial", AttributeType.String, "") { Required = true, Mutability = Mutability.Immutable, CaseExact = true },
        new("ports", AttributeType.Integer, ""),
        new("weight", AttributeType.Decimal, ""),
        new("bought", AttributeType.DateTime, ""),
        new("tags", AttributeType.String, "") { MultiValued = true, MaxElements = 5 },
        new("secret", AttributeType.String, "") { Returned = Returned.Request },
        new("pin", AttributeType.String, "") { Returned = Returned.Always },
        new("lock", AttributeType.Complex, "")
        {
            SubAttributes = [new("code", AttributeType.String, "") { Required = true }, new("model", AttributeType.String, "") { Mutability = Mutability.Immutable }, new("uses", AttributeType.String, "") { MultiValued = true }],
        },
        new("slots", AttributeType.Complex, "")
        {
            MultiValued = true,
            SubAttributes = [new("number", AttributeType.Integer, "") { Required = true }, new("card", AttributeType.String, "") { Returned = Returned.Always }, new("type", AttributeType.String, ""), new("filled", AttributeType.DateTime, "")],
        },
    ]),
    [
        new SchemaExtension(new Schema("urn:example:device:lease", "Lease", "",
        [
            new("until", AttributeType.DateTime, "") { Required = true },
            new("lessor", AttributeType.String, "") { Mutability = Mutability.Immutable },
        ]), Required: false),
    ]);

    internal static ResourceType Of(string? name) => name switch { "group" => Group, "device" => Device, _ => UserSchema.ResourceType };
}
