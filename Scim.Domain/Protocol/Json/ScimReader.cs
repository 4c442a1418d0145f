using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Scim.Domain.Protocol.Json;

/// <summary>
/// The one strict reader of JSON from outside. What two parsers could read differently is refused: duplicate names and
/// names that differ only in case, U+0000, lone surrogates, numbers beyond 28 digits, more than 32 levels. It keeps what
/// it does not know; every refusal is a 400.
/// </summary>
public static class ScimReader
{
    /// <summary>Levels of arrays and objects that a body may have.</summary>
    public const int MaxDepth = 32;

    const int Few = 4; // members of most objects

    static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };

    /// <summary>Reads one value from UTF-8 JSON; a byte order mark before it is accepted.</summary>
    /// <exception cref="ScimException">400 <c>invalidSyntax</c> or <c>invalidValue</c>, with the place.</exception>
    public static ScimValue Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.StartsWith(Encoding.UTF8.Preamble)) utf8 = utf8[3..];
        var reader = new Utf8JsonReader(utf8, Options);
        try
        {
            if (!reader.Read()) throw ScimException.InvalidSyntax("The body is empty; a JSON object is expected.");
            var value = ReadValue(ref reader, strict: true);
            if (reader.Read()) throw ScimException.InvalidSyntax("The body goes on after its JSON value.");
            return value;
        }
        catch (JsonException e)
        {
            throw ScimException.InvalidSyntax($"The body is not JSON as RFC 8259 defines it, at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}, or has more than {MaxDepth} levels.");
        }
    }

    /// <summary>Reads a body that must be one JSON object.</summary>
    /// <exception cref="ScimException">400 <c>invalidSyntax</c> when it is anything else.</exception>
    public static ScimObject ReadObject(ReadOnlySpan<byte> utf8) =>
        Read(utf8) as ScimObject ?? throw ScimException.InvalidSyntax("The body must be a JSON object.");

    /// <summary>Reads an object that passed the strict reader before it was stored.</summary>
    public static ScimObject ReadStored(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, Options);
        reader.Read();
        return (ScimObject)ReadStored(ref reader);
    }

    /// <summary>The same inside a document.</summary>
    internal static ScimValue ReadStored(ref Utf8JsonReader reader) => ReadValue(ref reader, strict: false);

    static ScimValue ReadValue(ref Utf8JsonReader reader, bool strict) => reader.TokenType switch
    {
        JsonTokenType.StartObject => ReadMembers(ref reader, strict),
        JsonTokenType.StartArray => ReadItems(ref reader, strict),
        JsonTokenType.String => ScimValue.Of(ReadText(ref reader)),
        JsonTokenType.Number => ReadNumber(ref reader),
        JsonTokenType.True => ScimValue.True,
        JsonTokenType.False => ScimValue.False,
        _ => ScimValue.Null,
    };

    static ScimObject ReadMembers(ref Utf8JsonReader reader, bool strict)
    {
        if (reader.Read() && reader.TokenType == JsonTokenType.EndObject) return ScimObject.Empty;
        var members = ImmutableArray.CreateBuilder<KeyValuePair<string, ScimValue>>(Few);
        HashSet<string>? names = null;
        for (; reader.TokenType != JsonTokenType.EndObject; reader.Read())
        {
            var name = ReadText(ref reader);
            if (strict && members.Count == 1) names = new(StringComparer.OrdinalIgnoreCase) { members[0].Key };
            if (names?.Add(name) == false)
                throw ScimException.InvalidSyntax($"The name \"{Shown(name)}\" stands twice in one object; names that differ only in case count as the same (RFC 7643 section 2.1).");
            reader.Read();
            members.Add(KeyValuePair.Create(name, ReadValue(ref reader, strict)));
        }
        return new ScimObject(members.DrainToImmutable());
    }

    static ScimArray ReadItems(ref Utf8JsonReader reader, bool strict)
    {
        if (reader.Read() && reader.TokenType == JsonTokenType.EndArray) return ScimArray.Empty;
        var first = ReadValue(ref reader, strict);
        if (reader.Read() && reader.TokenType == JsonTokenType.EndArray) return new ScimArray([first]);
        var items = ImmutableArray.CreateBuilder<ScimValue>();
        items.Add(first);
        for (; reader.TokenType != JsonTokenType.EndArray; reader.Read()) items.Add(ReadValue(ref reader, strict));
        return new ScimArray(items.DrainToImmutable());
    }

    static string ReadText(ref Utf8JsonReader reader)
    {
        string text;
        try
        {
            text = reader.GetString()!;
        }
        catch (InvalidOperationException) // how System.Text.Json refuses lone surrogates and invalid UTF-8
        {
            throw ScimException.InvalidSyntax("A string is not well-formed Unicode: it holds a lone surrogate or bytes that are not UTF-8.");
        }
        // PostgreSQL's jsonb cannot hold U+0000; refused here, it can be refused nowhere later.
        return text.Contains('\0', StringComparison.Ordinal) ? throw ScimException.InvalidValue("A string holds the character U+0000, which cannot be stored.") : text;
    }

    static ScimValue ReadNumber(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan[0] != '-' && reader.TryGetInt64(out var whole)) return ScimValue.Of(whole); // as nearly all are
        var text = Encoding.ASCII.GetString(reader.ValueSpan);
        return IsExact(text) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? ScimValue.Of(number)
            : throw ScimException.InvalidValue("A number has more than 28 digits; numbers are held exactly or not at all.");
    }

    // A decimal keeps 28 digits and 28 places; what would be rounded is refused.
    static bool IsExact(string number)
    {
        var e = number.IndexOfAny(['e', 'E']);
        var exponent = 0;
        if (e >= 0 && !int.TryParse(number.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)) return false;
        var mantissa = (e < 0 ? number : number[..e]).TrimStart('-');
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var places = point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        if (digits.Length == 0) return true;
        var significant = digits.TrimEnd('0');
        var lowest = exponent - (long)places + (digits.Length - significant.Length); // power of ten of the last significant digit
        return significant.Length <= 28 && lowest >= -28 && lowest + significant.Length <= 28;
    }

    /// <summary>A name from outside as it may stand in an error: at most 64 characters.</summary>
    internal static string Shown(string name) => name.Length <= 64 ? name : string.Concat(name.AsSpan(0, 64), "…");
}
