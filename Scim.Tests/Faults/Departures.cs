using System.Diagnostics;
using System.Globalization;
using Scim.Tests.Faults.Checking;
using Scim.Tests.Hosting;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Faults;

/// <summary>Nodes are stopped in order, one after the other, under load: clients that follow readiness and <c>Connection: close</c> notice nothing.</summary>
[Collection(OnKilledCluster.Name)]
public sealed class Departures(OwnCluster cluster)
{
    const string Warming = "warm";

    // What two cores carry beside a start every nine seconds: where nothing is left over, requests fail for want of a processor.
    static readonly int Rate = TestRun.Of(100, 40);

    const int Clients = 8;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_nodes_one_may_always_be_stopped_and_no_client_sees_a_failure()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Stops by a signal.");
        var database = await cluster.NewDatabase();
        await using var folder = new TemporaryFolder();
        await using var other = new TemporaryFolder();
        using var balancer = new Balancer(await Start(folder), await Start(other));
        var (organization, token) = await balancer.Nodes[0].NewOrganization();
        var journal = new ClientJournal();
        using var provider = new Provider(journal, organization, token, balancer.Next, balancer.Hear);
        foreach (var node in balancer.Nodes) await Warm(node.Address);
        using var enough = new CancellationTokenSource();
        var watching = balancer.Watch(enough.Token);
        var working = new Writers(provider, Clients, TestRun.Seed).Run(TimeSpan.FromSeconds((double)Clients / Rate), enough.Token);
        var (stops, longest, clock, begun) = (0, TimeSpan.Zero, Stopwatch.StartNew(), new List<TimeSpan>());
        while (stops < 2 || journal.Entries.Count < TestRun.Of(1_000, 20_000))
        {
            await Task.Delay(1000, Ct);
            var leaving = stops++ % 2;
            var since = clock.Elapsed;
            begun.Add(journal.Now);
            Assert.Equal(0, await balancer.Nodes[leaving].Stop());
            longest = clock.Elapsed - since > longest ? clock.Elapsed - since : longest;
            var next = await Start(leaving == 0 ? folder : other);
            balancer.Nodes[leaving].Dispose();
            balancer.Nodes[leaving] = next;
            await Until.True(() => balancer.IsIn(leaving), "The new node is not ready.");
        }
        var rate = journal.Entries.Count / clock.Elapsed.TotalSeconds;
        await enough.CancelAsync();
        await Task.WhenAll(working, watching);
        foreach (var node in balancer.Nodes) Assert.Equal(0, await node.Stop());

        await Checker.Prove(database, journal, $"nodes stopped in order under {rate:0} requests a second", $"{stops} stops, the longest {longest.TotalSeconds:0.0} s");
        Assert.Empty(journal.Entries.Where(e => e.Writer != Warming && e.Status is null or >= 500).Select(e => $"{e} after {(e.Ended ?? e.Sent) - e.Sent}, sent at {e.Sent.TotalSeconds:0.0} s; stops began at {string.Join(", ", begun.Select(b => b.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)))} s"));
        Assert.InRange(longest.TotalSeconds, 0, 2 + 30);

        // The first requests of a process compile what they run.
        async Task Warm(Uri node)
        {
            using var alone = new Provider(journal, organization, token, () => node);
            await Until.True(async () =>
            {
                var answers = new List<Answer?>();
                for (var n = 0; n < 3; n++)
                {
                    var userName = $"warm-{Guid.NewGuid():N}@example.com";
                    answers.Add((await alone.Send(Warming, HttpMethod.Post, "Users", new Wish(userName, Active: true), $$"""{"userName":"{{userName}}"}""")).Answer);
                    answers.Add((await alone.Send(Warming, HttpMethod.Get, "Users?count=1")).Answer);
                }
                return answers.All(a => a?.Status is 200 or 201);
            }, "The node does not answer.");
        }

        Task<RunningProgram> Start(TemporaryFolder at) => RunningProgram.Start(at.Folder.FullPath, database.ProgramSettings());
    }

    /// <summary>Sends to the nodes that are ready, in turn.</summary>
    sealed class Balancer(params RunningProgram[] nodes) : IDisposable
    {
        static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

        readonly bool[] _isIn = [true, true];
        int _turn;

        internal RunningProgram[] Nodes => nodes;

        internal bool IsIn(int node) => Volatile.Read(ref _isIn[node]);

        internal Uri Next()
        {
            var first = (Interlocked.Increment(ref _turn) & int.MaxValue) % 2;
            return nodes[IsIn(first) ? first : 1 - first].Address;
        }

        internal void Hear(Uri node, Answer answer)
        {
            if (answer.Headers.GetValueOrDefault("Connection") == "close") Volatile.Write(ref _isIn[node == nodes[0].Address ? 0 : 1], false);
        }

        internal async Task Watch(CancellationToken enough)
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
            while (!enough.IsCancellationRequested)
            {
                for (var node = 0; node < 2; node++) Volatile.Write(ref _isIn[node], await IsReady(client, nodes[node].Address));
                await Task.Delay(Interval, CancellationToken.None);
            }
        }

        static async Task<bool> IsReady(HttpClient client, Uri address)
        {
            try
            {
                return (await client.GetAsync(new Uri(address, "/health/ready"), CancellationToken.None)).IsSuccessStatusCode;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                return false;
            }
        }

        public void Dispose()
        {
            foreach (var node in nodes) node.Dispose();
        }
    }
}
