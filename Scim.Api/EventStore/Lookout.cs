using System.Collections.Concurrent;

namespace Scim.Api.EventStore;

/// <summary>
/// Looks after what somebody watches: one reader a database, four times a second while anybody does, asleep while nobody does. A
/// failure is told and gone on after.
/// </summary>
internal sealed class Lookout(Placement placement, TimeProvider clock, ILogger log)
{
    static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250), AfterFailure = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<string, SemaphoreSlim> _somebody = new(StringComparer.Ordinal);

    /// <summary>Somebody watches this organization from now on.</summary>
    internal void Wake(Guid organization)
    {
        var somebody = Somebody(placement.Of(Placement.Tenant(organization)).Id);
        if (somebody.CurrentCount == 0) somebody.Release();
    }

    /// <summary>Until the end; a look answers false where nobody watches anything of that database.</summary>
    internal Task Run(Func<Shard, CancellationToken, Task<bool>> look, CancellationToken stopping) => Task.WhenAll(placement.Shards.Select(shard => Read(shard, look, stopping)));

    async Task Read(Shard shard, Func<Shard, CancellationToken, Task<bool>> look, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (!await look(shard, ct)) await Somebody(shard.Id).WaitAsync(ct);
                else await Task.Delay(Every, clock, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                log.LogWarning("Reading what is new of {Shard} failed and goes on ({Failure})", shard.Id, string.Join(" < ", StoreFailure.Names(e)));
                await Task.Delay(AfterFailure, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception) when (ct.IsCancellationRequested)
            {
                return;
            }
        }
    }

    SemaphoreSlim Somebody(string shard) => _somebody.GetOrAdd(shard, _ => new SemaphoreSlim(0));
}
