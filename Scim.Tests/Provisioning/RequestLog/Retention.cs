using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Scim.Api.Provisioning.RequestLog;
using Scim.Tests.Faults;
using Scim.Tests.Hosting.Embedded;
using Scim.Tests.Replay;

namespace Scim.Tests.Provisioning.RequestLog;

/// <summary>How the log ends: with the person, by retention, and by months.</summary>
[Collection(OnSteadyCluster.Name)]
public sealed class Retention(OwnCluster cluster)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_erased_persons_requests_read_as_erased_and_are_forgotten_by_every_name()
    {
        var database = await cluster.NewDatabase();
        await using var service = await OwnDatabase.Start(database.Settings());
        using var org = await service.NewOrganization();
        var ada = await org.NewUser("ada@example.com", ",\"externalId\":\"00u1\"");
        await org.NewUser("babs");
        await org.Post("Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ADA@example.com"}""");
        await org.Get("Users");
        await org.Get("Users?filter=" + Uri.EscapeDataString("externalId eq \"00u1\""));
        Assert.Equal(5, (await org.Rows()).Count);

        await Positions.Settled(org.Service, org.Id); // its versions are those of somebody who is known
        await Sql.ScalarAsync(database.Superuser, "create table kept as select * from history.person_key");
        await Sql.ScalarAsync(database.Superuser, $"delete from history.person_key where person_id = '{ada.Id}'; insert into history.person_erased (tenant_id, person_id) values ('{org.Id}', '{ada.Id}')");
        var row = await org.Whole(ada.Headers["X-Request-Id"]);
        Assert.Equal(("erased", null, JsonValueKind.Null), (row.Text("content"), row.Text("sentence"), row.GetProperty("request").ValueKind));
        // Nothing about the person is sealed under another key afterwards.
        await org.Get($"Users/{ada.Id}");
        Assert.Equal("erased", (await org.Newest()).Text("content"));

        await using var source = NpgsqlDataSource.Create(database.Login);
        await using var connection = await source.OpenConnectionAsync(Ct);
        Assert.Equal(5, await RequestLogErasure.ForgetPerson(connection, service.Get<LogKeys>().Master, org.Id, Guid.Parse(ada.Id), ["ada@example.com"], ["00u1"], Ct));
        Assert.Equal(["Create babs"], (await org.Rows()).Select(r => r.Text("sentence")));
        await Sql.ScalarAsync(database.Superuser, "delete from history.person_erased; insert into history.person_key select * from kept on conflict do nothing"); // it was no whole erasure
    }

    [Fact]
    public async Task What_is_past_an_organizations_retention_reads_as_expired_and_cannot_be_opened_again()
    {
        var database = await cluster.NewDatabase();
        await using var service = await OwnDatabase.Start(database.Settings());
        using var brief = await service.NewOrganization();
        using var usual = await service.NewOrganization();
        await service.Operator.PatchAsJsonAsync($"/api/organizations/{brief.Id}", new { requestLogDays = 7 }, Ct);
        foreach (var org in new[] { brief, usual })
        {
            await org.NewUser("ada@example.com");
            await org.Get("Users?filter=nothing+eq+1");
            Assert.All(await org.Rows(), r => Assert.Equal("open", r.Text("content")));
        }
        var upkeep = service.Get<RequestLogUpkeep>();
        var shard = service.Service.Foundation.Placement.Shards[0];
        Assert.True(await upkeep.RunAsync(shard, DateTimeOffset.UtcNow.AddDays(7), DateTimeOffset.UtcNow, Ct));
        Assert.All(await brief.Rows(), r => Assert.Equal("open", r.Text("content")));
        Assert.True(await upkeep.RunAsync(shard, DateTimeOffset.UtcNow.AddDays(8), DateTimeOffset.UtcNow, Ct));
        Assert.All(await brief.Rows(), r => Assert.Equal(("expired", null), (r.Text("content"), r.Text("sentence"))));
        Assert.Equal(["lookUpOther", "create"], (await brief.Rows()).Select(r => r.Text("action"))); // what is not personal stays
        Assert.Empty(await brief.Rows("person=ada@example.com&action=lookUpOther"));
        Assert.Equal(0L, await service.Sql("select count(*) from history.request_log where tenant_id = $1 and (sealed is not null or subjects is not null or address is not null)", brief.Id.ToString()));
        Assert.All(await usual.Rows(), r => Assert.Equal("open", r.Text("content")));

        // A day's key alone takes what it sealed, and what people's keys sealed that day.
        await Sql.ScalarAsync(database.Superuser, $"delete from history.request_log_key where tenant_id = '{usual.Id}'");
        Assert.All(await usual.Rows(), r => Assert.Equal("expired", r.Text("content")));
    }

    [Fact]
    public async Task One_node_at_a_time_does_the_upkeep()
    {
        var database = await cluster.NewDatabase();
        await using var service = await OwnDatabase.Start(database.Settings());
        await using var source = NpgsqlDataSource.Create(database.Login + ";Pooling=false");
        await using var other = await source.OpenConnectionAsync(Ct);
        await using (var take = new NpgsqlCommand($"select pg_advisory_lock({RequestLogUpkeep.Lock})", other)) await take.ExecuteNonQueryAsync(Ct);
        var shard = service.Service.Foundation.Placement.Shards[0];
        Assert.False(await service.Get<RequestLogUpkeep>().RunAsync(shard, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow, Ct));
        await other.CloseAsync();
        await Until.True(() => service.Get<RequestLogUpkeep>().RunAsync(shard, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow, Ct), "The lock is not free.", 10);
    }

    [Fact]
    public async Task Months_are_made_ahead_and_dropped_by_the_services_login_through_two_functions_alone()
    {
        var database = await cluster.NewDatabase();
        await using var service = await OwnDatabase.Start(database.Settings());
        using var org = await service.NewOrganization();
        await org.Get("Users");
        await org.Rows();
        var now = DateTimeOffset.UtcNow;
        await service.Get<RequestLogUpkeep>().RunAsync(service.Service.Foundation.Placement.Shards[0], now, now, Ct);
        const string months = "select string_agg(relname, ' ' order by relname) from pg_class where relname ~ '^request_log_[0-9]{4}_[0-9]{2}$'";
        Assert.Equal(string.Join(' ', Enumerable.Range(0, 3).Select(n => now.UtcDateTime.AddDays(1 - now.UtcDateTime.Day).AddMonths(n).ToString("'request_log_'yyyy_MM", System.Globalization.CultureInfo.InvariantCulture))), await service.Sql(months));

        await using var login = NpgsqlDataSource.Create(database.Login);
        Assert.Equal(true, await Run("select history.make_request_log_month((current_date - interval '5 months')::date)"));
        Assert.Equal(false, await Run("select history.make_request_log_month((current_date - interval '5 months')::date)"));
        Assert.Equal(0, await Run("select history.drop_request_log_months((current_date - interval '6 months')::date)"));
        Assert.Equal(1, await Run("select history.drop_request_log_months((current_date - interval '3 months')::date)"));
        Assert.Equal(3, ((string)(await service.Sql(months))!).Split(' ').Length);
        foreach (var refused in new[]
        {
            "select history.make_request_log_month(date '2099-01-01')", "select history.drop_request_log_months(current_date)", "drop table history.request_log",
            $"drop table history.request_log_{now:yyyy_MM}", "create table history.request_log_1 (x int)", "update history.request_log_key set wrapped = ''", "truncate history.request_log",
        })
            Assert.Contains((await Assert.ThrowsAsync<PostgresException>(() => Run(refused))).SqlState, (string[])["42501", "22023"]);
        Assert.Single(await org.Rows());

        async Task<object?> Run(string sql)
        {
            await using var command = login.CreateCommand(sql);
            return await command.ExecuteScalarAsync(Ct);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3651)]
    public async Task A_retention_is_from_1_day_to_3650(int days)
    {
        var database = await cluster.NewDatabase();
        await using var service = await OwnDatabase.Start(database.Settings());
        using var org = await service.NewOrganization();
        using var refused = await service.Operator.PatchAsJsonAsync($"/api/organizations/{org.Id}", new { requestLogDays = days }, Ct);
        Assert.Equal(400, (int)refused.StatusCode);
        Assert.Contains("requestLogDays", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var changed = await service.Operator.PatchAsJsonAsync($"/api/organizations/{org.Id}", new { requestLogDays = 30 }, Ct);
        Assert.Equal(30, (await changed.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("requestLogDays").GetInt32());
        Assert.Equal("request_log_retention_changed", await service.Sql("select type from history.mt_events where stream_id = $1 order by version desc limit 1", org.Id));
    }
}
