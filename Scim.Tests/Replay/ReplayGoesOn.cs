using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Scim.Api.Access;
using Scim.Api.Audit.Replay;
using Scim.Domain.History;
using Scim.Domain.Users;
using Scim.Tests.Faults;

namespace Scim.Tests.Replay;

/// <summary>A run is stored as it goes: it is gone on with where it was, cancelled, and watched from outside.</summary>
public sealed class ReplayGoesOn(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_was_stopped_goes_on_at_its_checkpoint()
    {
        using var organization = await service.NewOrganization();
        await organization.NewUsers(20);
        await Positions.Settled(service, organization.Id);
        var (runs, replayer, holder) = (service.Get<ReplayRuns>(), Replays.By(service, streams: 4), Guid.NewGuid());
        var run = await runs.Start(organization.Id, "operator", repair: false, to: null, holder, Ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => replayer.Run(run, holder, 1, told => { if (told.Streams >= 8) stop.Cancel(); }, stop.Token));

        var kept = (await runs.Find(organization.Id, run.Id, Ct))!;
        Assert.Equal((ReplayState.Running, 8), (kept.State, kept.Streams));
        Assert.Null(await runs.Take(kept, Guid.NewGuid(), Ct)); // its holder may live
        await runs.Release(kept, holder, Ct);
        var other = Guid.NewGuid();
        // The service's own worker looks for free runs too, and may be first.
        if (await runs.Take(kept, other, Ct) is { } taken)
        {
            var walked = new List<long>();
            await replayer.Run(taken, other, 1, told => walked.Add(told.Streams), Ct);
            Assert.Equal([12, 16, 20, 21], walked);
        }
        var done = await Ended(organization, run.Id);
        Assert.Equal((ReplayState.Done, 21, 0), (done.State, done.Streams, done.Found));
        Assert.Equal(done.Total, done.Events);
    }

    [Fact]
    public async Task The_service_goes_on_with_a_run_whose_holder_is_silent()
    {
        using var organization = await service.NewOrganization();
        for (var n = 0; n < 3; n++) await organization.NewUser($"person{n}");
        var runs = service.Get<ReplayRuns>();
        var run = await runs.Start(organization.Id, "operator", repair: false, to: null, Guid.NewGuid(), Ct);
        await service.Sql("update history.replay_run set heartbeat_at = heartbeat_at - interval '11 seconds', next_stream = (select max(id::text)::uuid from history.mt_streams where tenant_id = $1), streams = 3 where tenant_id = $1", organization.Id.ToString("D"));
        var done = await Ended(organization, run.Id);
        Assert.Equal((ReplayState.Done, 4), (done.State, done.Streams));
    }

    [Fact]
    public async Task An_auditor_ends_a_look_and_no_repair()
    {
        using var organization = await service.NewOrganization();
        using var auditor = service.ApiClient(await service.NewKey(organization.Id, "auditor"));
        var runs = service.Get<ReplayRuns>();
        var repair = await runs.Start(organization.Id, "operator", repair: true, to: null, Guid.NewGuid(), Ct);
        Uri At(ReplayRun run) => new($"/api/organizations/{organization.Id}/replay/{run.Id}", UriKind.Relative);
        Assert.Equal(HttpStatusCode.Forbidden, (await auditor.DeleteAsync(At(repair), Ct)).StatusCode);
        Assert.Equal(ReplayState.Running, (await runs.Find(organization.Id, repair.Id, Ct))!.State);
        Assert.Equal(HttpStatusCode.OK, (await service.Operator.DeleteAsync(At(repair), Ct)).StatusCode);
        Assert.Equal(ReplayState.Cancelled, (await runs.Find(organization.Id, repair.Id, Ct))!.State);
        var look = await runs.Start(organization.Id, "operator", repair: false, to: null, Guid.NewGuid(), Ct);
        Assert.Equal(HttpStatusCode.OK, (await auditor.DeleteAsync(At(look), Ct)).StatusCode);
        Assert.Equal(ReplayState.Cancelled, (await runs.Find(organization.Id, look.Id, Ct))!.State);
    }

    [Fact]
    public async Task A_run_is_asked_for_watched_and_cancelled_over_the_api()
    {
        using var organization = await service.NewOrganization();
        var guests = await Replays.Guests(organization);
        var last = await Positions.Settled(service, organization.Id);
        await service.Sql(guests.Named("update directory.mt_doc_user set mt_version = 9 where id = '{ada}'"));
        var path = $"/api/organizations/{organization.Id}/replay";

        var found = await Run(new { });
        Assert.Equal(("done", false, 1), (found.GetProperty("state").GetString(), found.GetProperty("identical").GetBoolean(), found.GetProperty("differences").GetArrayLength()));
        var difference = found.GetProperty("differences")[0];
        Assert.Equal(("differs", "resource", "User", guests.Ada, "mt_version", false), (difference.GetProperty("kind").GetString(), difference.GetProperty("part").GetString(), difference.GetProperty("type").GetString(),
            difference.GetProperty("id").GetString(), difference.GetProperty("paths")[0].GetString(), difference.GetProperty("repaired").GetBoolean()));
        Assert.Equal(["user_provisioned", "user_attributes_changed", "user_attributes_changed"], difference.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("type").GetString()));
        Assert.Equal(found.GetProperty("total").GetInt64(), found.GetProperty("events").GetInt64());

        Assert.True((await Run(new { to = last.ToString(System.Globalization.CultureInfo.InvariantCulture) })).GetProperty("identical").GetBoolean());
        Assert.True((await Run(new { to = DateTimeOffset.UtcNow.AddDays(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) })).GetProperty("identical").GetBoolean());
        Assert.True((await Run(new { repair = true })).GetProperty("differences")[0].GetProperty("repaired").GetBoolean());
        Assert.True((await Run(new { })).GetProperty("identical").GetBoolean());
        Assert.Equal(5, (await service.Operator.GetFromJsonAsync<JsonElement>(path, Ct)).GetArrayLength());

        foreach (var refused in new object[] { new { to = "7", repair = true }, new { to = "yesterday" }, new { to = "99999" } })
            Assert.Equal(HttpStatusCode.BadRequest, (await service.Operator.PostAsJsonAsync(path, refused, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await service.Operator.DeleteAsync($"{path}/{Guid.NewGuid()}", Ct)).StatusCode);

        // One that another node holds: its next checkpoint tells it.
        var (runs, holder) = (service.Get<ReplayRuns>(), Guid.NewGuid());
        var held = await runs.Start(organization.Id, "operator", repair: false, to: null, holder, Ct);
        Assert.Equal(HttpStatusCode.OK, (await service.Operator.DeleteAsync($"{path}/{held.Id}", Ct)).StatusCode);
        Assert.Equal(ReplayState.Cancelled, (await Replays.By(service).Run(held, holder, 1, _ => { }, Ct)).State);

        async Task<JsonElement> Run(object asked)
        {
            using var begun = await service.Operator.PostAsJsonAsync(path, asked, Ct);
            Assert.True(begun.StatusCode == HttpStatusCode.Accepted, await begun.Content.ReadAsStringAsync(Ct));
            var id = (await begun.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetGuid();
            await Ended(organization, id);
            return await service.Operator.GetFromJsonAsync<JsonElement>($"{path}/{id}", Ct);
        }
    }

    [Fact]
    public async Task Of_an_erased_person_only_positions_are_expected()
    {
        using var organization = await service.NewOrganization();
        var guests = await Replays.Guests(organization);
        await service.Get<Scim.Api.EventStore.History>().Change<User, UserEvent>(service.Get<OperatorAccess>().Caller(organization.Id), Guid.Parse(guests.Heir), null, (_, _) => new([new UserErased(Guid.Parse(guests.Heir), Source.Admin, "Asked by the person")]));
        await service.Sql("delete from history.person_key where person_id = $1", Guid.Parse(guests.Heir));
        await Replays.Identical(service, organization.Id);

        await service.Sql(guests.Named("update directory.user_version set external_id = 'x' where id = '{heir}'; insert into directory.known_as values ('{organization}', '{heir}', 'heir', 1, 2)"));
        var (_, found) = await Replays.Of(service, organization.Id, repair: true);
        Assert.Equal(["external_id", "surplus"], found.Select(d => d.Paths.SingleOrDefault() ?? d.Kind.ToString().ToLowerInvariant()).Order());
        await Replays.Identical(service, organization.Id);
    }

    async Task<ReplayRun> Ended(TestOrganization organization, Guid id)
    {
        ReplayRun? run = null;
        await Until.True(async () => (run = await service.Get<ReplayRuns>().Find(organization.Id, id, Ct))!.State != ReplayState.Running, "The run does not end.");
        return run!;
    }
}
