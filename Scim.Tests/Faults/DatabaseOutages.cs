namespace Scim.Tests.Faults;

/// <summary>PostgreSQL goes away under concurrent writes and comes back: nothing acknowledged is lost, nothing is there twice.</summary>
[Collection(OnOwnCluster.Name)]
public sealed class DatabaseOutages(OwnCluster cluster)
{
    [Theory]
    [InlineData("INT")]
    [InlineData("KILL")]
    public async Task Writers_see_503_while_it_is_away_and_the_service_recovers_by_itself(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are Unix's.");
        await using var run = await FaultRun.Start(cluster, 8);
        var recoveries = new List<TimeSpan>();
        for (var outage = 0; outage < TestRun.Of(1, 20); outage++)
        {
            var from = run.Journal.Now;
            await cluster.Kill(signal);
            await Task.Delay(1500, TestContext.Current.CancellationToken);
            await cluster.Start();
            recoveries.Add(await run.Served("Not served again."));
            Assert.Contains(run.Journal.Entries, e => e.Sent > from && e.Status == 503);
        }
        Assert.All(run.Journal.Entries.Where(e => e.Status == 503), e => Assert.InRange((e.Ended - e.Sent)!.Value.TotalSeconds, 0, 3 * 2));
        await run.Prove($"PostgreSQL ended by {signal}", $"{recoveries.Count} outages of 1.5 s and more", recoveries);
    }
}
