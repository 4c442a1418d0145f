using System.Globalization;
using FluentValidation;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Timeline;

/// <summary>Finds what a query means: instants become positions, names become people.</summary>
internal sealed class TimelineQuestions(Moments moments, Placement placement, TimelineReader timeline, TimeProvider clock)
{
    const int DefaultCount = 50;

    /// <summary>A page of what is asked for, up to a position, and what that means.</summary>
    /// <exception cref="ValidationException">Something of it is malformed.</exception>
    internal async Task<(TimelineFilter Filter, TimelinePage Page)> Page(Guid organization, AskedPage asked, long now, int epoch, CancellationToken ct)
    {
        var result = await new AskedPageRules().ValidateAsync(asked, ct);
        if (!result.IsValid) throw new ValidationException(result.Errors);
        EventPlace? after = EventPlace.TryParse(AskedEvents.Given(asked.Cursor), out var cursor) ? new(cursor.Value.Position.Of(epoch).Number, cursor.Value.Place) : null;
        var filter = await Filter(organization, asked, ct);
        var count = AskedEvents.Given(asked.Count) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : DefaultCount;
        return (filter, await timeline.Page(organization, filter with { Last = Math.Min(filter.Last, now) }, after, AskedEvents.Given(asked.Order) == "asc", count, ct));
    }

    /// <exception cref="ScimException">400: a malformed instant or position, one of another epoch, a name of too many people.</exception>
    internal async Task<TimelineFilter> Filter(Guid organization, AskedEvents asked, CancellationToken ct)
    {
        var filter = new TimelineFilter
        {
            People = await People(organization, asked, ct),
            Group = AskedEvents.Id(asked.Group),
            Types = AskedEvents.Given(asked.Type) is { } types ? AskedEvents.Several(types) : null,
            Actors = ActorsOf(asked),
            Request = AskedEvents.Id(asked.Request),
        };
        var firsts = new[] { filter.First, await First(organization, asked, ct), Number(organization, asked.FromPosition, "fromPosition") ?? 0 };
        var lasts = new[] { filter.Last, await Last(organization, asked, ct), Number(organization, asked.ToPosition, "toPosition") ?? filter.Last };
        return filter with { First = firsts.Max(), Last = lasts.Min() };
    }

    // An actor and a token that differ are true of no event.
    static string[]? ActorsOf(AskedEvents asked)
    {
        var actors = AskedEvents.Given(asked.Actor) is { } text ? AskedEvents.Several(text) : null;
        if (AskedEvents.Id(asked.Token) is not { } id) return actors;
        var token = $"{Actors.TokenPrefix}{id:D}";
        return actors is null || actors.Contains(token) ? [token] : [];
    }

    async Task<IReadOnlyList<Guid>?> People(Guid organization, AskedEvents asked, CancellationToken ct)
    {
        var person = AskedEvents.Id(asked.Person);
        if (AskedEvents.Given(asked.Name) is not { } name) return person is null ? null : [person.Value];
        var people = await timeline.PeopleKnownAs(organization, name, ct);
        return person is null ? people : [.. people.Where(p => p == person)];
    }

    // What happened at the instant itself belongs to it: so the last position before the microsecond of it, and one more.
    async Task<long> First(Guid organization, AskedEvents asked, CancellationToken ct)
    {
        if (AskedEvents.Given(asked.From) is not { } from) return 0;
        var instant = Day(from) ?? Instant(from, "from");
        if (instant > clock.GetUtcNow()) return long.MaxValue - 1; // nothing yet
        if (instant < DateTimeOffset.UnixEpoch) return 0;
        var rest = instant.Ticks % TimeSpan.TicksPerMicrosecond;
        return await moments.At(organization, instant.AddTicks(rest > 0 ? -rest : -TimeSpan.TicksPerMicrosecond), ct) + 1;
    }

    async Task<long> Last(Guid organization, AskedEvents asked, CancellationToken ct)
    {
        if (AskedEvents.Given(asked.To) is not { } to) return long.MaxValue - 1;
        var instant = Day(to) is { } day ? EndOf(day) : Instant(to, "to");
        return instant > clock.GetUtcNow() ? long.MaxValue - 1 : await moments.At(organization, instant, ct);
    }

    static DateTimeOffset? Day(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day : null;

    static DateTimeOffset EndOf(DateTimeOffset day) => day > DateTimeOffset.MaxValue.AddDays(-2) ? day : day.AddDays(1).AddTicks(-TimeSpan.TicksPerMicrosecond);

    static DateTimeOffset Instant(string text, string name)
    {
        try
        {
            return AskedMoment.Instant(text, name);
        }
        catch (ScimException)
        {
            throw ScimException.BadRequest($"{name} is an instant with its zone, such as 2026-03-03T14:00:00Z, or a day such as 2026-03-03.");
        }
    }

    long? Number(Guid organization, string? text, string name)
    {
        if (AskedEvents.Given(text) is not { } given) return null;
        if (!given.All(c => char.IsAsciiDigit(c) || c == '.')) throw ScimException.BadRequest($"{name} is a number such as 4711, or epoch and number such as 1.4711.");
        return Math.Min(AskedMoment.Number(given, organization, placement), long.MaxValue - 1);
    }
}
