using System.Collections.Concurrent;

namespace Scim.Api.EventStore.Positions;

/// <summary>Says within this process that something was committed, so that nobody waits for the next look.</summary>
internal sealed class CommitSignal
{
    readonly ConcurrentDictionary<string, SemaphoreSlim> _raised = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, bool> _hurried = new(StringComparer.Ordinal);

    internal void Raise(string shard)
    {
        var raised = Of(shard);
        if (raised.CurrentCount > 0) return;
        try
        {
            raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another commit said so at the same moment.
        }
    }

    /// <summary>Somebody waits for what is committed to be written on.</summary>
    internal void Hurry(string shard)
    {
        _hurried[shard] = true;
        Raise(shard);
    }

    /// <summary>Whether somebody waits; asked once.</summary>
    internal bool IsHurried(string shard) => _hurried.TryRemove(shard, out _);

    /// <summary>Waits until something is committed, at most so long; false when it was that long.</summary>
    internal Task<bool> Wait(string shard, TimeSpan most, CancellationToken ct) => Of(shard).WaitAsync(most, ct);

    SemaphoreSlim Of(string shard) => _raised.GetOrAdd(shard, _ => new SemaphoreSlim(0, 1));
}
