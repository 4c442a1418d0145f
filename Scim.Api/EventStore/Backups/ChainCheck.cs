using Npgsql;
using Scim.Api.EventStore.Queries;
using Scim.Domain.History;

namespace Scim.Api.EventStore.Backups;

/// <summary>
/// Recomputes every chain of a database from the raw rows: versions 1 to n, each hash over the one before, and as many as
/// the stream's own row says. It needs no key and reads one event at a time.
/// </summary>
internal static class ChainCheck
{
    const string Events =
        $"select {HistoryReader.Columns}, e.tenant_id, s.version from history.mt_events e left join history.mt_streams s on s.tenant_id = e.tenant_id and s.id = e.stream_id " +
        "where e.type <> 'tombstone' order by e.tenant_id, e.stream_id, e.version";

    const string Empty = "select s.id from history.mt_streams s where s.version > 0 and not exists (select from history.mt_events e where e.tenant_id = s.tenant_id and e.stream_id = s.id) limit 1";

    /// <summary>The number of streams that are whole.</summary>
    /// <exception cref="BackupException">The first that is not.</exception>
    internal static async Task<long> RunAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var streams = 0L;
        (string Tenant, Guid Stream, long Version, long Counted) at = ("", Guid.Empty, 0, 0);
        ReadOnlyMemory<byte> previous = Chain.Genesis;
        await using (var command = TableCatalog.Command(connection, Events))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                var e = await HistoryReader.Row(reader, reader.GetString(9), ct);
                if (e.StreamId != at.Stream || e.TenantId != at.Tenant)
                {
                    EndsAt(at);
                    at = (e.TenantId, e.StreamId, 0, await reader.IsDBNullAsync(10, ct) ? -1 : reader.GetInt64(10));
                    previous = Chain.Genesis;
                    streams++;
                }
                if (e.Version != ++at.Version) throw Broken(e.StreamId, $"its event {at.Version} is missing");
                previous = Chain.Hash(previous.Span, e);
                if (Convert.ToBase64String(previous.Span) != e.Headers.GetValueOrDefault(Chain.HashHeader)) throw Broken(e.StreamId, $"the hash of its event {e.Version} differs");
            }
        }
        EndsAt(at);
        await using var empty = TableCatalog.Command(connection, Empty);
        return await empty.ExecuteScalarAsync(ct) is Guid without ? throw Broken(without, "it has no events") : streams;
    }

    static void EndsAt((string, Guid Stream, long Version, long Counted) at)
    {
        if (at.Version != at.Counted) throw Broken(at.Stream, $"it has {at.Version} events, and its own row counts {at.Counted}");
    }

    static BackupException Broken(Guid stream, string why) => new($"The history in the backup is not whole: stream {stream:D}: {why}. Nothing was restored.");
}
