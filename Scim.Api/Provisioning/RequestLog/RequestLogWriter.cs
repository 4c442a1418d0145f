using Npgsql;
using Scim.Api.EventStore;
using Scim.Domain.Protocol;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>
/// Writes what is queued in batches, a few hundredths of a second after it came. While the store is away it keeps trying
/// and the queue gives up what it must; at the service's end it writes what is left.
/// </summary>
internal sealed class RequestLogWriter(LogQueue queue, StrangerCounts strangers, LogWrites writes, LogKeys keys, Placement placement, TimeProvider clock, ILogger<RequestLogWriter> log) : IHostedService, IDisposable
{
    const int Batch = 500;
    static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50), Patience = TimeSpan.FromSeconds(10);

    readonly CancellationTokenSource _ending = new(), _ended = new();
    Task _running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    // Called once the server has answered its last request.
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Complete();
        await _ending.CancelAsync();
        await using var _ = cancellationToken.Register(_ended.Cancel);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    async Task RunAsync()
    {
        var batch = new List<LogEntry>();
        while (true)
        {
            if (queue.Reader.Count == 0) await ((Task)queue.Something(_ending.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (queue.Reader.Count < Batch) await Task.Delay(Gather, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (batch.Count < Batch && queue.Reader.TryRead(out var entry)) batch.Add(entry);
            var queued = batch.Count;
            batch.AddRange(strangers.Take());
            if (batch.Count > 0) await WriteAsync(batch);
            foreach (var entry in batch.Take(queued)) queue.Taken(entry);
            batch.Clear();
            if (_ending.IsCancellationRequested && queue.Reader.Count == 0 && batch.Count == 0) return;
        }
    }

    async Task WriteAsync(List<LogEntry> entries)
    {
        var wait = TimeSpan.FromMilliseconds(100);
        while (true)
        {
            try
            {
                foreach (var (shard, rows) in await ByShard(entries)) await WriteAsync(shard, rows);
                return;
            }
            catch (Exception e) when (!_ended.IsCancellationRequested && StoreFailure.Of(e) is not FailureKind.Bug and not FailureKind.None)
            {
                log.LogWarning("The provisioning log waits for the store ({Failure}); {Count} requests are not written yet", e.GetType().Name, queue.Pending);
                await Task.Delay(wait, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (wait < TimeSpan.FromSeconds(2)) wait *= 2;
            }
            catch (Exception e)
            {
                log.LogError("The provisioning log lost {Count} requests: {Failure}\n{Stack}", entries.Count, string.Join(" < ", StoreFailure.Names(e)), e.StackTrace);
                foreach (var entry in entries) queue.Lost(entry);
                return;
            }
        }
    }

    async Task<IEnumerable<(Shard Shard, List<LogRow> Rows)>> ByShard(List<LogEntry> entries)
    {
        var rows = new Dictionary<Shard, List<LogRow>>();
        foreach (var entry in entries)
        {
            if (await Find(entry.Organization) is not { } shard) continue; // nobody's log
            if (!rows.TryGetValue(shard, out var ofShard)) rows[shard] = ofShard = [];
            try
            {
                ofShard.Add(LogRow.Of(entry, keys.Master));
            }
            catch (Exception e) // whatever was sent, the other rows are written
            {
                Lose(entry, e);
            }
        }
        return rows.Select(r => (r.Key, r.Value));
    }

    async Task<Shard?> Find(Guid organization)
    {
        try
        {
            return await placement.FindAsync(organization, _ended.Token);
        }
        catch (ScimException) // a restore of it has not finished
        {
            return null;
        }
    }

    async Task WriteAsync(Shard shard, List<LogRow> rows)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        patience.CancelAfter(Patience);
        await using var connection = await shard.Write.OpenConnectionAsync(patience.Token);
        try
        {
            await writes.Write(connection, rows, patience.Token);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CheckViolation)
        {
            await LogWrites.MakeMonths(connection, clock.GetUtcNow(), patience.Token); // a month that nobody made ahead
            await writes.Write(connection, rows, patience.Token);
        }
        catch (Exception e) when (rows.Count > 1 && StoreFailure.Of(e) is FailureKind.Bug or FailureKind.None)
        {
            foreach (var row in rows) await WriteAlone(connection, row, patience.Token);
        }
    }

    async Task WriteAlone(NpgsqlConnection connection, LogRow row, CancellationToken ct)
    {
        try
        {
            await writes.Write(connection, [row], ct);
        }
        catch (Exception e) when (StoreFailure.Of(e) is FailureKind.Bug or FailureKind.None)
        {
            Lose(row.Entry, e);
        }
    }

    void Lose(LogEntry entry, Exception e)
    {
        log.LogError("The provisioning log cannot hold request {RequestId}: {Failure}\n{Stack}", entry.Id, string.Join(" < ", StoreFailure.Names(e)), e.StackTrace);
        queue.Lost(entry);
    }

    public void Dispose()
    {
        _ending.Dispose();
        _ended.Dispose();
    }
}
