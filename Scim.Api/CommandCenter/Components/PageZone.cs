using System.Globalization;
using Scim.Api.Access;
using Scim.Domain.Organizations;

namespace Scim.Api.CommandCenter.Components;

/// <summary>The time zone in which pages tell times and take those that are picked: the organization's. Every time says its zone.</summary>
/// <param name="name">As in the IANA time zone database; UTC where this machine does not know it.</param>
internal sealed class PageZone(string name)
{
    static readonly string[] WithoutZone = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF"];

    readonly TimeZoneInfo _zone = TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) ? found : TimeZoneInfo.Utc;

    /// <summary>Of whoever is signed in.</summary>
    internal static PageZone Of(HttpContext http) => new(PageCaller.Of(http)?.TimeZone ?? Organization.DefaultTimeZone);

    /// <summary>As labels write it.</summary>
    internal string Name => _zone.BaseUtcOffset == TimeSpan.Zero && !_zone.SupportsDaylightSavingTime ? "UTC" : _zone.Id;

    /// <remarks>Examples: <c>2026-03-03 14:00:00 UTC</c>, <c>2026-07-03 15:00:00 UTC+01:00</c></remarks>
    internal string Absolute(DateTimeOffset at)
    {
        var here = TimeZoneInfo.ConvertTime(at, _zone);
        return here.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) + (here.Offset == TimeSpan.Zero ? "" : here.ToString("zzz", CultureInfo.InvariantCulture));
    }

    /// <summary>The same to the minute, where the zone is said once for many.</summary>
    internal string Minute(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The day of an instant.</summary>
    internal DateOnly Day(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, _zone).DateTime);

    /// <summary>When a day begins.</summary>
    internal DateTimeOffset Begin(DateOnly day) => Instant(day.ToDateTime(TimeOnly.MinValue));

    /// <summary>What a form says of a time, as the API takes it: a picked time and a day get this zone, the rest stays as it is.</summary>
    /// <param name="ofEnd">Whether a day means its end.</param>
    internal string? Zoned(string? text, bool ofEnd = false)
    {
        if (DateTime.TryParseExact(text, WithoutZone, CultureInfo.InvariantCulture, DateTimeStyles.None, out var picked)) return Exact(Instant(picked));
        if (Name == "UTC" || !DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || day == DateOnly.MaxValue) return text;
        return Exact(ofEnd ? Begin(day.AddDays(1)).AddTicks(-1) : Begin(day));
    }

    /// <summary>As a picker shows it: a day or an instant; null for what is neither.</summary>
    internal (string Type, string Value)? Picked(string text)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) return ("date", text);
        if (!text.Contains('T', StringComparison.Ordinal)) return null;
        if (DateTime.TryParseExact(text, WithoutZone, CultureInfo.InvariantCulture, DateTimeStyles.None, out var picked)) return ("datetime-local", ForPicker(picked));
        return DateTimeOffset.TryParse(text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? ("datetime-local", Picked(instant)) : null;
    }

    /// <summary>An instant as a picker shows it.</summary>
    internal string Picked(DateTimeOffset instant) => ForPicker(TimeZoneInfo.ConvertTime(instant, _zone).DateTime);

    /// <summary>As addresses carry it, to the second.</summary>
    internal static string Print(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    static string Exact(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    static string ForPicker(DateTime time) => time.ToString(time.Ticks % TimeSpan.TicksPerMinute == 0 ? "yyyy-MM-dd'T'HH:mm" : time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss" : "yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);

    // A time that clocks leap over means the moment of the leap, one that they show twice the first of both.
    DateTimeOffset Instant(DateTime local)
    {
        if (_zone.IsInvalidTime(local)) local = local.AddHours(1);
        var offset = _zone.IsAmbiguousTime(local) ? _zone.GetAmbiguousTimeOffsets(local).Max() : _zone.GetUtcOffset(local);
        return new(Math.Clamp(local.Ticks - offset.Ticks, 0, DateTime.MaxValue.Ticks), TimeSpan.Zero); // the calendar ends in the east and begins in the west
    }
}
