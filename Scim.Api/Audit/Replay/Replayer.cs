using Npgsql;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Sealing;

namespace Scim.Api.Audit.Replay;

/// <summary>
/// Walks over the streams of an organization by their ids, some hundred at a time, and stores after each part how far it is.
/// Memory is that of a slice, however large the organization is.
/// </summary>
internal sealed class Replayer(Placement placement, SealedEvents events, ReplayRuns runs, TimeProvider clock)
{
    const int Attempts = 6, Rounds = 4;

    static readonly TimeSpan Beat = TimeSpan.FromSeconds(2), Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>How many streams a part of the walk has.</summary>
    internal int Streams { get; init; } = 500;

    /// <summary>Goes on with a run that was taken, to its end or until it is another's.</summary>
    /// <param name="parallel">How many parts are walked at once; they are stored in their order.</param>
    /// <param name="told">Called after each checkpoint.</param>
    internal async Task<ReplayRun> Run(ReplayRun run, Guid holder, int parallel, Action<ReplayRun> told, CancellationToken ct)
    {
        var tenant = Placement.Tenant(run.Organization);
        var source = placement.Of(tenant).Write;
        var slice = new Slice(source, events, tenant, run.To);
        var (before, started) = (run.Worked, clock.GetTimestamp());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var walks = new Queue<Task<Walked>>();
        try
        {
            Guid? next = run.Next;
            while (next is not null || walks.Count > 0)
            {
                while (next is { } from && walks.Count < parallel)
                {
                    var upTo = await Attempt(ct => End(source, tenant, from, ct), stop.Token);
                    walks.Enqueue(Walk(slice, run, holder, from, upTo, stop.Token));
                    next = RowKey.After(upTo);
                }
                var walked = await walks.Dequeue();
                var isLast = next is null && walks.Count == 0;
                run = run with
                {
                    Next = RowKey.After(walked.UpTo) ?? walked.UpTo,
                    Streams = run.Streams + walked.Streams,
                    Events = run.Events + walked.Events,
                    Found = run.Found + walked.Found.Count,
                    Repaired = run.Repaired + walked.Found.Count(f => f.Repaired),
                    Worked = before + clock.GetElapsedTime(started),
                    State = isLast ? ReplayState.Done : ReplayState.Running,
                };
                if (!await Attempt(ct => runs.Checkpoint(run, holder, walked.Found, ct), stop.Token)) return await Other(run, ct);
                told(run);
            }
            return await Other(run, ct);
        }
        catch (StoppedException)
        {
            return await Other(run, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            run = run with { State = ReplayState.Failed, Failure = string.Join(" < ", StoreFailure.Names(e)), Worked = before + clock.GetElapsedTime(started) };
            await runs.Checkpoint(run, holder, [], ct);
            return run;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(walks).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    sealed record Walked(IReadOnlyList<ReplayDifference> Found, long Streams, long Events, Guid UpTo);

    /// <summary>The run was cancelled, or another goes on with it.</summary>
    sealed class StoppedException : Exception;

    async Task<Walked> Walk(Slice slice, ReplayRun run, Guid holder, Guid from, Guid upTo, CancellationToken ct)
    {
        var (found, streams, events, beaten) = (new List<ReplayDifference>(), 0L, 0L, clock.GetTimestamp());
        for (Guid? at = from; at is { } start && start.CompareTo(upTo) <= 0;)
        {
            var result = await Attempt(ct => slice.Run(start, upTo, ct), ct);
            var repaired = new Dictionary<Guid, bool>();
            if (run.Repair)
                foreach (var id in result.Found.Where(f => f.IsRepairable).Select(f => f.Id).Distinct())
                {
                    repaired[id] = await Repair(slice, id, ct);
                    await StillOurs();
                }
            found.AddRange(result.Found.Select(f => f with { Repaired = f.IsRepairable && repaired.GetValueOrDefault(f.Id) }));
            (streams, events, at) = (streams + result.Streams, events + result.Events, RowKey.After(result.Reached));
            await StillOurs();
        }
        return new(found, streams, events, upTo);

        async Task StillOurs()
        {
            if (clock.GetElapsedTime(beaten) < Beat) return;
            if (!await Attempt(ct => runs.Beat(run, holder, ct), ct)) throw new StoppedException();
            beaten = clock.GetTimestamp();
        }
    }

    // Whoever writes versions may have read what was wrong just before it was put right, and goes on from there.
    async Task<bool> Repair(Slice slice, Guid id, CancellationToken ct)
    {
        for (var round = 0; round < Rounds; round++)
        {
            if (!await slice.Repair(id, ct)) return false;
            if (!(await Attempt(ct => slice.Run(id, id, ct), ct)).Found.Any(f => f.IsRepairable)) return true;
        }
        return false;
    }

    // The last id of the next part; after the last stream, every id there can be.
    async Task<Guid> End(NpgsqlDataSource source, string tenant, Guid from, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select id from history.mt_streams where tenant_id = $1 and id >= $2 order by id offset $3 limit 1");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = Streams - 1 });
        return await command.ExecuteScalarAsync(ct) as Guid? ?? Guid.AllBitsSet;
    }

    async Task<T> Attempt<T>(Func<CancellationToken, Task<T>> work, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work(ct);
            }
            catch (Exception e) when (attempt < Attempts && !ct.IsCancellationRequested && StoreFailure.Of(e) is FailureKind.LostRace or FailureKind.Unavailable or FailureKind.Unknown)
            {
                await Task.Delay(Pause * Math.Pow(2, attempt), clock, ct);
            }
        }
    }

    async Task<ReplayRun> Other(ReplayRun run, CancellationToken ct) => await runs.Find(run.Organization, run.Id, ct) ?? run;
}
