using System.Data;
using System.IO.Compression;
using System.Reflection;
using Npgsql;
using Scim.Api.EventStore.Schema;
using Scim.Api.EventStore.Sealing;

namespace Scim.Api.EventStore.Backups;

/// <summary>
/// Writes everything an installation holds into one file, beside a running service: each database in one snapshot,
/// shards before the registry, so that no organization is without its placement. Tables stream through; memory stays flat.
/// </summary>
internal static class Backup
{
    const string Snapshot = "set transaction read only; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0";

    /// <summary>Writes the file, readable by its owner only; it appears under its name once it is whole.</summary>
    internal static async Task<BackupManifest> WriteAsync(string path, Placement placement, MasterKey key, TimeProvider clock, CancellationToken ct)
    {
        if (File.Exists(path)) throw new BackupException($"{path} exists. Name a file that does not.");
        var unfinished = path + ".unfinished";
        var made = false;
        try
        {
            BackupManifest manifest;
            await using (var file = New(unfinished))
            {
                made = true;
                await using (var zip = await ZipArchive.CreateAsync(file, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, ct))
                {
                    manifest = await FillAsync(zip, placement, key, clock, ct);
                    await BackupFile.FinishAsync(zip, manifest, key, ct);
                }
                file.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path);
            return manifest;
        }
        catch (Exception e)
        {
            if (made) File.Delete(unfinished);
            if (e is IOException or UnauthorizedAccessException) throw new BackupException($"{path} cannot be written: {e.Message}", e);
            throw;
        }
    }

    static async Task<BackupManifest> FillAsync(ZipArchive zip, Placement placement, MasterKey key, TimeProvider clock, CancellationToken ct)
    {
        var build = typeof(Backup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        var manifest = new BackupManifest(BackupManifest.CurrentFormat, build, "", clock.GetUtcNow(), Convert.ToBase64String(key.CheckValue), [], SchemaVersion.Current);
        var tables = new List<BackupTable>();
        var databases = placement.Shards.Select(s => (Name: s.Id, Source: s.Write)).Append((Name: TableCatalog.Registry, Source: placement.Registry));
        foreach (var shared in databases.GroupBy(d => d.Source))
        {
            await using var connection = await shared.Key.OpenConnectionAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
            await using (var begin = TableCatalog.Command(connection, Snapshot)) await begin.ExecuteNonQueryAsync(ct);
            foreach (var (name, _) in shared)
                foreach (var table in await TableCatalog.TablesAsync(connection, name, ct)) tables.Add(await AddAsync(zip, connection, table, ct));
            manifest = manifest with { Server = connection.ServerVersion };
        }
        return manifest with { Tables = tables };
    }

    static async Task<BackupTable> AddAsync(ZipArchive zip, NpgsqlConnection connection, BackupTable table, CancellationToken ct)
    {
        await using var count = TableCatalog.Command(connection, $"select count(*) from {table.Sql}");
        var rows = (long)(await count.ExecuteScalarAsync(ct))!;
        await using var content = await connection.BeginRawBinaryCopyAsync($"copy (select {table.ColumnList} from {table.Sql}) to stdout (format binary)", ct);
        var (bytes, sha256) = await BackupFile.AddAsync(zip, table.Entry, content, ct);
        return table with { Rows = rows, Bytes = bytes, Sha256 = sha256 };
    }

    static FileStream New(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous, BufferSize = 128 * 1024 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
