using Scim.Api.Hosting;
using Scim.Api.Provisioning.RequestLog;
using Scim.Tests.Faults;
using Scim.Tests.Hosting.Embedded;
using Scim.Tests.SignIn;

namespace Scim.Tests.Provisioning.RequestLog;

/// <summary>What is left of the log when a process or the store is not.</summary>
[Collection(OnSteadyCluster.Name)]
public sealed class Rebuilding(OwnCluster cluster)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_crash_every_write_has_a_row_again()
    {
        var database = await cluster.NewDatabase();
        await using var service = await OwnDatabase.Start(database.Settings());
        using var org = await service.NewOrganization();
        var ada = await org.NewUser("ada", ",\"emails\":{\"value\":\"a@x.org\"}");
        await org.Patch($"Users/{ada.Id}", """[{"op":"replace","path":"active","value":false}]""");
        await org.Delete($"Users/{ada.Id}");
        await org.Get("Users");
        var before = await org.Rows("kind=writes");
        await Sql.ScalarAsync(database.Superuser, "delete from history.request_log"); // the last second of a process that was killed
        await Run(service, DateTimeOffset.UtcNow);

        var rows = await org.Rows();
        Assert.Equal(before.Select(r => (r.Text("id"), r.GetProperty("at").GetDateTimeOffset(), r.Text("action"), r.GetProperty("events").ToString(), r.GetProperty("repairs").ToString(), r.GetProperty("token").Text("id"))),
            rows.Select(r => (r.Text("id"), r.GetProperty("at").GetDateTimeOffset(), r.Text("action"), r.GetProperty("events").ToString(), r.GetProperty("repairs").ToString(), r.GetProperty("token").Text("id"))));
        Assert.All(rows, r => Assert.True(r.GetProperty("rebuilt").GetBoolean()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await org.Whole(rows[^1].Text("id")!)).GetProperty("request").ValueKind);
        await Run(service, DateTimeOffset.UtcNow);
        Assert.Equal(3, (await org.Rows()).Count);
        // The operator's own commands are nobody's requests, and what is older than the look-back stays as it is.
        await Sql.ScalarAsync(database.Superuser, "delete from history.request_log");
        await Run(service, DateTimeOffset.UtcNow + RequestLogRebuild.LookBack + TimeSpan.FromMinutes(1));
        Assert.Empty(await org.Rows());
    }

    [Fact]
    public async Task A_start_completes_the_log_by_itself()
    {
        var database = await cluster.NewDatabase();
        await using var first = await OwnDatabase.Start(database.Settings());
        using var org = await first.NewOrganization();
        await org.NewUser("ada");
        await org.Rows();
        await Sql.ScalarAsync(database.Superuser, "delete from history.request_log");
        await using var second = await OwnDatabase.Start(database.Settings());
        await Until.True(async () => await Sql.ScalarAsync(database.Superuser, "select rebuilt from history.request_log") is true, "The log is not completed.", 30);
    }

    [Fact]
    public async Task The_pages_say_of_a_row_that_it_was_made_again_and_of_how_many_it_is()
    {
        var database = await cluster.NewDatabase();
        await using var service = await OwnDatabase.Start(database.Settings());
        using var org = await service.NewOrganization();
        await org.NewUser("ada");
        var request = Assert.Single(await org.Rows()).Text("id");
        await Sql.ScalarAsync(database.Superuser, "delete from history.request_log");
        await Run(service, DateTimeOffset.UtcNow);
        using var stranger = service.Client(org.Id, "not-a-token-of-anybody-wxyz");
        for (var i = 0; i < 3; i++) using (await stranger.GetAsync("Users", Ct)) { }
        IReadOnlyList<System.Text.Json.JsonElement> refused = [];
        await Until.True(async () => (refused = [.. (await org.Rows()).Where(r => r.GetProperty("status").GetInt32() == 401)]).Sum(r => r.GetProperty("count").GetInt32()) == 3, "They are not counted.");
        var counted = refused.MaxBy(r => r.GetProperty("count").GetInt32()); // a minute may have ended meanwhile

        using var staff = await StaffOf.Of(service, org.Id);
        var session = await staff.Session();
        var list = (await staff.Get("/audit/requests", session)).Text;
        Assert.Contains(">rebuilt<", list, StringComparison.Ordinal);
        Assert.Contains($">{counted.GetProperty("count").GetInt32()} times<", list, StringComparison.Ordinal);
        Assert.Contains("made from the history after a node had stopped", (await staff.Get($"/audit/requests/{request}", session)).Text, StringComparison.Ordinal);
        Assert.Contains($"stands for {counted.GetProperty("count").GetInt32()} requests", (await staff.Get($"/audit/requests/{counted.Text("id")}", session)).Text, StringComparison.Ordinal);
    }

    static Task<bool> Run(TestService service, DateTimeOffset before) => service.Get<RequestLogUpkeep>().RunAsync(service.Service.Foundation.Placement.Shards[0], DateTimeOffset.UtcNow, before, Ct);

    [Fact]
    public async Task A_stop_writes_what_is_queued()
    {
        var database = await cluster.NewDatabase();
        Guid id;
        await using (var service = await OwnDatabase.Start(database.Settings()))
        {
            using var org = await service.NewOrganization();
            for (var i = 0; i < 20; i++) await org.Get("Users");
            id = org.Id;
            await service.Service.App.StopAsync(Ct);
            Assert.Equal(20L, await service.Sql("select count(*) from history.request_log where tenant_id = $1", id.ToString()));
        }
    }

    [Fact]
    public async Task The_log_can_be_switched_off()
    {
        var database = await cluster.NewDatabase();
        var settings = database.Settings();
        settings["RequestLog:Enabled"] = "false";
        await using var service = await OwnDatabase.Start(settings);
        using var org = await service.NewOrganization();
        await org.NewUser("ada");
        Assert.Empty(await org.Rows());
    }

    [Fact]
    public void Under_pressure_bodies_go_first_then_reads_then_the_rest_and_all_is_counted()
    {
        using var metrics = new ScimMetrics();
        using var queue = new LogQueue(capacity: 16, bodyBytes: 1000, metrics);
        var org = Guid.NewGuid();
        var kept = new List<(string Verb, bool Bodies)>();
        for (var i = 0; i < 20; i++)
        {
            queue.Add(Entry("POST"));
            queue.Add(Entry("GET"));
        }
        while (queue.Reader.TryRead(out var entry))
        {
            kept.Add((entry.Verb, entry.Bodies is not null));
            queue.Taken(entry);
        }
        Assert.Equal(16, kept.Count);
        Assert.All(kept.Take(8), k => Assert.True(k.Bodies));
        Assert.All(kept.Skip(8), k => Assert.False(k.Bodies));
        Assert.All(kept.Skip(12), k => Assert.Equal("POST", k.Verb));
        Assert.Equal(24, queue.DroppedOf(org).Requests);
        Assert.Equal(32, queue.DroppedOf(org).Bodies);
        Assert.Equal(0, queue.Pending);
        Assert.Equal(0, queue.DroppedOf(Guid.NewGuid()).Requests);

        // Few requests with much in them press as well.
        foreach (var size in new[] { 600, 600 }) queue.Add(Entry("POST", size));
        Assert.True(queue.Reader.TryRead(out var first) && first.Bodies is not null);
        Assert.True(queue.Reader.TryRead(out var second) && second.Bodies is null);

        LogEntry Entry(string verb, int size = 1)
        {
            var trace = new RequestTrace();
            trace.Received(new byte[size]);
            return new LogEntry(org, Guid.CreateVersion7(), DateTimeOffset.UtcNow, verb, "/Users", 200) { Bodies = trace };
        }
    }
}
