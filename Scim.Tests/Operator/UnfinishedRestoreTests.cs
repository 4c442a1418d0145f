using System.Diagnostics;
using Npgsql;
using Scim.Api.Hosting;
using Scim.Domain.Organizations;
using Scim.Tests.Faults;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Operator;

/// <summary>A restore that ends between its commit and the last revocation: nobody is served until it is finished.</summary>
public sealed class UnfinishedRestoreTests(BackedUp origin) : IClassFixture<BackedUp>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_after_its_commit_it_leaves_no_token_that_opens()
    {
        await using var folder = new TemporaryFolder();
        var database = await origin.NewDatabase();
        await KillWhileRevoking(database, database.Settings(), folder);
        Assert.Equal(0L, await Sql.ScalarAsync(database.Owner, "select count(*) from history.mt_events where type = 'token_revoked'"));

        Assert.Contains("restore --resume", (await Assert.ThrowsAsync<StartupException>(() => OwnDatabase.Start(database.Settings()))).Message, StringComparison.Ordinal);
        Assert.Contains("restore --resume", await Refused(database, "token", "list"), StringComparison.Ordinal);
        Assert.Contains("restore --resume", await Refused(database, "backup", origin.File + ".of-the-middle"), StringComparison.Ordinal);
        Assert.Contains("restore --resume", await Refused(database, "restore", origin.File), StringComparison.Ordinal);

        await Sql.ScalarAsync(database.Owner, "drop trigger slow on history.mt_events");
        Assert.Contains("Finished the restore. 3 live tokens were revoked, and 1 key", await origin.Succeed(database.Settings(), "restore", "--resume", "--as", "bjensen"), StringComparison.Ordinal);
        Assert.Equal("operator:bjensen", await Sql.ScalarAsync(database.Owner, "select string_agg(distinct user_name, ' ') from history.mt_events where type = 'token_revoked'"));
        Assert.Contains("no unfinished restore", await Refused(database, "restore", "--resume"), StringComparison.Ordinal);

        await using var restored = await OwnDatabase.Start(database.Settings());
        using (var old = new TestOrganization(restored, origin.One.Id, origin.One.Token)) Assert.Equal(401, (await old.Get("Users")).Status);
        using var fresh = new TestOrganization(restored, origin.One.Id, await restored.NewToken(origin.One.Id));
        Assert.Equal(2, (await fresh.Get("Users")).Total);
    }

    [Fact]
    public async Task A_node_that_runs_already_serves_no_organization_in_the_middle_of_a_restore()
    {
        var database = await origin.NewDatabase();
        await using var service = await OwnDatabase.Start(database.Settings());
        var id = Guid.CreateVersion7();
        await Sql.ScalarAsync(database.Owner, $"insert into registry.placement (organization_id, shard) values ('{id}', 'main'); insert into registry.restoring values ('{id}')");
        using var organization = new TestOrganization(service, id, origin.One.Token);
        var closed = await organization.Get("Users");
        Assert.Equal((503, "5"), (closed.Status, closed.Headers["Retry-After"]));
        using var keyed = service.ApiClient(KeyText.Of(new byte[32]));
        Assert.Equal(503, (int)(await keyed.GetAsync($"/api/organizations/{id}/users", Ct)).StatusCode); // nobody can know whose key it is
        Assert.Equal(503, (int)(await service.Operator.GetAsync($"/api/organizations/{id}", Ct)).StatusCode);
        await Sql.ScalarAsync(database.Owner, $"delete from registry.restoring; delete from registry.placement where organization_id = '{id}'");
    }

    [Fact]
    public async Task A_registry_of_its_own_never_opens_what_has_no_data()
    {
        await using var folder = new TemporaryFolder();
        var (database, registry) = (await origin.NewDatabase(), await origin.NewDatabase());
        var settings = database.Settings();
        settings["ConnectionStrings:Registry"] = new NpgsqlConnectionStringBuilder(database.Login) { Database = new NpgsqlConnectionStringBuilder(registry.Owner).Database }.ConnectionString;
        settings["ConnectionStrings:RegistryOwner"] = registry.Owner;
        await origin.Succeed(settings, "database", "apply");
        // The data's commit fails, by a constraint that is looked at last.
        await Sql.ScalarAsync(database.Owner, "create function history.fail() returns trigger language plpgsql as $$begin raise 'the disk is full'; end$$; create constraint trigger last after insert on history.mt_events deferrable initially deferred for each row execute function history.fail()");
        var (exit, _, error) = await origin.Run(settings, "restore", origin.File);
        Assert.Equal(1, exit);
        Assert.Contains("the disk is full", error, StringComparison.Ordinal);
        Assert.Equal(3L, await Sql.ScalarAsync(registry.Owner, "select count(*) from registry.restoring"));

        Assert.Contains("restore --resume", (await Assert.ThrowsAsync<StartupException>(() => OwnDatabase.Start(settings))).Message, StringComparison.Ordinal);
        var (resumed, _, why) = await origin.Run(settings, "restore", "--resume");
        Assert.Equal(1, resumed);
        Assert.Contains("before its data was in", Assert.Single(why.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(3L, await Sql.ScalarAsync(registry.Owner, "select count(*) from registry.restoring"));
    }

    // Every revocation takes its time, so that the process is killed before the first one commits.
    async Task KillWhileRevoking(OwnDatabase database, Dictionary<string, string?> settings, TemporaryFolder folder)
    {
        await origin.Succeed(settings, "database", "apply");
        await Sql.ScalarAsync(database.Owner, "create function history.slow() returns trigger language plpgsql as $$begin perform pg_sleep(4); return new; end$$; create trigger slow before insert on history.mt_events for each row when (new.type = 'token_revoked') execute function history.slow(); grant execute on function history.slow() to public");
        using var restore = Process.Start(OperatorFolder.StartInfo(folder.Folder.FullPath, settings, "restore", origin.File))!;
        _ = restore.StandardOutput.ReadToEndAsync(Ct);
        var error = restore.StandardError.ReadToEndAsync(Ct);
        while (await Sql.ScalarAsync(database.Owner, "select count(*) from registry.restoring") is not 3L)
        {
            if (restore.HasExited) Assert.Fail(await error);
            await Task.Delay(20, Ct);
        }
        restore.Kill();
        await restore.WaitForExitAsync(Ct);
        // The server notices when the statement ends; what was under way is rolled back.
        while (await Sql.ScalarAsync(database.Owner, "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name = 'scim' and state <> 'idle'") is not 0L) await Task.Delay(100, Ct);
    }

    async Task<string> Refused(OwnDatabase database, params string[] arguments)
    {
        var (exit, output, error) = await origin.Run(database.Settings(), arguments);
        Assert.Equal((1, ""), (exit, output));
        return Assert.Single(error.Trim().Split('\n'));
    }
}
