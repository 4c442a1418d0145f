using System.Collections.Concurrent;
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
    long _drops;

    /// <summary>The organization, or null when there is none of that id.</summary>
    internal async ValueTask<Organization?> Find(Guid id, CancellationToken ct)
    {
        var started = clock.GetTimestamp(); // a second from before the read, not after it
        if (_known.TryGetValue(id, out var known) && clock.GetElapsedTime(known.Read, started) is var age && age < GoodFor)
        {
            metrics.Age(age);
            return known.Organization;
        }
        return await Renew(id, started, ct);
    }

    /// <summary>The same as it is now: somebody on another node may have changed what the copy does not know yet.</summary>
    internal ValueTask<Organization?> Renew(Guid id, CancellationToken ct) => Renew(id, clock.GetTimestamp(), ct);

    async ValueTask<Organization?> Renew(Guid id, long started, CancellationToken ct)
    {
        var drops = Interlocked.Read(ref _drops);
        if (await placement.FindAsync(id, ct) is null) return null;
        if (await history.Load<Organization>(id, id, ct) is not { } organization) return null;
        // What was read while this node changed something may be older than the change.
        if (drops == Interlocked.Read(ref _drops)) _known[id] = new Known(organization, started);
        return organization;
    }

    /// <summary>Forgets what this node has just changed.</summary>
    internal void Drop(Guid id)
    {
        Interlocked.Increment(ref _drops);
        _known.TryRemove(id, out _);
    }

    sealed record Known(Organization Organization, long Read);
}
