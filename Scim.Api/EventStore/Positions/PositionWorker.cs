using System.Collections.Concurrent;
using Npgsql;
using Scim.Api.EventStore.Versions;
using Scim.Api.Hosting;

namespace Scim.Api.EventStore.Positions;

/// <summary>
/// On one node of all, for each database: numbers what was committed, woken by this node's commits and at least every
/// 250 ms, and writes the versions behind it.
/// </summary>
internal sealed class PositionWorker(Placement placement, VersionWriter versions, CommitSignal commits, ScimMetrics metrics, TimeProvider clock, ILogger<PositionWorker> log) : BackgroundService
{
    internal const string LeaseName = "positions";

    static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250), Renewal = TimeSpan.FromSeconds(1), Pause = TimeSpan.FromMilliseconds(20), Aside = TimeSpan.FromSeconds(5);

    // A node of two lives is two holders.
    readonly Guid _node = Guid.CreateVersion7(clock.GetUtcNow());

    readonly ConcurrentDictionary<string, bool> _holds = new();

    /// <summary>Whether this node does it for a database.</summary>
    internal bool Holds(Shard shard) => _holds.ContainsKey(shard.Id);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(placement.Shards.Select(shard => Work(shard, stoppingToken)));

    async Task Work(Shard shard, CancellationToken ct)
    {
        var lease = new Lease(LeaseName, _node);
        try
        {
            while (true)
            {
                try
                {
                    await Waiting(shard, lease, ct);
                    await Holding(shard, lease, ct);
                }
                catch (PostgresException e) when (e.SqlState == Lease.Lost)
                {
                    log.LogWarning("Another node numbers {Shard} now", shard.Id);
                }
                catch (Exception e) when (!ct.IsCancellationRequested)
                {
                    log.LogWarning("The numbering of {Shard} failed and goes on ({Failure})", shard.Id, string.Join(" < ", StoreFailure.Names(e)));
                }
                _holds.TryRemove(shard.Id, out _);
                await Task.Delay(Renewal, clock, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await GiveBack(shard, lease);
        }
    }

    async Task Waiting(Shard shard, Lease lease, CancellationToken ct)
    {
        while (!await lease.TryTake(shard.Write, ct)) await Task.Delay(Renewal, clock, ct);
        _holds[shard.Id] = true;
    }

    async Task Holding(Shard shard, Lease lease, CancellationToken ct)
    {
        var behind = new HashSet<string>(await VersionWriter.BehindAsync(shard.Write, ct), StringComparer.Ordinal);
        var aside = new Dictionary<string, long>(StringComparer.Ordinal);
        for (long held = clock.GetTimestamp(), written = 0; ;)
        {
            var woken = behind.Count > aside.Count && clock.GetElapsedTime(written) >= Every || await commits.Wait(shard.Id, Every, ct);
            if (await IsDue(shard, woken, behind.Count, ct))
            {
                behind.UnionWith(await Numbering.Run(shard.Write, lease, ct));
                held = clock.GetTimestamp();
            }
            // Versions may be a quarter of a second behind, unless somebody waits: many commits cost then what one does.
            if (behind.Count > 0 && (commits.IsHurried(shard.Id) || clock.GetElapsedTime(written) >= Every))
            {
                foreach (var tenant in behind.Where(t => !aside.TryGetValue(t, out var since) || clock.GetElapsedTime(since) > Aside).ToArray())
                    if (!await Written(shard, lease, tenant, aside, ct)) behind.Remove(tenant);
                held = clock.GetTimestamp();
                if (behind.Count == aside.Count) written = held;
            }
            if (clock.GetElapsedTime(held) > Renewal)
            {
                if (!await lease.TryTake(shard.Write, ct)) return;
                held = clock.GetTimestamp();
            }
            if (behind.Count == aside.Count) await Task.Delay(Pause, clock, ct); // what is committed meanwhile is numbered together
        }
    }

    // Whether there may be more. What one organization's history holds that cannot be folded stops nobody else's.
    async Task<bool> Written(Shard shard, Lease lease, string tenant, Dictionary<string, long> aside, CancellationToken ct)
    {
        try
        {
            var more = await versions.Write(shard.Write, lease, tenant, ct);
            aside.Remove(tenant);
            return more;
        }
        catch (Exception e) when (IsTheHistorys(e))
        {
            log.LogError("The versions of {Organization} are not written on ({Failure}); the others' are", tenant, string.Join(" < ", StoreFailure.Names(e)));
            aside[tenant] = clock.GetTimestamp();
            return true;
        }
    }

    // Not the lease's, nor the database's.
    static bool IsTheHistorys(Exception e) => e is PostgresException { SqlState: var state }
        ? state != Lease.Lost && (StoreFailure.Of(e) is FailureKind.Bug or FailureKind.LostRace || state is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable)
        : StoreFailure.Of(e) is FailureKind.None;

    // Who was woken knows; else it is looked for, and how long it has waited.
    async Task<bool> IsDue(Shard shard, bool woken, int behind, CancellationToken ct)
    {
        if (woken) return true;
        var due = await OldestDue(shard, ct);
        metrics.Lag(shard.Id, due is { } at ? clock.GetUtcNow() - at : TimeSpan.Zero, behind);
        return due is not null;
    }

    static async Task<DateTime?> OldestDue(Shard shard, CancellationToken ct)
    {
        await using var command = shard.Write.CreateCommand(Numbering.OldestDue);
        return await command.ExecuteScalarAsync(ct) as DateTime?;
    }

    async Task GiveBack(Shard shard, Lease lease)
    {
        try
        {
            if (_holds.TryRemove(shard.Id, out _)) await Deadline.Within(TimeSpan.FromSeconds(1), ct => Released(shard, lease, ct), CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            // It lapses.
        }
    }

    static async Task<bool> Released(Shard shard, Lease lease, CancellationToken ct)
    {
        await lease.Release(shard.Write, ct);
        return true;
    }
}
