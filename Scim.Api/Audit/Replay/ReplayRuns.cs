using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Versions;

namespace Scim.Api.Audit.Replay;

/// <summary>
/// The runs as they are stored, beside the data that they are about. A run belongs to whoever holds it and shows a heartbeat;
/// one whose holder was silent for ten seconds is gone on with by another, from where it was.
/// </summary>
internal sealed class ReplayRuns(Placement placement, TimeProvider clock)
{
    const string Columns = "tenant_id, id, state, by_whom, repair, to_position, started_at, finished_at, next_stream, streams, events, total, worked_ms, found, repaired, failure";

    const string IsFree = "state = 'running' and (holder is null or heartbeat_at < clock_timestamp() - interval '10 seconds')";

    /// <summary>A new run.</summary>
    /// <param name="holder">Who goes on with it at once; without one it waits for whoever takes it.</param>
    internal async Task<ReplayRun> Start(Guid organization, string by, bool repair, long? to, Guid? holder, CancellationToken ct)
    {
        await using var command = placement.Command(organization,
            $"insert into history.replay_run (tenant_id, id, by_whom, repair, to_position, holder, heartbeat_at, total) select $1, $2, $3, $4, $5, $6, clock_timestamp(), coalesce((select sum(version) from history.mt_streams where tenant_id = $1), 0) returning {Columns}",
            Guid.CreateVersion7(clock.GetUtcNow()), by, repair);
        command.Parameters.Add(new() { Value = (object?)to ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = (object?)holder ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        return (await One(command, ct))!;
    }

    internal Task<ReplayRun?> Find(Guid organization, Guid run, CancellationToken ct) => One(placement.Command(organization, $"select {Columns} from history.replay_run where tenant_id = $1 and id = $2", run), ct);

    /// <summary>The last fifty of an organization, newest first.</summary>
    internal Task<IReadOnlyList<ReplayRun>> List(Guid organization, CancellationToken ct) =>
        Many(placement.Command(organization, $"select {Columns} from history.replay_run where tenant_id = $1 order by id desc limit 50"), ct);

    /// <summary>Runs of a database that nobody goes on with, oldest first.</summary>
    internal static Task<IReadOnlyList<ReplayRun>> Free(Shard shard, CancellationToken ct) =>
        Many(shard.Write.CreateCommand($"select {Columns} from history.replay_run where {IsFree} order by started_at limit 20"), ct);

    /// <summary>Takes a run that is free; null when another was first.</summary>
    internal Task<ReplayRun?> Take(ReplayRun run, Guid holder, CancellationToken ct) =>
        One(placement.Command(run.Organization, $"update history.replay_run set holder = $3, heartbeat_at = clock_timestamp() where tenant_id = $1 and id = $2 and {IsFree} returning {Columns}", run.Id, holder), ct);

    /// <summary>Says that the holder lives; false when the run is no longer its own.</summary>
    internal Task<bool> Beat(ReplayRun run, Guid holder, CancellationToken ct) =>
        Done(placement.Command(run.Organization, "update history.replay_run set heartbeat_at = clock_timestamp() where tenant_id = $1 and id = $2 and holder = $3 and state = 'running'", run.Id, holder), ct);

    /// <summary>Stores how far it is and what was found since, in one transaction.</summary>
    internal async Task<bool> Checkpoint(ReplayRun run, Guid holder, IReadOnlyList<ReplayDifference> found, CancellationToken ct)
    {
        await using var connection = await placement.Of(Placement.Tenant(run.Organization)).Write.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var command = new NpgsqlCommand(
            "update history.replay_run set heartbeat_at = clock_timestamp(), next_stream = $4, streams = $5, events = $6, worked_ms = $7, found = $8, repaired = $9, state = $10, " +
            "finished_at = case when $10 = 'running' then null else clock_timestamp() end, failure = $11 where tenant_id = $1 and id = $2 and holder = $3 and state = 'running'", connection))
        {
            foreach (var p in new object[] { Placement.Tenant(run.Organization), run.Id, holder, run.Next, run.Streams, run.Events, (long)run.Worked.TotalMilliseconds, run.Found, run.Repaired, Word(run.State) })
                command.Parameters.Add(new() { Value = p });
            command.Parameters.Add(new() { Value = (object?)run.Failure ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            if (await command.ExecuteNonQueryAsync(ct) == 0) return false;
        }
        var first = run.Found - found.Count;
        var kept = found.Take((int)Math.Max(0, ReplayRun.Kept - first)).ToArray();
        if (kept.Length > 0)
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(Sql.Command("insert into history.replay_difference (tenant_id, run_id, no, difference) select $1, $2, * from unnest($3::bigint[], $4::jsonb[])",
                Placement.Tenant(run.Organization), run.Id, kept.Select((_, i) => first + i + 1).ToArray(), kept.Select(d => JsonSerializer.Serialize(d, EventStoreOptions.Json)).ToArray()));
            await batch.ExecuteNonQueryAsync(ct);
        }
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>Ends a run; whoever goes on with it learns of it at its next checkpoint.</summary>
    /// <param name="ofRepairs">Whether one that puts things right may be ended: that changes what is stored.</param>
    internal Task<bool> Cancel(Guid organization, Guid run, bool ofRepairs, CancellationToken ct) =>
        Done(placement.Command(organization, "update history.replay_run set state = 'cancelled', finished_at = clock_timestamp() where tenant_id = $1 and id = $2 and state = 'running' and ($3 or not repair)", run, ofRepairs), ct);

    /// <summary>Gives a run back, so that nobody waits for its holder's silence.</summary>
    internal Task<bool> Release(ReplayRun run, Guid holder, CancellationToken ct) =>
        Done(placement.Command(run.Organization, "update history.replay_run set holder = null where tenant_id = $1 and id = $2 and holder = $3", run.Id, holder), ct);

    /// <summary>What a run found, at most the first thousand.</summary>
    internal async Task<IReadOnlyList<ReplayDifference>> Differences(ReplayRun run, CancellationToken ct)
    {
        await using var command = placement.Command(run.Organization, "select difference::text from history.replay_difference where tenant_id = $1 and run_id = $2 order by no", run.Id);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<ReplayDifference>();
        while (await reader.ReadAsync(ct)) found.Add(JsonSerializer.Deserialize<ReplayDifference>(reader.GetString(0), EventStoreOptions.Json)!);
        return found;
    }

    static string Word(ReplayState state) => state.ToString().ToLowerInvariant();

    static async Task<bool> Done(NpgsqlCommand command, CancellationToken ct)
    {
        await using (command) return await command.ExecuteNonQueryAsync(ct) > 0;
    }

    static async Task<ReplayRun?> One(NpgsqlCommand command, CancellationToken ct) => (await Many(command, ct)).SingleOrDefault();

    static async Task<IReadOnlyList<ReplayRun>> Many(NpgsqlCommand command, CancellationToken ct)
    {
        await using var own = command;
        await using var r = await command.ExecuteReaderAsync(ct);
        var runs = new List<ReplayRun>();
        while (await r.ReadAsync(ct))
            runs.Add(new(Guid.Parse(r.GetString(0)), r.GetGuid(1), Enum.Parse<ReplayState>(r.GetString(2), ignoreCase: true), r.GetString(3), r.GetBoolean(4), await r.IsDBNullAsync(5, ct) ? null : r.GetInt64(5),
                r.GetFieldValue<DateTimeOffset>(6), await r.IsDBNullAsync(7, ct) ? null : r.GetFieldValue<DateTimeOffset>(7), r.GetGuid(8), r.GetInt64(9), r.GetInt64(10), r.GetInt64(11),
                TimeSpan.FromMilliseconds(r.GetInt64(12)), r.GetInt64(13), r.GetInt64(14), await r.IsDBNullAsync(15, ct) ? null : r.GetString(15)));
        return runs;
    }
}
