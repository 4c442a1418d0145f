using System.Globalization;

namespace Scim.Domain.Protocol;

/// <summary>
/// The dates of RFC 7643 §2.3.5, xsd:dateTime with an offset, held in UTC at milliseconds. Printed they all have one
/// length, so that their order as text is their order in time.
/// </summary>
/// <remarks>Example: <c>2026-05-13T04:42:34.000Z</c>.</remarks>
public static class ScimDateTime
{
    static readonly string[] Forms =
        [.. Enumerable.Range(0, 8).SelectMany(n => new[] { "'Z'", "zzz" }.Select(zone => $"yyyy-MM-dd'T'HH:mm:ss{(n == 0 ? "" : "." + new string('f', n))}{zone}"))];

    /// <summary>The instant, cut to milliseconds; null when the text is no date with time and offset.</summary>
    public static DateTimeOffset? TryParse(string text) =>
        DateTimeOffset.TryParseExact(Cut(text), Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? new DateTimeOffset(instant.Ticks - instant.Ticks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero)
            : null;

    /// <summary>The instant in the one printed form.</summary>
    public static string Print(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The printed form of a date however it was written; text that is no date stays as it is.</summary>
    public static string Normalise(string text) => TryParse(text) is { } instant ? Print(instant) : text;

    // .NET reads seven decimals at most; xsd has no end of them.
    static string Cut(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0) return text;
        var end = point + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        return end - point - 1 <= 7 ? text : string.Concat(text.AsSpan(0, point + 8), text.AsSpan(end));
    }
}
