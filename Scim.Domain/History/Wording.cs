using System.Globalization;
using System.Text;

namespace Scim.Domain.History;

/// <summary>The small parts of which sentences about the history are made. What came from outside stands in them cut and inert.</summary>
static class Wording
{
    /// <summary>What stands for a value that was erased.</summary>
    internal const string Erased = "(erased)";

    /// <summary>What stands for the name of a person whose key was destroyed.</summary>
    internal const string ErasedPerson = "an erased person";

    const int MaxRunes = 60;

    /// <summary>
    /// Text from outside on one line: white space is one space, what nobody could see or what turns the direction of writing is U+FFFD, and
    /// what is too long ends in an ellipsis. The joiners stay, because scripts and emoji are written with them.
    /// </summary>
    internal static string Plain(string text, int max = MaxRunes)
    {
        var (plain, runes, gap) = (new StringBuilder(), 0, false);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                gap = runes > 0;
                continue;
            }
            if (runes + (gap ? 1 : 0) >= max) return plain.Append('…').ToString();
            if (gap) plain.Append(' ');
            plain.Append(IsInert(rune) ? rune : Rune.ReplacementChar);
            (runes, gap) = (runes + (gap ? 2 : 1), false);
        }
        return plain.ToString();
    }

    /// <summary>Text from outside between quotes, of which there are none inside.</summary>
    internal static string Quoted(string text) => $"\"{Plain(text).Replace('"', '\'')}\"";

    /// <summary>The name by which somebody is known, or what is said instead.</summary>
    internal static string Person(Personal<string> label) =>
        !label.IsKnown ? ErasedPerson : Plain(label.Value) is { Length: > 0 } name ? name : "a person without a name";

    /// <summary>The name with which something is said to belong to somebody: <c>Ada Byron's</c>, <c>Tour Guides'</c>.</summary>
    internal static string Possessive(string name) => name.EndsWith('s') ? name + "'" : name + "'s";

    /// <summary>The parts as English lists them: <c>a, b and c</c>.</summary>
    internal static string List(IReadOnlyList<string> parts) =>
        parts.Count < 2 ? string.Concat(parts) : $"{string.Join(", ", parts.Take(parts.Count - 1))} and {parts[^1]}";

    /// <summary>So many of a kind: <c>1 person</c>, <c>3 people</c>.</summary>
    internal static string Count(int count, string one, string many) => $"{count} {(count == 1 ? one : many)}";

    /// <summary>With a capital letter where it begins with an article of ours; a name stays as it is written.</summary>
    internal static string Begin(string text) =>
        text.StartsWith("a ", StringComparison.Ordinal) || text.StartsWith("an ", StringComparison.Ordinal) || text.StartsWith("the ", StringComparison.Ordinal)
            ? char.ToUpperInvariant(text[0]) + text[1..]
            : text;

    /// <summary>With one full stop at its end.</summary>
    internal static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";

    /// <summary>A day: <c>2026-03-03</c>.</summary>
    internal static string Day(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>An instant to the second: <c>on 2026-03-03 at 14:00:02 UTC</c>.</summary>
    internal static string On(DateTimeOffset instant) => $"on {Day(instant)} at {instant.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} UTC";

    static bool IsInert(Rune rune) =>
        rune.Value is 0x200c or 0x200d || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format);

    /// <summary>How long something took, in its two largest units.</summary>
    /// <remarks>Examples: <c>340 ms</c>, <c>12 s</c>, <c>1 h 15 min</c>.</remarks>
    internal static string Duration(long milliseconds)
    {
        if (milliseconds < 1000) return string.Create(CultureInfo.InvariantCulture, $"{milliseconds} ms");
        var time = TimeSpan.FromMilliseconds(milliseconds);
        (int Count, string Unit)[] parts = [(time.Days, time.Days == 1 ? "day" : "days"), (time.Hours, "h"), (time.Minutes, "min"), (time.Seconds, "s")];
        var first = Array.FindIndex(parts, p => p.Count > 0);
        return string.Join(' ', parts.Skip(first).Take(2).Where(p => p.Count > 0).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Count} {p.Unit}")));
    }
}
