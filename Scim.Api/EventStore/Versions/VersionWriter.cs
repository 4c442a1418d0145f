using Npgsql;
using NpgsqlTypes;
using Scim.Api.EventStore.Positions;
using Scim.Api.EventStore.Queries;
using Scim.Domain.History;

namespace Scim.Api.EventStore.Versions;

/// <summary>
/// Writes the versions behind the history: some hundred commands of an organization at a time, in one transaction that
/// holds the lease and finds the progress where it was read. What it writes is made again from the history alone.
/// </summary>
internal sealed class VersionWriter(HistoryReader history)
{
    /// <summary>How many commands are written at once.</summary>
    internal int Commands { get; init; } = 500;

    // An event of a thousand members is a thousand rows.
    const int Bytes = 4 * 1024 * 1024;

    const string Behind =
        "select l.tenant_id from history.last_position l left join directory.version_progress p using (tenant_id) where l.last > coalesce(p.position, 0)";

    const string Due = $"""
        with c as materialized (
            select c.position, c.request_id, c.stream_id, c.from_version, c.to_version from history.commit_log c
            where c.tenant_id = $1 and c.position > $2 and c.position <= $2 + $3)
        select {HistoryReader.Columns}, c.position, c.request_id from c left join lateral (
            select * from history.mt_events e where e.tenant_id = $1 and e.stream_id = c.stream_id and e.version between c.from_version and c.to_version offset 0) e on true
        order by c.position, e.stream_id, e.version
        """;

    /// <summary>Organizations of a database whose versions are behind.</summary>
    internal static async Task<IReadOnlyList<string>> BehindAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand(Behind);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var tenants = new List<string>();
        while (await reader.ReadAsync(ct)) tenants.Add(reader.GetString(0));
        return tenants;
    }

    /// <summary>Writes what comes next of an organization; false when that was all.</summary>
    /// <exception cref="PostgresException"><see cref="Lease.Lost"/>, or another node wrote it.</exception>
    internal async Task<bool> Write(NpgsqlDataSource source, Lease lease, string tenant, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        var before = await Progress(connection, tenant, ct);
        var (events, after, isAll) = await Read(connection, tenant, before, ct);
        if (after == before) return false;
        var versions = new VersionBatch(tenant, events);
        await versions.Read(connection, ct);
        foreach (var (person, version) in versions.Unsaid) versions.Say(await history.Before(connection, tenant, person, version, ct));
        versions.Fold();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(lease.Hold());
        batch.BatchCommands.Add(Sql.Command("select directory.advance_versions($1, $2, $3)", tenant, before, after));
        foreach (var command in versions.Commands()) batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(ct);
        return !isAll;
    }

    static async Task<long> Progress(NpgsqlConnection connection, string tenant, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select position from directory.version_progress where tenant_id = $1", connection);
        command.Parameters.Add(new() { Value = tenant });
        return await command.ExecuteScalarAsync(ct) as long? ?? 0;
    }

    // Whole commands: where they are large, fewer of them.
    async Task<(IReadOnlyList<PositionedEvent> Events, long After, bool IsAll)> Read(NpgsqlConnection connection, string tenant, long after, CancellationToken ct)
    {
        var rows = new List<(StoredEvent Stored, long Position, Guid? Request)>();
        var (last, isAll) = (after, true);
        await using (var command = new NpgsqlCommand(Due, connection))
        {
            command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Varchar });
            command.Parameters.Add(new() { Value = after });
            command.Parameters.Add(new() { Value = (long)Commands });
            await using var reader = await command.ExecuteReaderAsync(ct);
            for (var bytes = 0; await reader.ReadAsync(ct);)
            {
                var position = reader.GetInt64(9);
                if (bytes > Bytes && position != last)
                {
                    isAll = false;
                    break;
                }
                last = position;
                if (await reader.IsDBNullAsync(0, ct)) continue; // somebody took its events away, which the chain tells
                var stored = await HistoryReader.Row(reader, tenant, ct);
                bytes += stored.Body.Length;
                rows.Add((stored, position, await reader.IsDBNullAsync(10, ct) ? null : reader.GetGuid(10)));
            }
        }
        var opened = await history.Open(connection, tenant, [.. rows.Select(r => r.Stored)], ct, tolerant: true);
        return ([.. opened.Zip(rows, (e, r) => new PositionedEvent(r.Position, r.Request, e))], last, isAll && last < after + Commands);
    }
}
