using System.Data;
using Npgsql;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Sealing;

namespace Scim.Api.Audit.Replay;

/// <summary>What one slice of the walk gave.</summary>
/// <param name="Reached">The id up to which it went.</param>
internal sealed record SliceResult(IReadOnlyList<ReplayDifference> Found, long Streams, long Events, Guid Reached);

/// <summary>
/// Some hundred streams of an organization, refolded and compared in one transaction that only reads: events and what they
/// made committed together, so that whatever writers do meanwhile, what is read is of one moment.
/// </summary>
internal sealed class Slice(NpgsqlDataSource source, SealedEvents events, string tenant, long? asked)
{
    const int Attempts = 5;

    internal async Task<SliceResult> Run(Guid from, Guid upTo, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        await using (var only = new NpgsqlCommand("set transaction read only", connection)) await only.ExecuteNonQueryAsync(ct);
        var (reader, found) = await Compare(connection, from, upTo, ct);
        return new([.. found.Select(f => f.Difference)], reader.Streams.Count, reader.Streams.Sum(s => s.Read), reader.Reached);
    }

    /// <summary>
    /// Puts right what stands wrong beside one stream. Its lock keeps writers away meanwhile, and that on the progress whoever
    /// writes versions; what is wrong is found once more under both, and changed where it stands.
    /// </summary>
    /// <returns>False when it could not be done, because others hold what it needs.</returns>
    internal async Task<bool> Repair(Guid id, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await TryRepair(id, ct);
                return true;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                return false; // another's row has the name
            }
            catch (Exception e) when (!ct.IsCancellationRequested && StoreFailure.Of(e) is FailureKind.LostRace or FailureKind.Unavailable or FailureKind.Unknown)
            {
                if (attempt == Attempts) return false;
            }
        }
    }

    async Task TryRepair(Guid id, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var locks = new NpgsqlBatch(connection))
        {
            foreach (var (sql, parameters) in new (string, object[])[] { ("select 1 from history.mt_streams where tenant_id = $1 and id = $2 for update", [tenant, id]), ("select 1 from directory.version_progress where tenant_id = $1 for update", [tenant]) })
            {
                var command = new NpgsqlBatchCommand(sql);
                foreach (var p in parameters) command.Parameters.Add(new() { Value = p });
                locks.BatchCommands.Add(command);
            }
            await locks.ExecuteNonQueryAsync(ct);
        }
        var (_, found) = await Compare(connection, id, id, ct);
        // What is taken away may stand where something else belongs.
        var statements = found.Where(f => f.Difference.IsRepairable).SelectMany(f => f.Fix()).OrderBy(s => s.CommandText.StartsWith("delete", StringComparison.Ordinal) ? 0 : 1).ToArray();
        foreach (var some in statements.Chunk(500))
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var statement in some) batch.BatchCommands.Add(statement);
            await batch.ExecuteNonQueryAsync(ct);
        }
        await transaction.CommitAsync(ct);
    }

    async Task<(SliceReader Reader, IReadOnlyList<Found> Found)> Compare(NpgsqlConnection connection, Guid from, Guid upTo, CancellationToken ct)
    {
        var reader = new SliceReader(events, connection, tenant, from, upTo, asked);
        await reader.Read(ct);
        return (reader, await new SliceComparison(connection, tenant, from, reader.Reached, reader.Streams, reader.Horizon).Run(ct));
    }
}
