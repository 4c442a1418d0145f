using System.Collections.Concurrent;
using Scim.Api.CommandCenter.Components;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;

namespace Scim.Api.CommandCenter.Pages.Overview;

/// <summary>How many people gained access on a day of the organization's zone, and how many lost it.</summary>
internal sealed record DayOfAccess(DateOnly Day, long Came, long Went);

/// <summary>Those of 30 days, today last.</summary>
/// <param name="IsWhole">Whether everything is counted that had happened a moment ago; a large history takes a while at first.</param>
internal sealed record AccessOfDays(IReadOnlyList<DayOfAccess> Days, bool IsWhole);

/// <summary>
/// Whose access began and ended in the last 30 days, counted by day. What was counted stays counted, so each look reads only what
/// came since the last; nobody waits longer for it than a second.
/// </summary>
internal sealed class ComingsAndGoings(Placement placement, Moments moments, TimeProvider clock, ILogger<ComingsAndGoings> log)
{
    internal const int Days = 30;

    // Positions that one statement counts, well within the patience of the service's login.
    const int AtOnce = 50_000;

    static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(5), Patience = TimeSpan.FromSeconds(1);

    // Only where something happened that access hangs on; each version is looked up by its key, whatever the planner expects.
    const string Sql = """
        with t as materialized (select distinct position, stream_id from directory.timeline where tenant_id = $1 and position > $2 and position <= $3 and
            type in ('user_provisioned', 'user_deactivated', 'user_reactivated', 'user_suspended', 'user_suspension_lifted', 'user_deleted', 'user_erased')),
        x as materialized (select t.position,
            coalesce((select v.has_access from directory.user_version v where v.tenant_id = $1 and v.id = t.stream_id and v.from_position = t.position), false) as has,
            coalesce((select o.has_access from directory.user_version o where o.tenant_id = $1 and o.to_position = t.position and o.id = t.stream_id), false) as had from t)
        select (i.instant at time zone $4)::date, count(*) filter (where x.has), count(*) filter (where x.had)
        from x cross join lateral (select max(c.instant) as instant from history.commit_log c where c.tenant_id = $1 and c.position = x.position) i where x.has <> x.had group by 1
        """;

    readonly ConcurrentDictionary<Guid, Counted> _known = new();

    internal async Task<AccessOfDays> Of(Guid organization, PageZone zone, CancellationToken ct)
    {
        var counted = _known.GetOrAdd(organization, _ => new());
        var counting = counted.Begin(clock, () => Count(organization, zone, counted));
        await Task.WhenAny(counting, Task.Delay(Patience, clock, ct));
        ct.ThrowIfCancellationRequested();
        var first = zone.Day(clock.GetUtcNow()).AddDays(1 - Days);
        return new([.. Enumerable.Range(0, Days).Select(n => counted.Of(first.AddDays(n)))], counting.IsCompletedSuccessfully);
    }

    async Task Count(Guid organization, PageZone zone, Counted counted)
    {
        try
        {
            var ct = CancellationToken.None; // others wait for it too
            if (counted.Zone != zone.Name)
                counted.Forget(zone.Name, await moments.At(organization, zone.Begin(zone.Day(clock.GetUtcNow()).AddDays(1 - Days)).ToUniversalTime(), ct));
            var last = (await moments.Progress(organization, ct)).Versions;
            while (counted.UpTo < last)
            {
                var end = Math.Min(counted.UpTo + AtOnce, last);
                counted.Add(end, await Read(organization, counted.UpTo, end, zone.Name, ct));
            }
        }
        catch (Exception e)
        {
            log.LogWarning("Who came and went could not be counted ({Failure})", string.Join(" < ", StoreFailure.Names(e)));
            throw;
        }
    }

    Task<List<DayOfAccess>> Read(Guid organization, long after, long upTo, string zone, CancellationToken ct) => Deadline.Within(TimeSpan.FromSeconds(5), async ct =>
    {
        var days = new List<DayOfAccess>();
        await using var command = placement.Command(organization, Sql, after, upTo, zone);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) days.Add(new(reader.GetFieldValue<DateOnly>(0), reader.GetInt64(1), reader.GetInt64(2)));
        return days;
    }, ct);

    // What is known of one organization; one counts at a time, and others read meanwhile.
    sealed class Counted
    {
        readonly Lock _beginning = new();
        readonly ConcurrentDictionary<DateOnly, DayOfAccess> _days = new();
        Task _counting = Task.CompletedTask;
        long? _begun;

        internal string? Zone { get; private set; }

        internal long UpTo { get; private set; }

        internal Task Begin(TimeProvider clock, Func<Task> count)
        {
            lock (_beginning)
            {
                if (!_counting.IsCompleted || (_counting.IsCompletedSuccessfully && _begun is { } begun && clock.GetElapsedTime(begun) < GoodFor)) return _counting;
                _begun = clock.GetTimestamp();
                return _counting = Task.Run(count);
            }
        }

        internal void Forget(string zone, long upTo)
        {
            _days.Clear();
            (Zone, UpTo) = (zone, upTo);
        }

        internal void Add(long upTo, List<DayOfAccess> days)
        {
            foreach (var day in days) _days.AddOrUpdate(day.Day, day, (_, known) => known with { Came = known.Came + day.Came, Went = known.Went + day.Went });
            UpTo = upTo;
        }

        internal DayOfAccess Of(DateOnly day) => _days.TryGetValue(day, out var known) ? known : new(day, 0, 0);
    }
}
