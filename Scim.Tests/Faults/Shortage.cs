using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Scim.Tests.Faults.Checking;
using Scim.Tests.Hosting;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Faults;

/// <summary>More is asked of a node than it has connections or memory for.</summary>
[Collection(OnOwnCluster.Name)]
public sealed class Shortage(OwnCluster cluster)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_hundred_at_once_on_five_slow_connections_are_served_or_sent_away_soon_and_the_process_stays_awake()
    {
        var database = await cluster.NewDatabase();
        await using var proxy = new ChaosProxy(database.Login);
        await using var service = await OwnDatabase.Start(database.Settings(proxy.ConnectionString + ";Maximum Pool Size=5"));
        using var organization = await service.NewOrganization();
        var journal = new ClientJournal();
        using var provider = new Provider(journal, organization.Id, organization.Token, () => service.Address);
        using var stranger = new HttpClient { BaseAddress = service.Address };
        proxy.Delay = TimeSpan.FromMilliseconds(200);

        using var enough = new CancellationTokenSource();
        var working = new Writers(provider, 200, TestRun.Seed).Run(TimeSpan.FromMilliseconds(TestRun.Of(20, 0)), enough.Token);
        var slowest = TimeSpan.Zero;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(TestRun.Of(8, 60)) || (!HasBoth() && clock.Elapsed < TimeSpan.FromSeconds(60)); await Task.Delay(100, Ct))
        {
            var asked = clock.Elapsed;
            Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/health/live", Ct)).StatusCode);
            slowest = clock.Elapsed - asked > slowest ? clock.Elapsed - asked : slowest;
        }
        await enough.CancelAsync();
        await working;
        proxy.Delay = TimeSpan.Zero;

        Assert.Contains(journal.Entries, e => e.Status is 200 or 201);
        Assert.Contains(journal.Entries, e => e.Status == 503);
        Assert.All(journal.Entries, e => Assert.Contains(e.Status, new int?[] { 200, 201, 204, 404, 409, 503, e.IsGroups ? 400 : 503 }));
        Assert.All(journal.Entries, e => Assert.InRange((e.Ended - e.Sent)!.Value.TotalSeconds, 0, 3 * 5));
        Assert.InRange(slowest.TotalSeconds, 0, 3 * 1);
        await Until.True(async () => (await organization.Get("Users?count=1")).Status == 200, "It does not recover.");
        await Checker.Prove(database, journal, "five slow connections", $"200 writers, live within {slowest.TotalMilliseconds:0} ms");

        bool HasBoth() => journal.Entries.Any(e => e.Status is 200 or 201) && journal.Entries.Any(e => e.Status == 503);
    }

    [Fact]
    public async Task Large_bodies_at_once_do_not_end_a_process_of_little_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        var database = await cluster.NewDatabase();
        await using var folder = new TemporaryFolder();
        var settings = database.ProgramSettings();
        settings["DOTNET_GCHeapHardLimit"] = "0xC800000"; // 200 MB
        using var program = await RunningProgram.Start(folder.Folder.FullPath, settings);
        var (id, token) = await program.NewOrganization();
        var before = await Held.By(database, program.Id);
        using var client = program.Client(id, token);
        var statuses = new List<int>();
        for (var round = 0; round < TestRun.Of(3, 50); round++)
            statuses.AddRange(await Races.AtOnce(64, async n =>
            {
                using var content = new ByteArrayContent(Body(n, round));
                content.Headers.ContentType = new("application/scim+json");
                try
                {
                    using var answer = await client.PostAsync(new Uri("Users", UriKind.Relative), content, Ct);
                    return (int)answer.StatusCode;
                }
                catch (HttpRequestException e)
                {
                    throw new InvalidOperationException($"No answer. The process {(program.HasEnded ? "has ended: " + await program.Errors() : "lives")}.", e);
                }
            }));
        var peak = long.Parse(File.ReadLines($"/proc/{program.Id}/status").Single(l => l.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        TestRun.Print($"| large bodies, 200 MB of heap | {statuses.Count} bodies: {string.Join(", ", statuses.CountBy(s => s).Select(s => $"{s.Value} × {s.Key}"))} | peak {peak} MB |");
        Assert.All(statuses, s => Assert.Contains(s, new[] { 200, 201, 400, 413, 503 }));
        Assert.Contains(400, statuses); // some were read to the end
        Assert.Equal(HttpStatusCode.Created, (await client.PostAsync(new Uri("Users", UriKind.Relative), new StringContent("""{"userName":"after@example.com"}""", Encoding.UTF8, "application/scim+json"), Ct)).StatusCode);
        Assert.InRange(peak, 0, 3 * 200);
        client.Dispose();
        await LeftOpen.AssertNone(database, before, program.Id);
        Assert.Equal(0, await program.Stop());
    }

    // Just below the limit, above it, and within it by content that is kept.
    static byte[] Body(int n, int round)
    {
        var size = n % 4 == 0 ? (1 << 20) + 10 : (1 << 20) - 100;
        var text = new StringBuilder($$"""{"userName":"person-{{round}}-{{n}}@example.com","emails":[""");
        for (var i = 0; text.Length < size - 40; i++) text.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}{(n % 2 == 0 ? "{\"value\":\"" : "{\"x\":\"")}a{i}@b\"}}");
        return Encoding.UTF8.GetBytes(text.Append("]}").ToString().PadRight(size));
    }
}
