using Npgsql;

namespace Scim.Api.EventStore.Backups;

/// <summary>Which tables hold an installation, asked of PostgreSQL itself, so that a table added later is in the backup without a word here.</summary>
internal static class TableCatalog
{
    /// <summary>The database in which nodes share what concerns them all; every other is a shard.</summary>
    internal const string Registry = "registry";

    // The schema's version tells of the tables themselves, a lease of nodes that run now; sessions and invitations end within hours, and a restore must not bring back a revoked one: none is content. Generated columns are computed again; a table stands after those that its foreign keys name.
    const string TablesSql = """
        with recursive ours as (
            select c.oid, n.nspname::text as schema, c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = any($1) and c.relkind in ('r', 'p') and not c.relispartition and c.relname not in ('schema_version', 'lease', 'session', 'invitation', 'answered_challenge')),
        depth(oid, depth) as (
            select oid, 0 from ours
            union
            select k.conrelid, d.depth + 1 from depth d join pg_constraint k on k.confrelid = d.oid where k.contype = 'f' and k.conrelid <> k.confrelid and d.depth < 10)
        select o.schema, o.name, array_agg(a.attname::text order by a.attnum), array_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum),
            array(select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = o.oid and c.relispartition order by c.relname),
            array(select pg_get_expr(c.relpartbound, c.oid) from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = o.oid and c.relispartition order by c.relname)
        from ours o join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        group by o.oid, o.schema, o.name
        order by (select max(d.depth) from depth d where d.oid = o.oid), o.schema, o.name
        """;

    // A sequence belongs to a column that owns it or whose default draws from it.
    const string SequencesSql = """
        select s.oid::regclass::text, u.relation::regclass::text, quote_ident(a.attname)
        from pg_class s join pg_namespace n on n.oid = s.relnamespace
        join lateral (
            select d.refobjid as relation, d.refobjsubid as number from pg_depend d
            where d.classid = 'pg_class'::regclass and d.objid = s.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
            union
            select f.adrelid, f.adnum from pg_depend d join pg_attrdef f on f.oid = d.objid
            where d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = s.oid) u on true
        join pg_attribute a on a.attrelid = u.relation and a.attnum = u.number
        where s.relkind = 'S' and n.nspname = any($1)
        """;

    internal static string[] Schemas(string database) => database == Registry ? ["registry"] : ["history", "directory"];

    /// <summary>The tables of a database, not yet counted, in an order in which they can be filled.</summary>
    internal static async Task<IReadOnlyList<BackupTable>> TablesAsync(NpgsqlConnection connection, string database, CancellationToken ct)
    {
        await using var command = Command(connection, TablesSql, (object)Schemas(database));
        await using var reader = await command.ExecuteReaderAsync(ct);
        var tables = new List<BackupTable>();
        while (await reader.ReadAsync(ct))
        {
            var columns = reader.GetFieldValue<string[]>(2).Zip(reader.GetFieldValue<string[]>(3), (name, type) => new BackupColumn(name, type));
            var partitions = reader.GetFieldValue<string[]>(4).Zip(reader.GetFieldValue<string[]>(5), (name, bounds) => new BackupPartition(name, bounds)).ToArray();
            tables.Add(new BackupTable(database, reader.GetString(0), reader.GetString(1), [.. columns], 0, 0, "", partitions.Length > 0 ? partitions : null));
        }
        return tables;
    }

    /// <summary>Puts every sequence behind the largest number that its column holds.</summary>
    internal static async Task AdvanceSequencesAsync(NpgsqlConnection connection, string database, CancellationToken ct)
    {
        var sequences = new List<(string Sequence, string Table, string Column)>();
        await using (var command = Command(connection, SequencesSql, (object)Schemas(database)))
        await using (var reader = await command.ExecuteReaderAsync(ct))
            while (await reader.ReadAsync(ct)) sequences.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        foreach (var (sequence, table, column) in sequences)
        {
            await using var advance = Command(connection, $"select setval($1::text::regclass, max({column})) from {table} having max({column}) is not null", sequence);
            await advance.ExecuteNonQueryAsync(ct);
        }
    }

    internal static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var p in parameters) command.Parameters.Add(new() { Value = p });
        return command;
    }
}
