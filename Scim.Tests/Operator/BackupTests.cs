using System.IO.Compression;
using System.Text;
using Npgsql;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Backups;
using Scim.Api.EventStore.Sealing;
using Scim.Tests.Faults;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Operator;

/// <summary>The drill: what was backed up is restored elsewhere, is the same, and answers. Each restored service's whole history is checked when it ends.</summary>
public sealed class BackupTests(BackedUp origin) : IClassFixture<BackedUp>
{
    static MasterKey Key { get; } = new(Convert.FromBase64String(OwnDatabase.MasterKey));

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_row_comes_back_as_it_was_and_no_old_token_opens()
    {
        var database = await origin.NewDatabase();
        var said = await origin.Succeed(database.Settings(), "restore", origin.File, "--as", "bjensen");
        Assert.Contains("3 organizations", said, StringComparison.Ordinal);
        Assert.Contains("3 live tokens were revoked, and 1 key,", said, StringComparison.Ordinal);

        var digests = await BackedUp.DigestsOf(database);
        Assert.Contains("history.commit_log", digests.Keys);
        Assert.Equal(origin.Digests, digests);
        Assert.Equal(2, await Sql.ScalarAsync(database.Owner, "select distinct epoch from registry.placement"));
        Assert.Equal("operator:bjensen", await Sql.ScalarAsync(database.Owner, "select string_agg(distinct user_name, ' ') from history.mt_events where type = 'token_revoked'"));
        Assert.Equal(1L, await Sql.ScalarAsync(database.Owner, "select count(*) from history.mt_events where type = 'key_revoked'"));
        Assert.Equal(true, await Sql.ScalarAsync(database.Owner, "select (select max(seq_id) from history.mt_events) < nextval('history.mt_events_sequence') and (select max(ord) from history.commit_log) < nextval('history.commit_ord')"));

        var settings = database.Settings();
        settings.Remove("ConnectionStrings:Owner"); // the restored schema is this build's
        await using var restored = await OwnDatabase.Start(settings);
        using (var old = new TestOrganization(restored, origin.One.Id, origin.One.Token))
        {
            var refused = await old.Get("Users");
            Assert.Equal(401, refused.Status);
            Assert.Contains("error=\"invalid_token\"", refused.Headers["WWW-Authenticate"], StringComparison.Ordinal);
            Assert.Contains("revoked", refused.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        }
        using var fresh = new TestOrganization(restored, origin.One.Id, await restored.NewToken(origin.One.Id));
        Assert.Equal(2, (await fresh.Get("Users")).Total);
        await fresh.NewUser("newcomer");
    }

    [Fact]
    public async Task A_backup_beside_a_writer_is_one_moment_and_goes_into_two_databases_with_its_tokens()
    {
        using var enough = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            var written = 0;
            for (; !enough.IsCancellationRequested; written++) await origin.Two.NewUser($"while-{written}");
            return written;
        }, Ct);
        var file = await origin.Backup("beside-a-writer.scim");
        await enough.CancelAsync();
        Assert.InRange(await writing, 2, int.MaxValue);

        var (database, registry) = (await origin.NewDatabase(), await origin.NewDatabase());
        var settings = database.Settings();
        settings["ConnectionStrings:Registry"] = new NpgsqlConnectionStringBuilder(database.Login) { Database = new NpgsqlConnectionStringBuilder(registry.Owner).Database }.ConnectionString;
        settings["ConnectionStrings:RegistryOwner"] = registry.Owner;
        Assert.Contains("3 live tokens were kept, and 1 key.", await origin.Succeed(settings, "restore", file, "--keep-tokens"), StringComparison.Ordinal);
        await using var restored = await OwnDatabase.Start(settings);
        using var same = new TestOrganization(restored, origin.Two.Id, origin.Two.Token);
        var people = (await same.Get("Users?count=0")).Total;
        Assert.InRange(people, 3, (await origin.Two.Get("Users?count=0")).Total);
        // Every commit that is there is whole.
        Assert.Equal(0L, await Sql.ScalarAsync(database.Owner, "select count(*) from history.mt_streams s where s.version <> (select max(to_version) from history.commit_log c where c.tenant_id = s.tenant_id and c.stream_id = s.id)"));

