using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Scim.Api.EventStore;
using Scim.Api.Hosting;
using Scim.Domain.Organizations;

namespace Scim.Api.Access;

/// <summary>
/// Organizations as they were at most one second ago, so that a switch or a revocation bites within a second on every
/// node, and at once on the node that made it. What cannot be renewed is not used.
/// </summary>
internal sealed class OrganizationCache(History history, Placement placement, ScimMetrics metrics, TimeProvider clock)
{
    static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<Guid, Known> _known = new();
    readonly Lock _beginning = new();

    /// <summary>The organization, or null when there is none of that id.</summary>
    internal Task<Organization?> Find(Guid id, CancellationToken ct)
    {
        if (IsFresh(id, out var known)) return known.Reading.WaitAsync(ct);
        lock (_beginning) // those who come together share one reading
            return (IsFresh(id, out known) ? known : Begin(id)).Reading.WaitAsync(ct);
    }

    /// <summary>The same as it is now: somebody on another node may have changed what the copy does not know yet.</summary>
    internal Task<Organization?> Renew(Guid id, CancellationToken ct) => Begin(id).Reading.WaitAsync(ct);

    /// <summary>Forgets what this node has just changed, also what is being read at this moment, which may be older than the change.</summary>
    internal void Drop(Guid id) => _known.TryRemove(id, out _);

    // A second from before the read, not after it.
    bool IsFresh(Guid id, [NotNullWhen(true)] out Known? known)
    {
        if (!_known.TryGetValue(id, out known) || clock.GetElapsedTime(known.Begun) is var age && age >= GoodFor) return false;
        metrics.Age(age);
        return true;
    }

    Known Begin(Guid id)
    {
        // Known before it is read, so that whoever drops it meanwhile drops what would be too old.
        var known = new Known(clock.GetTimestamp(), new Lazy<Task<Organization?>>(() => ReadAsync(id)));
        _known[id] = known;
        // What is unknown or could not be read is not kept.
        _ = known.Reading.ContinueWith(
            reading =>
            {
                if (!reading.IsCompletedSuccessfully || reading.Result is null) _known.TryRemove(KeyValuePair.Create(id, known));
                _ = reading.Exception; // nobody may be left to see it
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return known;
    }

    // Nobody's patience ends it: others may wait for it too.
    async Task<Organization?> ReadAsync(Guid id) =>
        await placement.FindAsync(id, CancellationToken.None) is null ? null : await history.Load<Organization>(id, id, CancellationToken.None);

    sealed record Known(long Begun, Lazy<Task<Organization?>> Read)
    {
        internal Task<Organization?> Reading => Read.Value;
    }
}
