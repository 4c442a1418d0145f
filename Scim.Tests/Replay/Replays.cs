using Scim.Api.Audit.Replay;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Sealing;

namespace Scim.Tests.Replay;

/// <summary>Runs a replay to its end in the test's own process.</summary>
static class Replays
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal static async Task<(ReplayRun Run, IReadOnlyList<ReplayDifference> Found)> Of(TestService service, Guid organization, bool repair = false, long? to = null, SealedEvents? events = null, int streams = 500)
    {
        await Positions.Settled(service, organization);
        var (runs, holder) = (service.Get<ReplayRuns>(), Guid.NewGuid());
        var run = await runs.Start(organization, "operator", repair, to, holder, Ct);
        run = await By(service, events, streams).Run(run, holder, parallel: 2, _ => { }, Ct);
        Assert.Equal((ReplayState.Done, null), (run.State, run.Failure));
        return (run, await runs.Differences(run, Ct));
    }

    internal static Replayer By(TestService service, SealedEvents? events = null, int streams = 500) =>
        new(service.Get<Placement>(), events ?? service.Get<SealedEvents>(), service.Get<ReplayRuns>(), TimeProvider.System) { Streams = streams };

    /// <summary>Asserts that nothing departs from the history.</summary>
    internal static async Task<ReplayRun> Identical(TestService service, Guid organization)
    {
        var (run, found) = await Of(service, organization);
        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.True(run.IsIdentical);
        return run;
    }

    /// <summary>A small organization: Ada of three versions with two names, an heir, guides whose member Ada is, and a group that is gone.</summary>
    internal static async Task<Guests> Guests(TestOrganization organization)
    {
        var ada = (await organization.NewUser("ada", ""","displayName":"Ada Byron","title":"Guide" """)).Id;
        var heir = (await organization.NewUser("heir")).Id;
        var guides = (await organization.NewGroup("Tour Guides", ada)).Id;
        await organization.Patch($"Users/{ada}", """[{"op":"replace","path":"displayName","value":"Ada Lovelace"}]""");
        await organization.Patch($"Users/{ada}", """[{"op":"replace","path":"title","value":"Countess"}]""");
        await organization.Leave(guides, ada);
        await organization.Join(guides, ada);
        await organization.Delete($"Groups/{(await organization.NewGroup("Gone", heir)).Id}");
        await organization.Delete($"Users/{(await organization.NewUser("gone")).Id}");
        await Positions.Settled(organization.Service, organization.Id); // what is damaged afterwards was written on before
        return new(organization.Id, ada, heir, guides);
    }
}

/// <summary>Who is in that organization.</summary>
sealed record Guests(Guid Organization, string Ada, string Heir, string Guides)
{
    internal string Named(string sql) => sql.Replace("{ada}", Ada, StringComparison.Ordinal).Replace("{heir}", Heir, StringComparison.Ordinal).Replace("{guides}", Guides, StringComparison.Ordinal)
        .Replace("{organization}", Organization.ToString("D"), StringComparison.Ordinal);
}
