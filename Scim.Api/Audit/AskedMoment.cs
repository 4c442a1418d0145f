using System.Globalization;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit;

/// <summary>
/// The moment that a request asks about: <c>at</c>, an instant; <c>position</c>, a number or <c>epoch.number</c>; without
/// either, now.
/// </summary>
internal static class AskedMoment
{
    /// <summary>On every answer about a moment, and on no other.</summary>
    internal const string Header = "Scim-Position";

    /// <summary>The position whose directory is asked for, written up to there; 0 before the first event.</summary>
    /// <exception cref="ScimException">400: malformed, in the future, or of another epoch; 503: not numbered in time.</exception>
    internal static async Task<long> Of(HttpContext http, Guid organization, Moments moments, Placement placement)
    {
        var position = await Of(organization, AskedParameter.One(http, "at"), AskedParameter.One(http, "position"), moments, placement, http.RequestAborted);
        http.Response.Headers[Header] = new Position(placement.EpochOf(organization), position).ToString();
        return position;
    }

    /// <summary>The same of what was read from elsewhere.</summary>
    internal static async Task<long> Of(Guid organization, string? at, string? position, Moments moments, Placement placement, CancellationToken ct)
    {
        if (at is not null && position is not null) throw ScimException.BadRequest("Ask for an instant or for a position, not for both.");
        if (at is null && position is null) return await moments.Now(organization, ct);
        var found = at is null ? Number(position!, organization, placement) : await moments.At(organization, Instant(at, "at"), ct);
        await moments.Written(organization, found, ct);
        return found;
    }

    /// <summary>The position that one text means, an instant or a position, written up to there.</summary>
    internal static async Task<long> InWords(string text, Guid organization, Moments moments, Placement placement, CancellationToken ct)
    {
        var found = text.Contains(':', StringComparison.Ordinal) ? await moments.At(organization, Instant(text, "to"), ct) : Number(text, organization, placement);
        await moments.Written(organization, found, ct);
        return found;
    }

    /// <summary>An instant as it is asked for: with its time and its zone.</summary>
    internal static DateTimeOffset Instant(string text, string name) =>
        DateTimeOffset.TryParseExact(text.Trim().Replace(' ', '+'), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant
            : throw ScimException.BadRequest($"{name} is an instant with its zone, such as 2026-03-03T14:00:00Z.");

    /// <summary>A number, or one with the epoch before it.</summary>
    internal static long Number(string text, Guid organization, Placement placement)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        if (Position.TryParse(text, out var position)) return position.Value.Of(placement.EpochOf(organization)).Number;
        throw ScimException.BadRequest("position is a number such as 4711, or epoch and number such as 1.4711.");
    }

    static readonly string[] Formats = [.. new[] { "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF" }.SelectMany(f => new[] { f + "'Z'", f + "zzz" })];
}
