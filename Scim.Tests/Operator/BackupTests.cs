using System.Text;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Backups;
using Scim.Api.EventStore.Sealing;
using Scim.Tests.Faults;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Operator;

/// <summary>The drill: what was backed up is restored elsewhere, is the same, and answers. Each restored service's whole history is checked when it ends.</summary>
public sealed class BackupTests(BackedUp origin) : IClassFixture<BackedUp>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_row_comes_back_as_it_was_and_no_old_token_opens()
    {
        var database = await origin.NewDatabase();
        var said = await origin.Succeed(database, "restore", origin.File, "--as", "bjensen");
        Assert.Contains("3 organizations", said, StringComparison.Ordinal);
        Assert.Contains("3 live tokens were revoked", said, StringComparison.Ordinal);

        var digests = await BackedUp.DigestsOf(database);
        Assert.Contains("history.commit_log", digests.Keys);
        Assert.Equal(origin.Digests, digests);
        Assert.Equal(2, await Sql.ScalarAsync(database.Owner, "select distinct epoch from registry.placement"));
        Assert.Equal("operator:bjensen", await Sql.ScalarAsync(database.Owner, "select string_agg(distinct user_name, ' ') from history.mt_events where type = 'token_revoked'"));
        Assert.Equal(true, await Sql.ScalarAsync(database.Owner, "select (select max(seq_id) from history.mt_events) < nextval('history.mt_events_sequence') and (select max(ord) from history.commit_log) < nextval('history.commit_ord')"));

        await using var restored = await OwnDatabase.Start(database.Settings());
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
    public async Task A_backup_beside_a_writer_is_one_moment_and_tokens_are_kept_when_told()
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

        var database = await origin.NewDatabase();
        Assert.Contains("3 live tokens were kept", await origin.Succeed(database, "restore", file, "--keep-tokens"), StringComparison.Ordinal);
        await using var restored = await OwnDatabase.Start(database.Settings());
        using var same = new TestOrganization(restored, origin.Two.Id, origin.Two.Token);
        var people = (await same.Get("Users?count=0")).Total;
        Assert.InRange(people, 3, (await origin.Two.Get("Users?count=0")).Total);
        // One event is one commit here, and every commit that is there is whole.
        Assert.Equal(0L, await Sql.ScalarAsync(database.Owner, "select count(*) from history.mt_streams s where s.version <> (select max(to_version) from history.commit_log c where c.tenant_id = s.tenant_id and c.stream_id = s.id)"));
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

        var otherKey = database.Settings();
        otherKey["Keys:Master"] = Convert.ToBase64String(new byte[32]);
        Assert.Contains("master key is not the one of this backup", await Refuse(otherKey, "restore", origin.File), StringComparison.Ordinal);
        Assert.Equal(0L, await Sql.ScalarAsync(database.Owner, "select count(*) from pg_namespace where nspname in ('history', 'directory', 'registry')"));

        Assert.Contains("not empty", await Refuse(origin.Settings, "restore", origin.File), StringComparison.Ordinal);
        Assert.Equal(3L, await origin.Service.Sql("select count(*) from registry.placement"));
        await Assert.ThrowsAsync<BackupException>(() => Backup.WriteAsync(origin.File, origin.Service.Get<Placement>(), new MasterKey(new byte[32]), TimeProvider.System, Ct));
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

    static byte[] Flipped(byte[] file, string entry)
    {
        var flipped = (byte[])file.Clone();
        flipped[flipped.AsSpan().IndexOf(Encoding.ASCII.GetBytes(entry)) + entry.Length + 300] ^= 1;
        return flipped;
    }

    static void Prove(string path)
    {
        using var file = BackupFile.Open(path);
        file.Prove(new MasterKey(Convert.FromBase64String(OwnDatabase.MasterKey)));
    }

    async Task<string> Refuse(Dictionary<string, string?> settings, params string[] arguments)
    {
        var (exit, output, error) = await origin.Run(settings, arguments);
        Assert.Equal((1, ""), (exit, output));
        return Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
