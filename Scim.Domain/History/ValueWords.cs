using System.Globalization;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.History;

/// <summary>A value in few words: text in quotes, several values by the preferred one and the number of the others.</summary>
/// <remarks>Example: <c>"ada@example.com" and 1 other</c>.</remarks>
static class ValueWords
{
    /// <summary>The value at the path; null and what counts as unassigned is nothing.</summary>
    internal static string Of(string path, ScimValue? value, Telling telling) => value switch
    {
        null or { IsUnassigned: true } => "nothing",
        ScimArray array => Several(path, [.. array.Items.Where(i => !i.IsUnassigned)]),
        ScimString s when IsPerson(path, s.Value, out var id) => telling.Person(id),
        _ => One(value) ?? "one entry",
    };

    /// <summary>All of a value: several with commas between them, of each what it is and then of which kind.</summary>
    /// <remarks>Example: <c>ada@example.com (work, primary), ada@home.example (home)</c>.</remarks>
    internal static string InFull(ScimValue value) => value switch
    {
        ScimString s => s.Value,
        ScimNumber n => n.Value.ToString(CultureInfo.InvariantCulture),
        ScimBoolean b => b.Value ? "yes" : "no",
        ScimArray array => string.Join(", ", array.Items.Where(i => !i.IsUnassigned).Select(InFull)),
        ScimObject o => Entry([.. o.Members.Where(m => !m.Value.IsUnassigned && m.Key != "$ref")]),
        _ => "nothing",
    };

    static string Entry(KeyValuePair<string, ScimValue>[] members)
    {
        var main = new[] { "value", "formatted", "display" }.Select(n => Array.FindIndex(members, m => Is(m, n))).FirstOrDefault(i => i >= 0, -1);
        var parts = members.Where((m, i) => i != main).OrderBy(m => Is(m, "type") ? 0 : Is(m, "primary") ? 2 : 1).ToLookup(m => main >= 0 || Is(m, "type") || Is(m, "primary"), Part);
        var what = main >= 0 ? InFull(members[main].Value) : string.Join(", ", parts[false]);
        var kinds = string.Join(", ", parts[true].OfType<string>().Where(k => k != what));
        return kinds.Length == 0 ? what : what.Length == 0 ? kinds : $"{what} ({kinds})";
    }

    static string? Part(KeyValuePair<string, ScimValue> member) => member.Value switch
    {
        ScimString text => text.Value,
        ScimBoolean { Value: var truth } when Is(member, "primary") => truth ? "primary" : null,
        var other => $"{member.Key}: {InFull(other)}",
    };

    static bool Is(KeyValuePair<string, ScimValue> member, string name) => member.Key.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The person whom the value at the path means, if it does: the manager.</summary>
    internal static bool IsPerson(string path, string? value, out Guid id)
    {
        id = default;
        return string.Equals(path, AttributeWords.Manager, StringComparison.OrdinalIgnoreCase) && Guid.TryParseExact(value, "D", out id);
    }

    static string Several(string path, ScimValue[] items)
    {
        var shown = items.FirstOrDefault(i => (i as ScimObject)?["primary"]?.AsBoolean == true) ?? items[0];
        if (path.EndsWith("Certificates", StringComparison.OrdinalIgnoreCase) || One(shown) is not { } text) return Wording.Count(items.Length, "entry", "entries");
        return items.Length == 1 ? text : $"{text} and {Wording.Count(items.Length - 1, "other", "others")}";
    }

    static string? One(ScimValue value) => value switch
    {
        ScimString s => Text(s.Value),
        ScimNumber n => n.Value.ToString(CultureInfo.InvariantCulture),
        ScimBoolean b => b.Value ? "yes" : "no",
        ScimObject o => Parts(o),
        _ => null,
    };

    // The first part that says it all, else what parts there are: a postal address has no value.
    static string? Parts(ScimObject o)
    {
        foreach (var name in (ReadOnlySpan<string>)["value", "display", "formatted"])
            if (o[name] is { IsUnassigned: false } part and not (ScimObject or ScimArray)) return One(part);
        var texts = o.Members.Where(m => m.Key is not ("type" or "primary" or "$ref")).Select(m => m.Value.AsString).Where(t => !string.IsNullOrWhiteSpace(t)).ToArray();
        return texts.Length == 0 ? null : Text(string.Join(", ", texts));
    }

    // Nobody reads a UUID; its end tells one from another.
    static string Text(string text) => Guid.TryParseExact(text.Trim(), "D", out var id) ? $"an identifier ending in {id.ToString("D")[^4..]}" : Wording.Quoted(text);
}
