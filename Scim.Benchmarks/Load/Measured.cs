using System.Diagnostics;

namespace Scim.Benchmarks.Load;

/// <summary>What some clients saw in some seconds: how long each request took, and what all of them cost.</summary>
internal sealed class Measured
{
    readonly List<double> _milliseconds = [];

    internal double Seconds { get; private set; }

    internal double OwnCpu { get; private set; }

    internal double PostgresCpu { get; private set; }

    internal double Rate => _milliseconds.Count / Seconds;

    internal double OwnCpuEach => OwnCpu / _milliseconds.Count;

    internal double PostgresCpuEach => PostgresCpu / _milliseconds.Count;

    /// <summary>The time that this share of requests stayed within.</summary>
    internal double Percentile(double share)
    {
        _milliseconds.Sort();
        return _milliseconds.Count == 0 ? double.NaN : _milliseconds[(int)Math.Min(_milliseconds.Count - 1, share * _milliseconds.Count)];
    }

    /// <summary>Lets each client send one request after the other until the time is over, and adds what that took.</summary>
    internal async Task Add(int clients, TimeSpan time, int postmaster, Func<int, Task> request)
    {
        var (own, postgres, started) = (Cpu.Own(), Cpu.Postgres(postmaster), Stopwatch.GetTimestamp());
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
        OwnCpu += Cpu.Own() - own;
        PostgresCpu += Cpu.Postgres(postmaster) - postgres;
        foreach (var took in each) _milliseconds.AddRange(took);
    }
}
