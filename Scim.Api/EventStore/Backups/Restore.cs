using Npgsql;

namespace Scim.Api.EventStore.Backups;

/// <summary>
/// Puts a backup into an empty database, with the owner's login and in one transaction a database, which commits only
/// when all rows are there and every chain is whole.
/// </summary>
internal static class Restore
{
    const string Patience = "set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0";

    /// <summary>Restores, and answers how many streams were checked.</summary>
    /// <param name="databases">Each database of the installation by its name, with its owner's data source.</param>
    internal static async Task<long> RunAsync(BackupFile file, IReadOnlyList<(string Name, NpgsqlDataSource Owner)> databases, CancellationToken ct)
    {
        if (file.Manifest.Tables.Select(t => t.Database).Except(databases.Select(d => d.Name)).FirstOrDefault() is { } unknown)
            throw new BackupException($"The backup holds a database \"{unknown}\", and none of that name is configured.");

        var open = new List<(NpgsqlConnection Connection, NpgsqlTransaction Transaction)>();
        try
        {
            var streams = 0L;
            foreach (var shared in databases.GroupBy(d => d.Owner))
            {
                var connection = await shared.Key.OpenConnectionAsync(ct);
                open.Add((connection, await connection.BeginTransactionAsync(ct)));
                await RunAsync(connection, Patience, ct);
                foreach (var (name, _) in shared) streams += await FillAsync(file, connection, name, ct);
            }
            // The registry's first: whatever of the data is there has its organization marked as being restored.
            foreach (var (_, transaction) in Enumerable.Reverse(open)) await transaction.CommitAsync(ct);
            return streams;
        }
        finally
        {
            foreach (var (connection, _) in open) await connection.DisposeAsync(); // rolls back what did not commit
        }
    }

    static async Task<long> FillAsync(BackupFile file, NpgsqlConnection connection, string database, CancellationToken ct)
    {
        var here = await TableCatalog.TablesAsync(connection, database, ct);
        foreach (var table in here) await AssertEmptyAsync(file, connection, table, ct);
        var there = file.Manifest.Tables.Where(t => t.Database == database).ToDictionary(t => (t.Schema, t.Name));
        if (there.Values.FirstOrDefault(t => t.Rows > 0 && !here.Any(h => h.Entry == t.Entry)) is { } missing)
            throw new BackupException($"This build has no table {missing.Entry}, of which the backup holds {missing.Rows} rows. Restore with the build that made it ({file.Manifest.Build}) or a newer one.");
        foreach (var table in here) // in the order of here, which knows this build's foreign keys
            if (there.TryGetValue((table.Schema, table.Name), out var content) && content.Rows > 0) await CopyAsync(file, connection, content, table, ct);
        await TableCatalog.AdvanceSequencesAsync(connection, database, ct);
        if (database == TableCatalog.Registry)
        {
            // Whoever still holds an answer from before must see that it is another time now.
            await RunAsync(connection, "update registry.placement set epoch = epoch + 1", ct);
            // Closed until their tokens are revoked.
            await RunAsync(connection, "insert into registry.restoring select organization_id from registry.placement", ct);
            return 0;
        }
        await RunAsync(connection, string.Join(';', here.Select(t => $"analyze {t.Sql}")), ct);
        return await ChainCheck.RunAsync(connection, ct);
    }

    // The lock keeps a service from beginning to write beside the restore.
    static async Task AssertEmptyAsync(BackupFile file, NpgsqlConnection connection, BackupTable table, CancellationToken ct)
    {
        await RunAsync(connection, $"lock table {table.Sql} in exclusive mode", ct);
        if (table is { Schema: "registry", Name: "master_key" })
        {
            // A command that ran here before has written the check value of its key.
            await using var same = TableCatalog.Command(connection, "delete from registry.master_key where check_value = $1", Convert.FromBase64String(file.Manifest.MasterKeyCheck));
            await same.ExecuteNonQueryAsync(ct);
        }
        await using var any = TableCatalog.Command(connection, $"select exists (select from {table.Sql})");
        if (await any.ExecuteScalarAsync(ct) is true)
            throw new BackupException($"The database is not empty: {table.Entry} holds rows. A restore adds to nothing and replaces nothing. Name a database (or Embedded__Folder) on which no service has started yet.");
    }

    static async Task CopyAsync(BackupFile file, NpgsqlConnection connection, BackupTable content, BackupTable table, CancellationToken ct)
    {
        if (content.Columns.FirstOrDefault(c => !table.Columns.Contains(c)) is { } other)
            throw new BackupException($"This build's {table.Entry} has no column {other.Name} of type {other.Type}. Restore with the build that made the backup ({file.Manifest.Build}) or a newer one.");
        foreach (var part in content.Partitions ?? []) await RunAsync(connection, content.CreateSql(part), ct);
        await using (var source = file.Open(content))
        await using (var target = await connection.BeginRawBinaryCopyAsync($"copy {table.Sql} ({content.ColumnList}) from stdin (format binary)", ct))
            await source.CopyToAsync(target, 128 * 1024, ct);
        await using var count = TableCatalog.Command(connection, $"select count(*) from {table.Sql}");
        if (await count.ExecuteScalarAsync(ct) is not long rows || rows != content.Rows)
            throw new BackupException($"Of {table.Entry} not all {content.Rows} rows arrived. Nothing was restored.");
    }

    static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = TableCatalog.Command(connection, sql);
        await command.ExecuteNonQueryAsync(ct);
    }
}
