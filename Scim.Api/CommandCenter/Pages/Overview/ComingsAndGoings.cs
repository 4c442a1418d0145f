using System.Collections.Concurrent;
using Scim.Api.Audit.SignIn;
using Scim.Api.CommandCenter.Components;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;

namespace Scim.Api.CommandCenter.Pages.Overview;

/// <summary>How many people gained access on a day of the organization's zone, and how many lost it.</summary>
internal sealed record DayOfAccess(DateOnly Day, long Came, long Went);

/// <summary>Whose access began and ended in the last 30 days, counted by day; read at most twice a minute for an organization.</summary>
internal sealed class ComingsAndGoings(Placement placement, Moments moments, TimeProvider clock)
{
    internal const int Days = 30;

    static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(30);

    const string Sql = $"""
        with i as materialized (select position, (max(instant) at time zone $3)::date as day from history.commit_log where tenant_id = $1 and position > $2 group by 1)
        select i.day, count(*) filter (where x.begins), count(*) filter (where not x.begins) from (
            select v.from_position as position, true as begins from directory.user_version v where v.tenant_id = $1 and v.from_position > $2 and v.has_access
                and not exists (select from directory.user_version o where o.tenant_id = $1 and o.id = v.id and o.to_position = v.from_position and o.has_access)
            union all select v.to_position, false from directory.user_version v where v.tenant_id = $1 and v.to_position > $2 and v.to_position < 9223372036854775807 and v.has_access and not {AccessChanges.AccessGoesOn}) x
        join i using (position) group by 1
        """;

    readonly ConcurrentDictionary<Guid, (long Read, IReadOnlyList<DayOfAccess> Days)> _known = new();

    /// <summary>The last 30 days, today last.</summary>
    internal async Task<IReadOnlyList<DayOfAccess>> Of(Guid organization, PageZone zone, CancellationToken ct)
    {
        if (_known.TryGetValue(organization, out var known) && clock.GetElapsedTime(known.Read) < GoodFor) return known.Days;
        var read = clock.GetTimestamp();
        var today = zone.Day(clock.GetUtcNow());
        var first = today.AddDays(1 - Days);
        var before = await moments.At(organization, zone.Begin(first).ToUniversalTime(), ct);
        var counted = await Deadline.Within(TimeSpan.FromSeconds(5), async ct =>
        {
            var found = new Dictionary<DateOnly, DayOfAccess>();
            await using var command = placement.Command(organization, Sql, before, zone.Name);
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct)) found[reader.GetFieldValue<DateOnly>(0)] = new(reader.GetFieldValue<DateOnly>(0), reader.GetInt64(1), reader.GetInt64(2));
            return found;
        }, ct);
        IReadOnlyList<DayOfAccess> days = [.. Enumerable.Range(0, Days).Select(n => first.AddDays(n)).Select(d => counted.GetValueOrDefault(d) ?? new(d, 0, 0))];
        _known[organization] = (read, days);
        return days;
    }
}
