using Npgsql;
using Scim.Api.EventStore.Schema;
using Scim.Api.Hosting;
using Scim.Tests.Faults;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.EventStore;

/// <summary>The second lock: what the service's own login cannot do, whatever the code says.</summary>
public sealed class LeastPrivilege(TestService service)
{
    [Theory]
    [InlineData("update history.mt_events set bdata = null")]
    [InlineData("update history.mt_events set headers = '{}'")]
    [InlineData("delete from history.mt_events")]
    [InlineData("truncate history.mt_events")]
    [InlineData("delete from history.mt_streams")]
    [InlineData("truncate history.mt_streams")]
    [InlineData("update history.mt_streams set tenant_id = 'other'")]
    [InlineData("update history.mt_streams set is_archived = true")]
    [InlineData("update history.commit_log set ord = 1")]
    [InlineData("update history.commit_log set at = now()")]
    [InlineData("update history.commit_log set command_id = stream_id")]
    [InlineData("delete from history.commit_log")]
    [InlineData("update history.person_key set wrapped = ''")]
    [InlineData("delete from history.person_erased")]
    [InlineData("update history.read_record set actor = ''")]
    [InlineData("delete from history.read_record")]
    [InlineData("truncate history.read_record")]
    [InlineData("update history.export_begun set actor = ''")]
    [InlineData("delete from history.export_begun")]
    [InlineData("update history.export_ended set broken = false")]
    [InlineData("delete from history.export_ended")]
    [InlineData("update registry.master_key set check_value = ''")]
    [InlineData("delete from registry.placement")]
    [InlineData("update history.schema_version set version = 9")]
    [InlineData("delete from history.schema_version")]
    [InlineData("update registry.schema_version set version = 9")]
    [InlineData("insert into registry.schema_version (version) values (9)")]
    [InlineData("select setval('history.commit_ord', 1)")]
    [InlineData("alter sequence history.commit_ord cache 20")]
    [InlineData("alter table history.mt_events add column mine int")]
    [InlineData("alter table history.mt_events disable trigger all")]
    [InlineData("drop table history.mt_events")]
    [InlineData("create table history.mine (x int)")]
    [InlineData("create table directory.mine (x int)")]
    [InlineData("create table public.mine (x int)")]
    [InlineData("create schema mine")]
    [InlineData("create role mine")]
    [InlineData("set role scim_owner")]
    [InlineData("set session_replication_role = replica")]
    [InlineData("copy history.mt_events to program 'true'")]
    public async Task The_services_login_is_refused(string sql)
    {
        await using var source = NpgsqlDataSource.Create(service.Service.Foundation.Connections.Directory);
        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken); // never committed
        await using var command = new NpgsqlCommand(sql, connection);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task The_services_login_has_its_settings_whoever_connects()
    {
        await using var source = NpgsqlDataSource.Create(service.Service.Foundation.Connections.Directory);
        await using var command = source.CreateCommand("select array(select current_setting(s) from unnest(array['lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout', 'timezone', 'jit']) s)");
        Assert.Equal(["2s", "5s", "30s", "UTC", "off"], Assert.IsType<string[]>(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)));
    }
}

/// <summary>The first start on a database of somebody else's making.</summary>
[Collection(OnSteadyCluster.Name)]
public sealed class FirstStart(OwnCluster cluster)
{
    [Fact]
    public async Task The_owners_login_makes_the_services_login_with_its_password()
    {
        var database = await cluster.NewDatabase();
        await using (await OwnDatabase.Start(database.Settings())) { }
        await using (var service = NpgsqlDataSource.Create(database.Login)) await Run(service, "select 1");

        await using var wrong = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.Login) { Password = "another" }.ConnectionString);
        Assert.Equal(PostgresErrorCodes.InvalidPassword, (await Assert.ThrowsAsync<PostgresException>(() => Run(wrong, "select 1"))).SqlState);
        // Then the owner's login is needed no more.
        var settings = database.Settings();
        settings.Remove("ConnectionStrings:Owner");
        await using var again = await OwnDatabase.Start(settings);
    }

    [Fact]
    public async Task A_login_that_could_rewrite_the_history_is_refused()
    {
        var database = await cluster.NewDatabase();
        Assert.Contains("is a superuser", (await Refused(database.Settings(database.Superuser))).Message, StringComparison.Ordinal);
        Assert.Contains("owns the history", (await Refused(database.Settings(database.Owner))).Message, StringComparison.Ordinal);
        var alone = database.Settings(database.Superuser);
        alone.Remove("ConnectionStrings:Owner");
        Assert.Contains("is a superuser", (await Refused(alone)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_owners_login_the_start_prints_the_SQL_that_makes_the_next_one_succeed()
    {
        var database = await cluster.NewDatabase();
        var login = new NpgsqlConnectionStringBuilder(database.Login);
        await using var owner = NpgsqlDataSource.Create(database.Owner);
        await Run(owner, $"create role {login.Username} login password '{login.Password}'");
        var settings = database.Settings();
        settings.Remove("ConnectionStrings:Owner");

        var message = (await Refused(settings)).Message;
        await Run(owner, message[message.IndexOf('\n', StringComparison.Ordinal)..]);

        await using var service = await OwnDatabase.Start(settings);
        using var organization = await service.NewOrganization();
        await organization.NewUser("ada@example.com");
    }

    [Fact]
    public async Task A_start_waits_for_another_that_applies_the_schema()
    {
        var database = await cluster.NewDatabase();
        await Sql.ScalarAsync(database.Superuser, "alter role scim_owner set lock_timeout = '1s'"); // as the service's login has it
        await using var source = NpgsqlDataSource.Create(database.Owner + ";Pooling=false");
        await using var other = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using (var apply = new NpgsqlCommand($"select pg_advisory_lock({SchemaSetup.Lock})", other)) await apply.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var starting = OwnDatabase.Start(database.Settings());
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.False(starting.IsCompleted);
        await other.CloseAsync();
        await using var service = await starting;
    }

    [Fact]
    public async Task A_start_on_a_whole_database_waits_for_no_writer()
    {
        var database = await cluster.NewDatabase();
        await using var first = await OwnDatabase.Start(database.Settings());
        await using var source = NpgsqlDataSource.Create(database.Owner + ";Pooling=false");
        await using var writer = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await writer.BeginTransactionAsync(TestContext.Current.CancellationToken);
        foreach (var table in new[] { "history.mt_events", "history.commit_log", "directory.mt_doc_user", "registry.placement" })
        {
            await using var write = new NpgsqlCommand($"lock table {table} in row exclusive mode", writer);
            await write.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var second = await OwnDatabase.Start(database.Settings()).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        using var organization = await second.NewOrganization();
    }

    static async Task<StartupException> Refused(Dictionary<string, string?> settings) => await Assert.ThrowsAsync<StartupException>(() => OwnDatabase.Start(settings));

    static async Task Run(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
