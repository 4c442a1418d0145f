using System.Collections.Concurrent;
using System.Threading.Channels;
using Scim.Api.Hosting;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>
/// What waits to be written, bounded: under pressure bodies go first, then reads, then whatever comes. Nobody waits for it.
/// </summary>
internal sealed class LogQueue(int capacity, long bodyBytes, ScimMetrics metrics) : IDisposable
{
    readonly Channel<LogEntry> _entries = Channel.CreateBounded<LogEntry>(new BoundedChannelOptions(capacity) { SingleReader = true });
    readonly ConcurrentDictionary<Guid, Dropped> _dropped = new();
    long _weight, _pending;

    readonly SemaphoreSlim _signal = new(0);

    internal ChannelReader<LogEntry> Reader => _entries.Reader;

    /// <summary>Entries that are not written yet.</summary>
    internal long Pending => Interlocked.Read(ref _pending);

    internal void Add(LogEntry entry)
    {
        var waiting = _entries.Reader.Count;
        if (entry.Weight > 0 && (waiting >= capacity / 2 || Interlocked.Read(ref _weight) + entry.Weight > bodyBytes))
        {
            entry = entry with { Bodies = null };
            Count(entry.Organization, bodies: 1);
        }
        if (entry.IsRead && waiting >= capacity * 3 / 4)
        {
            Count(entry.Organization, requests: 1);
            return;
        }
        Interlocked.Add(ref _weight, entry.Weight);
        Interlocked.Increment(ref _pending);
        if (_entries.Writer.TryWrite(entry))
        {
            Nudge();
            return;
        }
        Taken(entry);
        Count(entry.Organization, requests: 1);
    }

    /// <summary>Tells the writer that there is something.</summary>
    internal void Nudge()
    {
        if (_signal.CurrentCount == 0) _signal.Release();
    }

    /// <summary>Until there is something, or the time comes to look anyway.</summary>
    internal Task Something(CancellationToken ct) => _signal.WaitAsync(TimeSpan.FromSeconds(1), ct);

    /// <summary>An entry was written, or given up.</summary>
    internal void Taken(LogEntry entry)
    {
        Interlocked.Add(ref _weight, -entry.Weight);
        Interlocked.Decrement(ref _pending);
    }

    internal void Lost(LogEntry entry) => Count(entry.Organization, requests: entry.Count);

    internal void Complete() => _entries.Writer.TryComplete();

    /// <summary>What this node dropped of an organization since it started.</summary>
    internal Dropped DroppedOf(Guid organization) => _dropped.GetValueOrDefault(organization, new Dropped(0, 0));

    public void Dispose() => _signal.Dispose();

    void Count(Guid organization, int requests = 0, int bodies = 0)
    {
        metrics.LogDropped(requests, bodies);
        if (_dropped.Count < 100_000 || _dropped.ContainsKey(organization))
            _dropped.AddOrUpdate(organization, new Dropped(requests, bodies), (_, was) => new Dropped(was.Requests + requests, was.Bodies + bodies));
    }
}

/// <summary>What had to be left out of a log: whole requests, and bodies of requests that are in it.</summary>
internal sealed record Dropped(long Requests, long Bodies);
