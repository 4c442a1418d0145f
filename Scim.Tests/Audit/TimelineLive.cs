using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Scim.Api.Audit.Timeline;
using Scim.Tests.Faults;
using Scim.Tests.Hosting;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Audit;

/// <summary>Whoever watches sees each command once, soon, and as the list tells it.</summary>
public sealed class TimelineLive(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_happens_arrives_within_three_seconds_as_the_list_tells_it()
    {
        using var organization = await service.NewOrganization();
        using var watched = await WatchedOrganization.Watch(organization);
        Assert.Equal("text/event-stream", watched.Answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no", watched.Answer.Headers.GetValues("X-Accel-Buffering").Single());
        Assert.DoesNotContain("gzip", watched.Answer.Content.Headers.ContentEncoding);
        Assert.Equal(("heartbeat", "1.3"), (await watched.Next() is { } hello ? (hello.EventType, hello.EventId) : default));
        var clock = Stopwatch.StartNew();
        var ada = await organization.NewUser("ada");
        Assert.Equal("The identity provider (token okta) added ada to the directory, active.", Assert.Single(await watched.Events()).Text("sentence"));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(3), $"It took {clock.Elapsed}.");
        await organization.Patch($"Users/{ada.Id}", """[{"op":"replace","path":"active","value":false},{"op":"replace","path":"title","value":"Guide"}]""");
        var both = await watched.Events();
        Assert.Equal((await organization.Timeline("order=asc&fromPosition=5")).Rows().Select(e => e.GetRawText()), both.Select(e => e.GetRawText()));
        Assert.Equal(2, both.Length);
        Assert.Equal("1.5", watched.LastId);
    }

    [Fact]
    public async Task Resuming_by_the_last_id_while_others_write_gives_each_command_once()
    {
        using var organization = await service.NewOrganization();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var writing = Races.AtOnce(4, async writer =>
        {
            for (var n = 0; !enough.IsCancellationRequested; n++)
            {
                var user = await organization.NewUser($"w{writer}.{n}");
                await organization.Patch($"Users/{user.Id}", """[{"op":"replace","path":"active","value":false},{"op":"replace","path":"title","value":"T"}]""");
            }
            return true;
        });
        var seen = new List<string>();
        var lastId = "1.0";
        for (var resumed = 0; resumed < 12; resumed++)
        {
            using var watched = await WatchedOrganization.Watch(organization, resumed == 5 ? $"after={lastId}" : "", resumed == 5 ? null : lastId);
            for (var n = 0; n < 5 + (resumed * 3); n++)
            {
                seen.AddRange((await watched.Events()).Select(e => e.Text("id")));
                lastId = watched.LastId!;
            }
        }
        await enough.CancelAsync();
        await writing;
        await Replay.Positions.Settled(service, organization.Id);
        using (var rest = await WatchedOrganization.Watch(organization, "", lastId))
        {
            while (await rest.Next() is { EventType: not "heartbeat" } message) seen.AddRange(JsonDocument.Parse(message.Data).RootElement.Rows().Select(e => e.Text("id")));
        }
        Assert.Equal(await All(organization), seen);
    }

    [Fact]
    public async Task Twenty_who_watch_cost_one_reader()
    {
        using var organization = await service.NewOrganization();
        var feed = service.Get<LiveFeed>();
        var watched = await Races.AtOnce(20, _ => WatchedOrganization.Watch(organization));
        try
        {
            foreach (var one in watched) Assert.Equal("heartbeat", (await one.Next())!.Value.EventType);
            var (before, clock) = (feed.Questions, Stopwatch.StartNew());
            for (var n = 0; n < 5; n++) await organization.NewUser($"person{n}");
            foreach (var one in watched)
                for (var n = 0; n < 5; n++) Assert.Equal("user_provisioned", Assert.Single(await one.Events()).Text("type"));
            await Task.Delay(1000, Ct);
            // Each look is one question, and each new command of this organization at most one more; others watch in this run too.
            var looks = (clock.Elapsed.TotalMilliseconds / 250) + 2;
            Assert.InRange(feed.Questions - before, 1, (5 * looks) + 20);
        }
        finally
        {
            foreach (var one in watched) one.Dispose();
        }
        await Until.True(() => feed.Watchers < 20, "Those who went are still handed what comes.");
    }

    [Fact]
    public async Task Whoever_watches_by_a_key_is_told_nothing_once_it_is_revoked()
    {
        using var organization = await service.NewOrganization();
        using var auditor = service.ApiClient(await service.NewKey(organization.Id, "auditor"));
        using var watched = await WatchedOrganization.Watch(auditor, organization.Id);
        await organization.NewUser("ada");
        Assert.Equal("user_provisioned", Assert.Single(await watched.Events()).Text("type"));
        var key = (await service.Operator.Json(organization, "keys"))[0].GetProperty("id").GetGuid();
        Assert.True((await service.Operator.DeleteAsync($"/api/organizations/{organization.Id}/keys/{key}", Ct)).IsSuccessStatusCode);
        await organization.NewUser("grace");
        System.Net.ServerSentEvents.SseItem<string>? last;
        do last = await watched.Next();
        while (last?.EventType == "heartbeat");
        Assert.True(last is null || last.Value.Data.Contains("key_revoked", StringComparison.Ordinal) && await watched.Next() is null, last?.Data);
    }

    [Fact]
    public async Task A_filter_lets_through_what_the_list_would_find()
    {
        using var organization = await service.NewOrganization();
        var ada = (await organization.NewUser("ada")).Id;
        var bob = (await organization.NewUser("bob")).Id;
        using var hers = await WatchedOrganization.Watch(organization, $"person={ada}");
        using var named = await WatchedOrganization.Watch(organization, "name=ada&type=user_deactivated,group_deleted");
        using var operators = await WatchedOrganization.Watch(organization, "actor=operator");
        foreach (var one in new[] { hers, named, operators }) Assert.Equal("heartbeat", (await one.Next())!.Value.EventType);
        var team = (await organization.NewGroup("Guides", ada, bob)).Id;
        await organization.Leave(team, bob);
        await organization.NewGroup("Empty");
        await organization.Delete($"Groups/{team}");
        await organization.Patch($"Users/{bob}", """[{"op":"replace","path":"active","value":false}]""");
        await organization.Patch($"Users/{ada}", """[{"op":"replace","path":"active","value":false}]""");
        await organization.Operate(HttpMethod.Patch, "", new { name = "Other" });
        await Are(hers, $"person={ada}&fromPosition=6", 3);
        await Are(named, "name=ada&type=user_deactivated,group_deleted", 2);
        await Are(operators, "actor=operator&fromPosition=6", 1);

        async Task Are(WatchedOrganization watched, string query, int count)
        {
            var listed = (await organization.Timeline($"{query}&order=asc")).Rows().Select(e => e.Text("id")).ToArray();
            Assert.Equal(count, listed.Length);
            foreach (var id in listed) Assert.Equal(id, Assert.Single(await watched.Events()).Text("id"));
        }
    }

    [Fact]
    public async Task A_command_of_more_events_than_a_reading_stays_one_message()
    {
        using var organization = await service.NewOrganization();
        var ada = (await organization.NewUser("ada")).Id;
        await Races.FewAtOnce(550, n => organization.NewGroup($"Team {n}", ada));
        var before = await Replay.Positions.Settled(service, organization.Id);
        Assert.Equal(204, (await organization.Delete($"Users/{ada}")).Status);
        using var watched = await WatchedOrganization.Watch(organization, "", $"1.{before.ToString(CultureInfo.InvariantCulture)}");
        var events = await watched.Events(20);
        Assert.Equal(551, events.Length);
        Assert.Equal(551, events.Select(e => e.Text("id")).Distinct().Count());
    }

    [Fact]
    public async Task Who_takes_too_slowly_what_comes_is_ended_after_a_whole_beginning()
    {
        using var organization = await service.NewOrganization();
        using var watcher = await service.Get<LiveFeed>().Join(organization.Id, Ct);
        for (var position = 1001; position <= 4000; position++) watcher.Hand(new(position, []));
        var taken = new List<long>();
        await foreach (var command in watcher.Commands.ReadAllAsync(Ct)) taken.Add(command.Position);
        taken.RemoveAll(p => p <= 1000); // of the organization itself
        Assert.InRange(taken.Count, 100, 2999);
        Assert.Equal(Enumerable.Range(1001, taken.Count).Select(p => (long)p), taken);
    }

    [Fact]
    public async Task In_silence_a_heartbeat_tells_up_to_where_nothing_came()
    {
        using var organization = await service.NewOrganization();
        using var watched = await WatchedOrganization.Watch(organization, "type=user_deleted");
        Assert.Equal("1.3", (await watched.Next())!.Value.EventId);
        await organization.NewUser("ada");
        var clock = Stopwatch.StartNew();
        var beat = (await watched.Next(30))!.Value;
        Assert.Equal(("heartbeat", "1.4", "{\"position\":\"1.4\"}"), (beat.EventType, beat.EventId, beat.Data));
        Assert.InRange(clock.Elapsed.TotalSeconds, 10, 20);
    }

    [Fact]
    public async Task A_node_that_stops_ends_those_who_watch_and_they_keep_nobody_out_before()
    {
        await using var folder = new TemporaryFolder();
        using var program = await RunningProgram.Start(folder.Folder.FullPath, new() { ["Limits__InFlight"] = "2", ["Limits__Queued"] = "0", ["Limits__LeavingSeconds"] = "0" });
        var (organization, token) = await program.NewOrganization();
        using var auditor = program.Operator();
        var watched = new List<WatchedOrganization>();
        for (var n = 0; n < 4; n++) watched.Add(await WatchedOrganization.Watch(auditor, organization));
        foreach (var one in watched) Assert.Equal("heartbeat", (await one.Next())!.Value.EventType);
        using (var provider = program.Client(organization, token))
            Assert.Equal(201, (int)(await provider.PostAsJsonAsync("Users", new { userName = "ada" }, Ct)).StatusCode);
        foreach (var one in watched) Assert.Equal("user_provisioned", Assert.Single(await one.Events()).Text("type"));

        var clock = Stopwatch.StartNew();
        Assert.Equal(0, await program.Stop());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"It took {clock.Elapsed}.");
        foreach (var one in watched)
        {
            Assert.Null(await one.Next());
            one.Dispose();
        }
    }

    [Theory]
    [InlineData("after=7.1", "Read again from the beginning")]
    [InlineData("after=1.99999", "future")]
    [InlineData("after=x", "position")]
    [InlineData("person=ada", "person")]
    public async Task What_cannot_be_resumed_is_refused_with_what_to_do(string query, string said)
    {
        using var organization = await service.NewOrganization();
        using var refused = await service.Operator.GetAsync($"/api/organizations/{organization.Id}/audit/events/live?{query}", Ct);
        Assert.Equal(400, (int)refused.StatusCode);
        Assert.Contains(said, await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    static async Task<IReadOnlyList<string>> All(TestOrganization organization)
    {
        var ids = new List<string>();
        for (var cursor = ""; ;)
        {
            var page = await organization.Timeline($"order=asc&count=200{cursor}");
            ids.AddRange(page.Rows().Select(e => e.Text("id")));
            if (page.GetProperty("next").ValueKind == JsonValueKind.Null) return ids;
            cursor = "&cursor=" + page.Text("next");
        }
    }
}
