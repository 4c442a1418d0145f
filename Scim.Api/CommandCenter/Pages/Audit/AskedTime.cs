using System.Globalization;

namespace Scim.Api.CommandCenter.Pages.Audit;

/// <summary>Instants as forms ask for them: a picker knows no zone, and everything here is UTC.</summary>
internal static class AskedTime
{
    static readonly string[] WithoutZone = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF"];

    /// <summary>With its zone; a day, and what is no time, stays as it is.</summary>
    internal static string? Zoned(string? text) =>
        DateTime.TryParseExact(text, WithoutZone, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? text + "Z" : text;

    /// <summary>As a picker shows it: a day or an instant; null for what is neither.</summary>
    internal static (string Type, string Value)? Picked(string text)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) return ("date", text);
        return text.Contains('T', StringComparison.Ordinal) && DateTimeOffset.TryParse(text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? ("datetime-local", instant.UtcDateTime.ToString(instant.Ticks % TimeSpan.TicksPerMinute == 0 ? "yyyy-MM-dd'T'HH:mm" : "yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture)) : null;
    }

    /// <summary>As addresses carry it.</summary>
    internal static string Print(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
