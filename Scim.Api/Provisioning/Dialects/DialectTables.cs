using Npgsql;
using NpgsqlTypes;
using Scim.Api.EventStore;

namespace Scim.Api.Provisioning.Dialects;

/// <summary>Writes counts into <c>directory.dialect_count</c> and <c>directory.unmapped</c>, rows in the order of their keys so that two nodes never wait for each other crosswise.</summary>
internal static class DialectTables
{
    const string CountSql = """
        insert into directory.dialect_count (tenant_id, provider, repair, day, count, last_at, last_token)
        select * from unnest($1::varchar[], $2::text[], $3::text[], $4::date[], $5::bigint[], $6::timestamptz[], $7::uuid[])
        on conflict (tenant_id, provider, repair, day) do update set count = dialect_count.count + excluded.count,
            last_at = greatest(dialect_count.last_at, excluded.last_at), last_token = case when excluded.last_at >= dialect_count.last_at then excluded.last_token else dialect_count.last_token end
        """;

    // One node at a time adds names of an organization, else together they would keep more than the most.
    const string TurnSql = "select pg_advisory_xact_lock(hashtextextended('unmapped ' || $1, 0))";

    const string NamesSql = "select name from directory.unmapped where tenant_id = $1";

    const string SkippedSql = """
        insert into directory.unmapped (tenant_id, name, provider, json_type, count, last_at, last_request)
        select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[], $7::uuid[])
        on conflict (tenant_id, name) do update set count = unmapped.count + excluded.count, last_at = greatest(unmapped.last_at, excluded.last_at),
            provider = excluded.provider, json_type = excluded.json_type, last_request = excluded.last_request
        """;

    /// <summary>Writes a batch; what is written is taken out of it.</summary>
    internal static async Task WriteAsync(Placement placement, Batch batch, CancellationToken ct)
    {
        foreach (var shard in batch.Repairs.GroupBy(r => placement.Of(r.Key.Tenant)).ToList())
        {
            await CountAsync(shard.Key, [.. shard.OrderBy(r => r.Key.Tenant, StringComparer.Ordinal).ThenBy(r => r.Key.Provider, StringComparer.Ordinal).ThenBy(r => r.Key.Repair, StringComparer.Ordinal).ThenBy(r => r.Key.Day)], ct);
            foreach (var written in shard) batch.Repairs.Remove(written.Key);
        }
        foreach (var (tenant, names) in batch.Unmapped.ToList())
        {
            await SkipAsync(placement.Of(tenant), tenant, names, ct);
            batch.Unmapped.Remove(tenant);
        }
    }

    /// <summary>Forgets the counts of days before that one.</summary>
    internal static async Task ForgetAsync(Placement placement, DateOnly before, CancellationToken ct)
    {
        foreach (var shard in placement.Shards)
        {
            await using var command = shard.Write.CreateCommand("delete from directory.dialect_count where day < $1");
            command.Parameters.Add(new() { Value = before });
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    static async Task CountAsync(Shard shard, KeyValuePair<RepairKey, Repaired>[] rows, CancellationToken ct)
    {
        await using var command = shard.Write.CreateCommand(CountSql);
        Add(command, rows.Select(r => r.Key.Tenant));
        Add(command, rows.Select(r => r.Key.Provider));
        Add(command, rows.Select(r => r.Key.Repair));
        Add(command, rows.Select(r => r.Key.Day));
        Add(command, rows.Select(r => r.Value.Count));
        Add(command, rows.Select(r => r.Value.At.ToUniversalTime()));
        command.Parameters.Add(new() { Value = rows.Select(r => r.Value.Token).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        await command.ExecuteNonQueryAsync(ct);
    }

    static async Task SkipAsync(Shard shard, string tenant, Dictionary<string, Skipped> skipped, CancellationToken ct)
    {
        await using var connection = await shard.Write.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var rows = Kept(skipped, await NamesAsync(connection, tenant, ct)).OrderBy(r => r.Key, StringComparer.Ordinal).ToArray();
        await using var command = new NpgsqlCommand(SkippedSql, connection);
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Varchar });
        Add(command, rows.Select(r => r.Key));
        Add(command, rows.Select(r => r.Value.Provider));
        Add(command, rows.Select(r => r.Value.JsonType));
        Add(command, rows.Select(r => r.Value.Count));
        Add(command, rows.Select(r => r.Value.At.ToUniversalTime()));
        Add(command, rows.Select(r => r.Value.Request));
        await command.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    static async Task<HashSet<string>> NamesAsync(NpgsqlConnection connection, string tenant, CancellationToken ct)
    {
        await using (var turn = new NpgsqlCommand(TurnSql, connection))
        {
            turn.Parameters.Add(new() { Value = tenant });
            await turn.ExecuteNonQueryAsync(ct);
        }
        await using var command = new NpgsqlCommand(NamesSql, connection);
        command.Parameters.Add(new() { Value = tenant });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct)) names.Add(reader.GetString(0));
        return names;
    }

    // What is known is counted under its name, what is new as long as there is room, the rest together.
    static Dictionary<string, Skipped> Kept(Dictionary<string, Skipped> skipped, HashSet<string> known)
    {
        var kept = new Dictionary<string, Skipped>(StringComparer.Ordinal);
        var room = DialectCounts.MaxNames - known.Count(n => n != DialectCounts.More);
        foreach (var (name, more) in skipped)
        {
            var under = name == DialectCounts.More || known.Contains(name) || room-- > 0 ? name : DialectCounts.More;
            kept[under] = kept.TryGetValue(under, out var so) ? so.With(more) : more;
        }
        return kept;
    }

    static void Add<T>(NpgsqlCommand command, IEnumerable<T> column) => command.Parameters.Add(new() { Value = column.ToArray() });
}
