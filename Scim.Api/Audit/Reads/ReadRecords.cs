using System.Collections.Concurrent;
using NpgsqlTypes;
using Scim.Api.Access;
using Scim.Api.EventStore;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Reads;

/// <summary>
/// Keeps who read what is personal, a row for each person, kind and minute, written before anything is shown: what cannot be
/// written is not read.
/// </summary>
internal sealed class ReadRecords(Placement placement, TimeProvider clock, ILogger<ReadRecords> log)
{
    const int MostKept = 100_000;

    static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    const string Insert =
        "insert into history.read_record (tenant_id, id, minute, first_at, actor, kind, person_id) select $1, r.id, $2, $3, $4, $5, r.person from unnest($6::uuid[], $7::uuid[]) r(id, person) on conflict do nothing";

    // What this node has written of a minute need not be said again in it.
    Minute _minute = new(default);

    /// <summary>Writes that somebody reads these people, or a list of some where none is named.</summary>
    /// <exception cref="ScimException">503: it cannot be written, so nothing may be shown.</exception>
    internal async Task Add(Guid organization, string actor, string kind, IReadOnlyCollection<Guid> people, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var minute = Of(new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero));
        var due = (people.Count == 0 ? [Guid.Empty] : people).Distinct().Select(p => (organization, actor, kind, p)).Where(r => !minute.Written.ContainsKey(r)).ToArray();
        if (due.Length == 0) return;
        try
        {
            await Deadline.Within(Soon, ct => Write(organization, actor, kind, [.. due.Select(d => d.p == Guid.Empty ? (Guid?)null : d.p)], minute.At, now, ct), ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogError("A reading could not be recorded and was refused: {Failure}", string.Join(" < ", StoreFailure.Names(e)));
            throw ScimException.Unavailable("Who reads personal data is recorded, and that cannot be written now. Nothing is shown: try again.", inner: e);
        }
        if (minute.Written.Count < MostKept)
            foreach (var row in due) minute.Written.TryAdd(row, true);
    }

    Minute Of(DateTimeOffset at)
    {
        var known = _minute;
        return known.At == at ? known : _minute = new(at);
    }

    async Task<int> Write(Guid organization, string actor, string kind, Guid?[] people, DateTimeOffset minute, DateTimeOffset now, CancellationToken ct)
    {
        var tenant = Placement.Tenant(organization);
        await using var command = placement.Of(tenant).Write.CreateCommand(Insert);
        foreach (var value in new object[] { tenant, minute, now, actor, kind }) command.Parameters.Add(new() { Value = value });
        command.Parameters.Add(new() { Value = people.Select(_ => NewId.Next(clock)).ToArray() });
        command.Parameters.Add(new() { Value = people, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        return await command.ExecuteNonQueryAsync(ct);
    }

    sealed record Minute(DateTimeOffset At)
    {
        internal ConcurrentDictionary<(Guid Organization, string Actor, string Kind, Guid Person), bool> Written { get; } = new();
    }
}
