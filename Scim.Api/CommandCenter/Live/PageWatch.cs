using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using NpgsqlTypes;
using Scim.Api.CommandCenter.Components;
using Scim.Api.EventStore;

namespace Scim.Api.CommandCenter.Live;

/// <summary>
/// Tells open pages that something changed, not what: they ask for themselves again. One reader a database looks after all
/// organizations that anybody watches on this node; nothing is asked while nobody does.
/// </summary>
internal sealed class PageWatch(Placement placement, TimeProvider clock, ILogger<PageWatch> log) : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250), AfterFailure = TimeSpan.FromSeconds(1), Silence = TimeSpan.FromSeconds(15);

    const string Sql = $"select o.tenant_id, {FrameFactsReader.StampSql} from unnest($1) o(tenant_id)";

    readonly Lock _lock = new();
    readonly Dictionary<Guid, Watched> _watched = [];
    readonly ConcurrentDictionary<string, SemaphoreSlim> _somebody = new(StringComparer.Ordinal);
    long _questions;

    /// <summary>How often the readers have asked their databases.</summary>
    internal long Questions => Interlocked.Read(ref _questions);

    /// <summary>A message whenever the organization's stamp is another than the watcher knows; its id is the stamp.</summary>
    internal async IAsyncEnumerable<SseItem<string>> Of(Guid organization, string? known, [EnumeratorCancellation] CancellationToken ct)
    {
        var told = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        Join(organization, told);
        try
        {
            yield return new("", "beat"); // the connection stands
            while (!ct.IsCancellationRequested)
            {
                if (await Next(told.Reader, ct) is not { } stamp) yield return new("", "beat");
                else if (stamp != known) yield return new("changed") { EventId = known = stamp };
            }
        }
        finally
        {
            Leave(organization, told);
        }
    }

    // Null when it was silent for long.
    async Task<string?> Next(ChannelReader<string> told, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(Silence, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            return await told.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }

    void Join(Guid organization, Channel<string> told)
    {
        lock (_lock)
        {
            if (!_watched.TryGetValue(organization, out var watched)) _watched[organization] = watched = new();
            watched.Told.Add(told);
            if (watched.Stamp is { } stamp) told.Writer.TryWrite(stamp);
        }
        var somebody = Somebody(placement.Of(Placement.Tenant(organization)).Id);
        if (somebody.CurrentCount == 0) somebody.Release();
    }

    void Leave(Guid organization, Channel<string> told)
    {
        lock (_lock)
            if (_watched.TryGetValue(organization, out var watched) && watched.Told.Remove(told) && watched.Told.Count == 0) _watched.Remove(organization);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(placement.Shards.Select(shard => Read(shard, stoppingToken)));

    async Task Read(Shard shard, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (!await Look(shard, ct)) await Somebody(shard.Id).WaitAsync(ct);
                else await Task.Delay(Every, clock, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                log.LogWarning("Looking for changes in {Shard} failed and goes on ({Failure})", shard.Id, string.Join(" < ", StoreFailure.Names(e)));
                await Task.Delay(AfterFailure, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception) when (ct.IsCancellationRequested)
            {
                return;
            }
        }
    }

    // False when nobody watches anything there.
    async Task<bool> Look(Shard shard, CancellationToken ct)
    {
        string[] tenants;
        lock (_lock) tenants = [.. _watched.Keys.Select(Placement.Tenant).Where(t => placement.Of(t).Id == shard.Id)];
        if (tenants.Length == 0) return false;
        Interlocked.Increment(ref _questions);
        await Deadline.Within(TimeSpan.FromSeconds(5), async ct =>
        {
            await using var command = shard.Read.CreateCommand(Sql);
            command.Parameters.Add(new() { Value = tenants, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct)) Tell(Guid.Parse(reader.GetString(0)), reader.GetString(1));
            return true;
        }, ct);
        return true;
    }

    void Tell(Guid organization, string stamp)
    {
        lock (_lock)
        {
            if (!_watched.TryGetValue(organization, out var watched) || watched.Stamp == stamp) return;
            watched.Stamp = stamp;
            foreach (var told in watched.Told) told.Writer.TryWrite(stamp);
        }
    }

    SemaphoreSlim Somebody(string shard) => _somebody.GetOrAdd(shard, _ => new SemaphoreSlim(0));

    sealed class Watched
    {
        internal string? Stamp { get; set; }

        internal List<Channel<string>> Told { get; } = [];
    }
}
