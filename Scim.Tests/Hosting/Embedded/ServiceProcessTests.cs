using System.Net.Http.Json;
using Scim.Tests.Faults;

namespace Scim.Tests.Hosting.Embedded;

/// <summary>
/// The real program started, stopped and killed in a random order that a seed repeats; what it acknowledged is there
/// after every start. <c>SCIM_TEST_LONG=1</c> makes it twenty rounds, <c>SCIM_TEST_SEED</c> another order.
/// </summary>
public class ServiceProcessTests(ITestOutputHelper output)
{
    enum Ending { Stopped, Killed, KilledWhileStarting, KilledWhileStopping }

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_the_order_of_starts_stops_and_kills_what_was_acknowledged_is_kept()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Stops by a signal.");
        var (rounds, seed) = (TestRun.Of(3, 20), TestRun.Seed);
        var random = new Random(seed);
        // Every way to end comes up; their order is the seed's.
        var endings = Enumerable.Range(0, rounds).Select(i => (Ending)(i % 4)).ToArray();
        random.Shuffle(endings);

        await using var temporary = new TemporaryFolder();
        var kept = new List<string>();
        for (var round = 0; round < rounds; round++)
        {
            output.WriteLine($"seed {seed}, round {round + 1}: {endings[round]}");
            await Round(temporary, endings[round], $"Round {round + 1}", kept, random);
        }

        using var last = RunningProgram.Begin(temporary.Folder.FullPath);
        (await Check(last, kept)).Dispose();
        Assert.Equal(0, await last.Stop());
        Assert.Null(temporary.Server());
    }

    static async Task Round(TemporaryFolder temporary, Ending ending, string name, List<string> kept, Random random)
    {
        using var service = RunningProgram.Begin(temporary.Folder.FullPath);
        if (ending is Ending.KilledWhileStarting)
        {
            await Task.Delay(random.Next(3000), Ct);
            await service.Kill();
            return;
        }
        using var client = await Check(service, kept);
        (await client.PostAsJsonAsync("/api/organizations", new { name }, Ct)).EnsureSuccessStatusCode();
        kept.Add(name);
        if (ending is Ending.Stopped)
        {
            Assert.Equal(0, await service.Stop());
            Assert.Null(temporary.Server());
            return;
        }
        if (ending is Ending.KilledWhileStopping)
        {
            await service.Signal("TERM");
            await Task.Delay(random.Next(400), Ct);
        }
        await service.Kill();
    }

    static async Task<HttpClient> Check(RunningProgram service, List<string> kept)
    {
        await service.Listening();
        var found = await service.Organizations();
        Assert.Equal(kept.Order(), found.Where(n => n.StartsWith("Round", StringComparison.Ordinal)).Order());
        Assert.Single(found, "My organization");
        return service.Operator();
    }

    [Fact]
    public async Task A_second_service_on_the_folder_says_so_and_ends()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Stops by a signal.");
        await using var temporary = new TemporaryFolder();
        using var first = RunningProgram.Begin(temporary.Folder.FullPath);
        await first.Listening();

        var (exit, _, error) = await Operator.OperatorFolder.Run(temporary.Folder.FullPath, []);
        Assert.Equal(1, exit);
        Assert.Equal($"Another service already runs on the data folder {temporary.Folder.FullPath}. Stop it, or set Embedded__Folder to another folder.", error.Trim());
        Assert.Single(await first.Organizations());
        Assert.Equal(0, await first.Stop());
    }
}
