using Npgsql;
using Scim.Api.EventStore;

namespace Scim.Api.Audit.Replay;

/// <summary>Goes on with runs that nobody goes on with, one at a time on each node: those that were just asked for, and those whose node is gone.</summary>
internal sealed class ReplayWorker(Placement placement, ReplayRuns runs, Replayer replayer, TimeProvider clock, ILogger<ReplayWorker> log) : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    // A node of two lives is two holders.
    readonly Guid _node = Guid.CreateVersion7(clock.GetUtcNow());
    readonly SemaphoreSlim _asked = new(0, 1);

    /// <summary>Says that a run was asked for.</summary>
    internal void Wake()
    {
        if (_asked.CurrentCount == 0) _asked.Release();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var shard in placement.Shards)
                    foreach (var run in await ReplayRuns.Free(shard, stoppingToken)) await GoOn(run, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("A replay could not go on and is tried again ({Failure})", string.Join(" < ", StoreFailure.Names(e)));
            }
            await _asked.WaitAsync(Every, stoppingToken);
        }
    }

    async Task GoOn(ReplayRun free, CancellationToken ct)
    {
        if (await placement.FindAsync(free.Organization, ct) is null || await runs.Take(free, _node, ct) is not { } run) return;
        try
        {
            var ended = await replayer.Run(run, _node, parallel: 1, static _ => { }, ct);
            if (ended is { State: ReplayState.Done, IsIdentical: false }) log.LogError("A replay of {Organization} found {Found} differences, of which {Repaired} were repaired", ended.Organization, ended.Found, ended.Repaired);
            if (ended.State == ReplayState.Failed) log.LogError("A replay of {Organization} failed: {Failure}", ended.Organization, ended.Failure);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await GiveBack(run);
            throw;
        }
    }

    async Task GiveBack(ReplayRun run)
    {
        try
        {
            await Deadline.Within(TimeSpan.FromSeconds(1), ct => runs.Release(run, _node, ct), CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            // After ten seconds of silence another takes it.
        }
    }

    public override void Dispose()
    {
        _asked.Dispose();
        base.Dispose();
    }
}
