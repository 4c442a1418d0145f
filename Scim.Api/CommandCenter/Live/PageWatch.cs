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
internal sealed class PageWatch(Placement placement, FrameFactsReader facts, TimeProvider clock, ILogger<PageWatch> log) : BackgroundService
{
    static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    const string Sql = $"select o.tenant_id, {FrameFactsReader.StampSql} from unnest($1) o(tenant_id)";

    readonly Lock _lock = new();
    readonly Dictionary<Guid, Watched> _watched = [];
    readonly Lookout _lookout = new(placement, clock, log);
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
        _lookout.Wake(organization);
    }

    void Leave(Guid organization, Channel<string> told)
    {
        lock (_lock)
            if (_watched.TryGetValue(organization, out var watched) && watched.Told.Remove(told) && watched.Told.Count == 0) _watched.Remove(organization);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _lookout.Run(Look, stoppingToken);

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
            facts.Forget(organization); // whoever is told now reads anew
            foreach (var told in watched.Told) told.Writer.TryWrite(stamp);
        }
    }

    sealed class Watched
    {
        internal string? Stamp { get; set; }

        internal List<Channel<string>> Told { get; } = [];
    }
}
