using System.Diagnostics;
using Scim.Tests.Faults.Checking;
using Scim.Tests.Hosting;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Faults;

/// <summary>The service ends by <c>kill -9</c> at any moment; PostgreSQL lives on.</summary>
[Collection(OnKilledCluster.Name)]
public sealed class Kills(OwnCluster cluster)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_any_moment_under_writers_it_has_stored_what_it_acknowledged_once_and_nothing_by_halves()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Kills by a signal.");
        var (kills, random, recoveries) = (TestRun.Of(10, 200), new Random(TestRun.Seed), new List<TimeSpan>());
        var database = await cluster.NewDatabase();
        var settings = database.ProgramSettings();
        await using var folder = new TemporaryFolder();
        var journal = new ClientJournal();

        var program = await RunningProgram.Start(folder.Folder.FullPath, settings);
        try
        {
            var (organization, token) = await program.NewOrganization();
            using var provider = new Provider(journal, organization, token, () => Volatile.Read(ref program).Address);
            var writers = new Writers(provider, 16, TestRun.Seed);
            using var enough = new CancellationTokenSource();
            var working = writers.Run(enough.Token);
            for (var kill = 1; kill <= kills; kill++)
            {
                await Until.True(FreshAcknowledgements(writers, 16), "Nothing is acknowledged any more.");
                await Task.Delay(random.Next(500), Ct);
                await program.Kill();
                program.Dispose();
                var clock = Stopwatch.StartNew();
                Volatile.Write(ref program, await RunningProgram.Start(folder.Folder.FullPath, settings));
                await Ready(program);
                recoveries.Add(clock.Elapsed);
                if (kill % 20 == 0) TestRun.Print($"kill {kill}, ready after {clock.Elapsed.TotalSeconds:0.0} s, {journal.Entries.Count} operations");
            }
            var before = await Held.By(database, program.Id);
            await Until.True(FreshAcknowledgements(writers, 16), "Nothing is acknowledged after the last kill.");
            await enough.CancelAsync();
            await working;
            provider.Dispose();
            await LeftOpen.AssertNone(database, before, program.Id);
            Assert.Equal(0, await program.Stop());
        }
        finally
        {
            program.Dispose();
        }
        await Checker.Prove(database, journal, "service killed", $"{kills} kills", recoveries);
        Assert.All(journal.Entries, e => Assert.Contains(e.Status, new int?[] { null, 200, 201, 204, 404, 409, 503, e.IsGroups ? 400 : 503 }));
        Assert.InRange(recoveries.Order().ElementAt(kills / 2).TotalSeconds, 0, 3 * 5); // the slowest is the machine's
        await LeftOpen.AssertNone(database);
    }

    static Func<bool> FreshAcknowledgements(Writers writers, int count)
    {
        var before = writers.Acknowledged;
        return () => writers.Acknowledged >= before + count;
    }

    static async Task Ready(RunningProgram program)
    {
        using var stranger = new HttpClient { BaseAddress = program.Address };
        await Until.True(async () => (await stranger.GetAsync("/health/ready", Ct)).IsSuccessStatusCode, "It is not ready.");
    }
}
