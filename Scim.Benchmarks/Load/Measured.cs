using System.Diagnostics;

namespace Scim.Benchmarks.Load;

/// <summary>What some clients saw in some seconds: how long each request took, and what all of them cost. Times are milliseconds.</summary>
internal sealed class Measured
{
    internal List<double> Milliseconds { get; } = [];

    internal double Seconds { get; private set; }

    /// <summary>Processor time of the clients, of the process that serves them, and of PostgreSQL.</summary>
    internal double ClientCpu { get; private set; }

    internal double ServerCpu { get; private set; }

    internal double PostgresCpu { get; private set; }

    /// <summary>Bytes that the serving process allocated.</summary>
    internal double Allocated { get; private set; }

    /// <summary>Statements or batches that it sent to PostgreSQL and waited for.</summary>
    internal double Trips { get; private set; }

    internal double Rate => Milliseconds.Count / Seconds;

    internal double Each(double all) => all / Milliseconds.Count;

    /// <summary>The time that this share of requests stayed within.</summary>
    internal double Percentile(double share)
    {
        Milliseconds.Sort();
        return Milliseconds.Count == 0 ? double.NaN : Milliseconds[(int)Math.Min(Milliseconds.Count - 1, share * Milliseconds.Count)];
    }

    /// <summary>Lets each client send one request after the other until the time is over, and adds what that took.</summary>
    internal async Task Add(int clients, TimeSpan time, Func<int, Task> request)
    {
        var started = Stopwatch.GetTimestamp();
        var each = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var took = new List<double>();
            while (Stopwatch.GetElapsedTime(started) < time)
            {
                var sent = Stopwatch.GetTimestamp();
                await request(client);
                took.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
            return took;
        })));
        Seconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
        foreach (var took in each) Milliseconds.AddRange(took);
    }

    /// <summary>Adds what the clients of another process saw.</summary>
    internal void Add(ClientProcess.Seen seen)
    {
        Seconds += seen.Seconds;
        ClientCpu += seen.Cpu;
        Milliseconds.AddRange(seen.Milliseconds);
    }

    /// <summary>Runs the work and adds what it cost this process and PostgreSQL.</summary>
    internal async Task Costing(int postmaster, Trips trips, Func<Task> work)
    {
        var (own, postgres, allocated, sent) = (Cpu.Own(), Cpu.Postgres(postmaster), GC.GetTotalAllocatedBytes(), trips.Count);
        await work();
        ServerCpu += Cpu.Own() - own;
        PostgresCpu += Cpu.Postgres(postmaster) - postgres;
        Allocated += GC.GetTotalAllocatedBytes() - allocated;
        Trips += trips.Count - sent;
    }
}