        var again = await Backup.WriteAsync(file + ".again", restored.Get<Placement>(), Key, TimeProvider.System, Ct);
        Assert.Equal((3, people), (again.Rows("registry", "placement"), again.Tables.Single(t => t.Entry == "main/directory.mt_doc_user").Rows - 2));
    }

    [Fact]
    public async Task What_cannot_be_restored_is_refused_before_anything_is_written()
    {
        Assert.Contains("master key is not in it", origin.Said, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(origin.File));
        var database = await origin.NewDatabase();

        // One bit of a table, of the manifest; an end that is missing.
        var bytes = await File.ReadAllBytesAsync(origin.File, Ct);
        var damaged = origin.File + ".damaged";
        await File.WriteAllBytesAsync(damaged, Flipped(bytes, "main/history.mt_events"), Ct);
        Assert.Contains("damaged in main/history.mt_events", await Refuse(database.Settings(), "restore", damaged), StringComparison.Ordinal);
        await File.WriteAllBytesAsync(damaged, Flipped(bytes, "manifest.json"), Ct);
        Assert.Throws<BackupException>(() => Prove(damaged));
        await File.WriteAllBytesAsync(damaged, bytes[..^500], Ct);
        Assert.Contains("no whole backup", Assert.Throws<BackupException>(() => Prove(damaged)).Message, StringComparison.Ordinal);
        Prove(origin.File);
        Assert.Contains("version 99 of the schema", await Refuse(database.Settings(), "restore", await Rewritten(".newer", m => m with { SchemaVersion = 99 })), StringComparison.Ordinal);

        var otherKey = database.Settings();
        otherKey["Keys:Master"] = Convert.ToBase64String(new byte[32]);
        Assert.Contains("master key is not the one of this backup", await Refuse(otherKey, "restore", origin.File), StringComparison.Ordinal);
        Assert.Equal(0L, await Sql.ScalarAsync(database.Owner, "select count(*) from pg_namespace where nspname in ('history', 'directory', 'registry')"));

        Assert.Contains("not empty", await Refuse(origin.Settings, "restore", origin.File), StringComparison.Ordinal);
        Assert.Equal(3L, await origin.Service.Sql("select count(*) from registry.placement"));
        await Assert.ThrowsAsync<BackupException>(() => Backup.WriteAsync(origin.File, origin.Service.Get<Placement>(), new MasterKey(new byte[32]), TimeProvider.System, Ct));
    }

    [Theory]
    [InlineData("update history.mt_events set user_name = 'operator' where version = 2 and type = 'user_attributes_changed'", "the hash of its event 2 differs")]
    [InlineData("update history.mt_events set bdata = set_byte(bdata, length(bdata) - 1, 255 - get_byte(bdata, length(bdata) - 1)) where type = 'user_deactivated'", "the hash of its event 3 differs")]
    [InlineData("update history.mt_events set timestamp = timestamp + interval '1 microsecond' where type = 'scim_enabled'", "the hash of its event 2 differs")]
    [InlineData("delete from history.mt_events where type = 'user_attributes_changed'", "its event 2 is missing")]
    [InlineData("delete from history.mt_events where type = 'user_deactivated'", "it has 2 events, and its own row counts 3")]
    [InlineData("delete from history.mt_events where stream_id = (select id from directory.mt_doc_user limit 1)", "it has no events")]
    public async Task A_chain_that_is_not_whole_is_found(string tampering, string found)
    {
        await using var source = NpgsqlDataSource.Create(origin.Service.OwnerConnectionString);
        await using var connection = await source.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct); // never committed
        Assert.InRange(await ChainCheck.RunAsync(connection, Ct), 8, long.MaxValue);
        await using (var tamper = new NpgsqlCommand(tampering, connection)) Assert.InRange(await tamper.ExecuteNonQueryAsync(Ct), 1, 10);
        Assert.Contains(found, (await Assert.ThrowsAsync<BackupException>(() => ChainCheck.RunAsync(connection, Ct))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_that_was_altered_before_the_backup_is_not_restored()
    {
        var altered = await Rewritten(".altered", m => m, (table, bytes) =>
        {
            // Somebody else did it, says the row.
            if (table.Name == "mt_events") "scim-tokem:"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("scim-token:"u8)));
        });
        var database = await origin.NewDatabase();
        Assert.Contains("history in the backup is not whole", await Refuse(database.Settings(), "restore", altered), StringComparison.Ordinal);
        Assert.Equal(0L, await Sql.ScalarAsync(database.Owner, "select (select count(*) from history.mt_events) + (select count(*) from registry.placement) + (select count(*) from registry.master_key)"));
    }

    [Fact]
    public async Task A_fresh_data_folder_with_the_key_put_back_is_enough()
    {
        await using var folder = new TemporaryFolder();
        folder.Folder.Secret("master-key", () => OwnDatabase.MasterKey);
        var restored = await OperatorFolder.Run(folder.Folder.FullPath, [], "restore", origin.File, "--keep-tokens", "--json");
        Assert.Equal((0, ""), (restored.Exit, restored.Error));
        Assert.Contains("\"keptTokens\":3", restored.Output, StringComparison.Ordinal);

        // For cron: 3 when a token is about to expire, and silence when none is.
        await using var held = await folder.AcquireAsync();
        var (exit, output, _) = await OperatorFolder.Run(folder.Folder.FullPath, [], "token", "list", "--expiring", "30d");
        Assert.Equal(3, exit);
        Assert.Contains("  soon ", Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)), StringComparison.Ordinal);
        Assert.Equal((0, "", ""), await OperatorFolder.Run(folder.Folder.FullPath, [], "token", "list", "Two", "--expiring", "12h"));
    }

    // Another backup, for which the key vouches as for the first.
    async Task<string> Rewritten(string suffix, Func<BackupManifest, BackupManifest> manifest, Action<BackupTable, byte[]>? content = null)
    {
        using var file = BackupFile.Open(origin.File);
        await using var zip = await ZipFile.OpenAsync(origin.File + suffix, ZipArchiveMode.Create, Ct);
        var tables = new List<BackupTable>();
        foreach (var table in file.Manifest.Tables)
        {
            using var rows = new MemoryStream();
            await using (var source = file.Open(table)) await source.CopyToAsync(rows, Ct);
            content?.Invoke(table, rows.GetBuffer());
            rows.Position = 0;
            var (_, sha256) = await BackupFile.AddAsync(zip, table.Entry, rows, Ct);
            tables.Add(table with { Sha256 = sha256 });
        }
        await BackupFile.FinishAsync(zip, manifest(file.Manifest with { Tables = tables }), Key, Ct);
        return origin.File + suffix;
    }

    static byte[] Flipped(byte[] file, string entry)
    {
        var flipped = (byte[])file.Clone();
        flipped[flipped.AsSpan().IndexOf(Encoding.ASCII.GetBytes(entry)) + entry.Length + 300] ^= 1;
        return flipped;
    }

    static void Prove(string path)
    {
        using var file = BackupFile.Open(path);
        file.Prove(Key);
    }

    async Task<string> Refuse(Dictionary<string, string?> settings, params string[] arguments)
    {
        var (exit, output, error) = await origin.Run(settings, arguments);
        Assert.Equal((1, ""), (exit, output));
        return Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
