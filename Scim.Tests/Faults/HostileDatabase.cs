using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Faults;

/// <summary>PostgreSQL is there and does not serve: it ends connections, has none left, is locked, or refuses to serialize.</summary>
[Collection(OnOwnCluster.Name)]
public sealed class HostileDatabase(OwnCluster cluster)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_that_are_ended_at_random_cost_503_and_none_is_handed_out_again()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Kills by a signal.");
        await using var run = await FaultRun.Start(cluster, 8);
        var (ended, crashes) = (0, 0);
        var login = new NpgsqlConnectionStringBuilder(run.Database.Login).Username;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(TestRun.Of(5, 60)); await Task.Delay(200, Ct))
        {
            try
            {
                var backend = await Sql.ScalarAsync(run.Database.Superuser, $"select pid from pg_stat_activity where usename = '{login}' order by random() limit 1");
                if (backend is not int pid) continue;
                if (ended >= 5 * (crashes + 1))
                {
                    using var kill = Process.Start("kill", ["-KILL", pid.ToString(CultureInfo.InvariantCulture)]); // PostgreSQL then ends all and recovers
                    await kill.WaitForExitAsync(Ct);
                    crashes++;
                }
                else if (await Sql.ScalarAsync(run.Database.Superuser, $"select pg_terminate_backend({pid})") is true) ended++;
            }
            catch (NpgsqlException)
            {
                // It recovers.
            }
        }
        Assert.True(ended > 0 && crashes > 0, $"{ended} ended, {crashes} backends killed.");
        await OwnCluster.Accepts(run.Database.Superuser);
        var recovered = await run.Served("Not served any more.");
        await Task.Delay(2000, Ct); // each of the pool's dead connections is met once
        var after = await Races.AtOnce(100, async n => (await run.Organization.Get("Users?count=1")).Status);
        Assert.All(after, status => Assert.Equal(200, status));
        await run.Prove("connections ended", $"{ended} ended, {crashes} backends killed", [recovered]);
    }

    [Fact]
    public async Task Without_a_connection_left_it_is_503_soon_alive_not_ready_and_recovers_by_itself()
    {
        await using var run = await FaultRun.Start(cluster, 8);
        using var stranger = new HttpClient { BaseAddress = run.Service.Address };
        var foreign = new List<NpgsqlConnection>();
        await using var watcher = NpgsqlDataSource.Create(run.Database.Superuser + ";Maximum Pool Size=1;Minimum Pool Size=1"); // holds its one place all the time
        try
        {
            var from = run.Journal.Now;
            var login = new NpgsqlConnectionStringBuilder(run.Database.Login).Username;
            // Foreign sessions take every place, those of the service too, which may not win one back meanwhile.
            await Watch($"alter role {login} connection limit 0");
            await Until.True(async () =>
            {
                await Fill(foreign, run.Database);
                return await Watch($"select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = '{login}'") is 0L;
            }, "The service keeps its connections.");
            await Fill(foreign, run.Database);
            await Watch($"alter role {login} connection limit -1");
            Assert.Equal(503, (int)(await stranger.GetAsync("/health/ready", Ct)).StatusCode);
            Assert.Equal(200, (int)(await stranger.GetAsync("/health/live", Ct)).StatusCode);
            await Task.Delay(TestRun.Of(2000, 20_000), Ct);
            Assert.All(run.Journal.Entries.Where(e => e.Sent > from && e.Status == 503), e => Assert.InRange((e.Ended - e.Sent)!.Value.TotalSeconds, 0, 3 * 2));
            Assert.Contains(run.Journal.Entries, e => e.Status == 503);
        }
        finally
        {
            foreach (var connection in foreign) await connection.DisposeAsync();
        }
        var recovered = await run.Served("Not served any more.");
        Assert.Equal(200, (int)(await stranger.GetAsync("/health/ready", Ct)).StatusCode);
        await run.Prove("no connection left", $"{foreign.Count} foreign sessions", [recovered]);

        async Task<object?> Watch(string sql)
        {
            await using var command = watcher.CreateCommand(sql);
            return await command.ExecuteScalarAsync(Ct);
        }
    }

    [Fact]
    public async Task A_locked_table_is_503_and_nothing_hangs_when_it_is_let_go()
    {
        await using var run = await FaultRun.Start(cluster, 8);
        await using (var holder = new NpgsqlConnection(run.Database.Superuser + ";Pooling=false"))
        {
            await holder.OpenAsync(Ct);
            await using var transaction = await holder.BeginTransactionAsync(Ct);
            await using var command = new NpgsqlCommand("lock table history.mt_streams in access exclusive mode", holder);
            await command.ExecuteNonQueryAsync(Ct);
            var from = run.Journal.Now;
            await Task.Delay(TimeSpan.FromSeconds(TestRun.Of(3, 30)), Ct);
            // Every writer may have been on its way when the lock came: then its first request after it is answered two deadlines later.
            await Until.True(() => run.Journal.Entries.Any(e => e.Sent > from && e.Status == 503), "No request was answered 503.");
            Assert.DoesNotContain(run.Journal.Entries, e => e.Sent > from && e.IsWrite && e.Status is 201 or 204);
        }
        var recovered = await run.Served("Not served any more.");
        await run.Prove("table locked", $"{TestRun.Of(3, 30)} s", [recovered]);
    }

    [Theory]
    [InlineData("40001")]
    [InlineData("40P01")]
    public async Task What_PostgreSQL_asks_to_try_again_is_tried_afresh_a_few_times_and_never_done_twice(string code)
    {
        await using var run = await FaultRun.Start(cluster, 8);
        await Raise(0.1);
        var fails = await Refused();
        await run.Served("Not served.");
        await Task.Delay(TestRun.Of(2000, 20_000), Ct);
        await Raise(0);
        var refused = await Refused() - fails;
        Assert.True(refused > 0, "Nothing was refused.");

        // When every attempt is refused there are five and no more.
        await run.Prove($"appends refused with {code}", $"{refused} refusals");
        await Raise(1);
        fails = await Refused();
        Assert.Equal(503, (await run.Organization.Post("Users", """{"userName":"never@example.com"}""")).Status);
        Assert.Equal(5, await Refused() - fails);
        await Raise(0);

        async Task<long> Refused() => (long)(await Sql.ScalarAsync(run.Database.Superuser, "select case when is_called then last_value else 0 end from refusals"))!;

        // A sequence counts also what is rolled back.
        async Task Raise(double share) => await Sql.ScalarAsync(run.Database.Superuser, $"""
            create sequence if not exists refusals;
            create or replace function refuse() returns trigger language plpgsql security definer as $$
            begin
                if new.type <> 'tombstone' and random() < {share.ToString(CultureInfo.InvariantCulture)} then
                    perform nextval('public.refusals');
                    raise exception 'refused' using errcode = '{code}';
                end if;
                return new;
            end $$;
            create or replace trigger refuse before insert on history.mt_events for each row execute function refuse()
            """);
    }

    static async Task Fill(List<NpgsqlConnection> foreign, OwnDatabase database)
    {
        while (true)
        {
            var connection = new NpgsqlConnection(database.Owner + ";Pooling=false;Timeout=5");
            try
            {
                await connection.OpenAsync(Ct);
                foreign.Add(connection);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                await connection.DisposeAsync();
                return;
            }
        }
    }
}
