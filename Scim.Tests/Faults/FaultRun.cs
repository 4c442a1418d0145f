using Scim.Tests.Faults.Checking;

namespace Scim.Tests.Faults;

/// <summary>A service on a database of its own under seeded writers, while something is done to it.</summary>
internal sealed class FaultRun : IAsyncDisposable
{
    readonly CancellationTokenSource _enough = new();
    readonly Task _working;

    FaultRun(OwnDatabase database, TestService service, TestOrganization organization, Held before, int writers)
    {
        (Database, Service, Organization, Before) = (database, service, organization, before);
        Provider = new Provider(Journal, organization.Id, organization.Token, () => service.Address);
        Writers = new Writers(Provider, writers, TestRun.Seed);
        _working = Writers.Run(TimeSpan.FromMilliseconds(TestRun.Of(40, 5)), _enough.Token);
    }

    internal OwnDatabase Database { get; }

    internal TestService Service { get; }

    internal TestOrganization Organization { get; }

    internal ClientJournal Journal { get; } = new();

    internal Provider Provider { get; }

    internal Writers Writers { get; }

    /// <summary>What was held before the first writer.</summary>
    internal Held Before { get; }

    internal static async Task<FaultRun> Start(OwnCluster cluster, int writers, string options = "")
    {
        var database = await cluster.NewDatabase();
        var service = await OwnDatabase.Start(database.Settings(database.Login + ";Connection Idle Lifetime=2;Connection Pruning Interval=1" + options));
        var organization = await service.NewOrganization();
        var before = await Held.By(database);
        var run = new FaultRun(database, service, organization, before, writers);
        await run.Served("Not every writer was served.");
        return run;
    }

    /// <summary>Waits until every writer can have had a change acknowledged from now on; tells how long it took.</summary>
    internal async Task<TimeSpan> Served(string otherwise)
    {
        var (from, since) = (Writers.Acknowledged, Journal.Now);
        await Until.True(() => Writers.Acknowledged >= from + 16, otherwise);
        return Journal.Now - since;
    }

    /// <summary>
    /// Ends the writers and proves what must hold: of the answers too, which are success, 404, 409 or 503 within the deadline; of
    /// groups also 400, where everybody whom a request adds has left meanwhile.
    /// </summary>
    internal async Task Prove(string name, string faults, IReadOnlyCollection<TimeSpan>? recoveries = null)
    {
        await _enough.CancelAsync();
        await _working;
        await Checker.Prove(Database, Journal, name, faults, recoveries);
        Assert.All(Journal.Entries, e => Assert.Contains(e.Status, new int?[] { 200, 201, 204, 404, 409, 503, e.IsGroups ? 400 : 503 }));
        Assert.All(Journal.Entries, e => Assert.True(e.Ended - e.Sent < Provider.Patience, $"{e} took {e.Ended - e.Sent}"));
        await LeftOpen.AssertNone(Database, Before);
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await _working;
        Provider.Dispose();
        Organization.Dispose();
        await Service.DisposeAsync();
        _enough.Dispose();
    }
}
