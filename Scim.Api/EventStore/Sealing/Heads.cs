using Marten;
using Npgsql;

namespace Scim.Api.EventStore.Sealing;

/// <summary>Locks several streams in the order of their ids and reads where they end, in one round trip.</summary>
internal static class Heads
{
    // A statement of its own: what waits for a lock reads the rest of its rows as they were before.
    const string Streams = "select 1 from history.mt_streams where tenant_id = $1 and id = any($2) order by id for update";

    const string Ends =
        "select s.id, e.version, e.headers->>'hash', k.wrapped from history.mt_streams s " +
        "join history.mt_events e on e.tenant_id = s.tenant_id and e.stream_id = s.id and e.version = s.version " +
        "left join history.person_key k on k.tenant_id = s.tenant_id and k.person_id = s.id " +
        "where s.tenant_id = $1 and s.id = any($2)";

    internal static async Task<IReadOnlyDictionary<Guid, Head>> Lock(IDocumentSession session, Guid[] streams, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(session.Connection!);
        foreach (var sql in (string[])[Streams, Ends])
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.Add(new() { Value = session.TenantId });
            command.Parameters.Add(new() { Value = streams });
            batch.BatchCommands.Add(command);
        }
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        var heads = new Dictionary<Guid, Head>();
        while (await reader.ReadAsync(ct))
            heads.Add(reader.GetGuid(0), await Head.Read(reader, 1, ct));
        return heads;
    }
}
