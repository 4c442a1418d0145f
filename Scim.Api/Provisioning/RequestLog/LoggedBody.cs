using System.Text.Json;
using System.Text.Json.Serialization;
using Scim.Domain.Protocol.Json;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>A body as the log keeps it: the parsed value without secrets, or size and kind alone.</summary>
/// <param name="Kind"><c>json</c>, <c>unparsable</c>, or <c>unread</c> for what was refused before it came.</param>
/// <param name="Bytes">How large it was.</param>
/// <param name="Cut">Whether the value is only its beginning.</param>
internal sealed record LoggedBody(string Kind, long Bytes, bool Cut, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ScimValue? Value)
{
    const int MaxDepth = 64;

    internal static LoggedBody? Of(ReadOnlySpan<byte> utf8, long total)
    {
        if (total == 0) return null;
        var cut = utf8.Length < total;
        return Read(utf8, whole: !cut) is { } value ? new("json", total, cut, value) : new("unparsable", total, cut, null);
    }

    internal static LoggedBody Unread(long declared) => new("unread", declared, false, null);

    static ScimValue? Read(ReadOnlySpan<byte> utf8, bool whole)
    {
        if (utf8.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) utf8 = utf8[3..];
        var reader = new Utf8JsonReader(utf8, whole, new JsonReaderState(new() { MaxDepth = MaxDepth }));
        try
        {
            if (!reader.Read()) return null;
            var value = Next(ref reader, out var ended);
            return ended && reader.Read() ? null : value;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for what is no Unicode
        {
            return null;
        }
    }

    // Null where the bytes end before the value does; what of an object or array had come is kept.
    static ScimValue? Next(ref Utf8JsonReader reader, out bool ended)
    {
        ended = true;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject: return Members(ref reader, out ended);
            case JsonTokenType.StartArray: return Items(ref reader, out ended);
            case JsonTokenType.String: return ScimValue.Of(Redaction.Text(reader.GetString()!));
            case JsonTokenType.Number: return reader.TryGetDecimal(out var number) ? ScimValue.Of(number) : ScimValue.Of("[number]");
            case JsonTokenType.True: return ScimValue.True;
            case JsonTokenType.False: return ScimValue.False;
            default: return ScimValue.Null;
        }
    }

    static ScimObject Members(ref Utf8JsonReader reader, out bool ended)
    {
        var members = new List<(string Name, ScimValue Value)>();
        ended = false;
        string? path = null;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                ended = true;
                break;
            }
            var name = reader.GetString()!;
            if (!reader.Read()) break;
            if (name.Equals("path", StringComparison.OrdinalIgnoreCase) && reader.TokenType == JsonTokenType.String) path = reader.GetString();
            var value = Next(ref reader, out var whole);
            if (!Redaction.IsSecret(name)) members.Add((name, value!));
            if (!whole) break;
        }
        // The path may stand after the value, or beyond the cut.
        if (path is not null ? Redaction.IsSecret(path) : !ended) members.RemoveAll(m => m.Name.Equals("value", StringComparison.OrdinalIgnoreCase));
        return ScimValue.Of(members);
    }

    static ScimArray Items(ref Utf8JsonReader reader, out bool ended)
    {
        var items = new List<ScimValue>();
        ended = false;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndArray)
            {
                ended = true;
                break;
            }
            items.Add(Next(ref reader, out var whole)!);
            if (!whole) break;
        }
        return ScimValue.Of(items);
    }
}
