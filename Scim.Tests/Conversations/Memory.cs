using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Scim.Domain.Protocol.Json;

namespace Scim.Tests.Conversations;

/// <summary>What a conversation has learnt so far: it fills requests in and holds answers against their patterns.</summary>
internal sealed partial class Memory
{
    readonly Dictionary<string, string> _known = [];

    internal string this[string name]
    {
        set => _known[name] = value;
    }

    /// <summary>The text with every placeholder filled in; inside JSON as JSON writes it.</summary>
    internal string Fill(string text, bool json = false) => Placeholder().Replace(text, match =>
    {
        var value = _known.TryGetValue(match.Groups[1].Value, out var known) ? known : throw new InvalidOperationException($"{match.Value} is not known yet.");
        return json ? JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString() : value;
    });

    /// <summary>Whether the text is of that form; new placeholders are learnt from it.</summary>
    internal bool Matches(string pattern, string text)
    {
        var learnt = new List<string>();
        var regex = Placeholder().Split(pattern).Select((piece, i) =>
        {
            if (i % 2 == 0) return Regex.Escape(piece).Replace("\\*", ".*", StringComparison.Ordinal);
            if (_known.TryGetValue(piece, out var known)) return Regex.Escape(known);
            learnt.Add(piece);
            return $"(?<{piece}>.+)";
        });
        var match = Regex.Match(text, $"^{string.Concat(regex)}$", RegexOptions.Singleline);
        if (match.Success)
            foreach (var name in learnt) _known[name] = match.Groups[name].Value;
        return match.Success;
    }

    /// <summary>Where the value is not as the pattern says, or null.</summary>
    /// <param name="atLeast">Whether objects may have members that the pattern does not show.</param>
    internal string? Differs(ScimValue pattern, ScimValue? value, bool atLeast, string place = "body") => (pattern, value) switch
    {
        (_, null) => $"{place} is missing",
        (ScimString { Value: "*" }, _) => null,
        (ScimString p, ScimString v) => Matches(p.Value, v.Value) ? null : $"{place} is {v} instead of {p}",
        (ScimObject p, ScimObject v) => Members(p, v, atLeast, place),
        (ScimArray p, ScimArray v) when p.Items.Length == v.Items.Length =>
            p.Items.Select((item, i) => Differs(item, v.Items[i], atLeast, $"{place}[{i}]")).FirstOrDefault(d => d is not null),
        _ => pattern.Equals(value) ? null : $"{place} is {value} instead of {pattern}",
    };

    string? Members(ScimObject pattern, ScimObject value, bool atLeast, string place)
    {
        // Names by their exact spelling, unlike the protocol's own comparison.
        var members = value.Members.ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal);
        foreach (var (name, part) in pattern.Members)
            if (Differs(part, members.GetValueOrDefault(name), atLeast, $"{place}.{name}") is { } difference) return difference;
        var more = atLeast ? null : members.Keys.FirstOrDefault(name => pattern.Members.All(m => m.Key != name));
        return more is null ? null : $"{place}.{more} is {members[more]} and should not be there";
    }

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Placeholder();
}
