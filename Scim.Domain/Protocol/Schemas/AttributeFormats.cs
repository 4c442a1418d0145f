using System.Buffers;
using System.Buffers.Text;

namespace Scim.Domain.Protocol.Schemas;

/// <summary>What a text is expected to look like beyond its type; never enforced, only noted.</summary>
public enum AttributeFormat
{
    /// <summary>Any text.</summary>
    None,

    /// <summary>An e-mail address, RFC 7643 §4.1.2.</summary>
    Email,

    /// <summary>A language tag, RFC 7643 §4.1.1 <c>locale</c>.</summary>
    Locale,

    /// <summary>A time zone of the IANA database, RFC 7643 §4.1.1 <c>timezone</c>.</summary>
    TimeZone,
}

/// <summary>Tells texts that look as their definitions expect from those that do not.</summary>
static class AttributeFormats
{
    static readonly SearchValues<char> TagCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Whether the text looks as expected: by its type for references and binary values, else by its format.</summary>
    internal static bool Fits(AttributeDefinition attribute, string text) => (attribute.Type, attribute.Format) switch
    {
        _ when text.Length == 0 => true,
        (AttributeType.Binary, _) => Base64.IsValid(text),
        (AttributeType.Reference, _) => !attribute.ReferenceTypes.Any(t => t is "external" or "uri") || text.Contains(':', StringComparison.Ordinal) && Uri.IsWellFormedUriString(text, UriKind.Absolute),
        (_, AttributeFormat.Email) => text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < text.Length - 1,
        (_, AttributeFormat.Locale) => char.IsAsciiLetter(text[0]) && text.AsSpan().IndexOfAnyExcept(TagCharacters) < 0,
        (_, AttributeFormat.TimeZone) => text.Contains('/', StringComparison.Ordinal) || text is "UTC" or "GMT",
        _ => true,
    };
}
