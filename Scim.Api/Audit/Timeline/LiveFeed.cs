using System.Threading.Channels;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Timeline;

/// <summary>
/// Hands new events to those who watch. One reader a database asks how far the watched organizations have got, reads what
/// is new of each once, and tells it once, however many watch; nothing is asked while nobody does.
/// </summary>
internal sealed class LiveFeed(Placement placement, Moments moments, TimelineReader timeline, TimeProvider clock, ILogger<LiveFeed> log) : BackgroundService
{
    const int MaxWatchers = 1000;

    const string ProgressSql = "select tenant_id, position from directory.version_progress where tenant_id = any($1)";

    readonly Lock _lock = new();
    readonly Dictionary<Guid, Watched> _watched = [];
    readonly Lookout _lookout = new(placement, clock, log);
    int _watchers;
    long _questions;

    /// <summary>How often the readers have asked their databases something.</summary>
    internal long Questions => Interlocked.Read(ref _questions);

    /// <summary>How many watch on this node.</summary>
    internal int Watchers => Volatile.Read(ref _watchers);

    /// <summary>Begins to watch; whatever comes after the watcher's beginning is handed to it.</summary>
    /// <exception cref="ScimException">503: too many watch here.</exception>
    internal async Task<Watcher> Join(Guid organization, CancellationToken ct)
    {
        var now = (await moments.Progress(organization, ct)).Versions;
        Watcher watcher;
        lock (_lock)
        {
            if (_watchers >= MaxWatchers) throw ScimException.Unavailable("Too many watch on this node. Try again.");
            if (!_watched.TryGetValue(organization, out var watched)) _watched[organization] = watched = new(now);
            watched.Watchers.Add(watcher = new(this, organization, watched.Told));
            _watchers++;
        }
        _lookout.Wake(organization);
        return watcher;
    }

    internal void Leave(Watcher watcher)
    {
        lock (_lock)
        {
            if (!_watched.TryGetValue(watcher.Organization, out var watched) || !watched.Watchers.Remove(watcher)) return;
            _watchers--;
            if (watched.Watchers.Count == 0) _watched.Remove(watcher.Organization);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _lookout.Run(Look, stoppingToken);

    // False when nobody watches anything there.
    async Task<bool> Look(Shard shard, CancellationToken ct)
    {
        Dictionary<Guid, long> told;
        lock (_lock) told = _watched.Where(w => placement.Of(Placement.Tenant(w.Key)).Id == shard.Id).ToDictionary(w => w.Key, w => w.Value.Told);
        if (told.Count == 0) return false;
        var progress = await Deadline.Within(TimeSpan.FromSeconds(5), ct => Progress(shard, [.. told.Keys], ct), ct);
        foreach (var (organization, written) in progress.Where(p => p.Position > told[p.Organization]))
        {
            for (var at = told[organization]; at < written;)
            {
                Interlocked.Increment(ref _questions);
                var (commands, to) = await timeline.Commands(organization, TimelineFilter.All, at, written, ct);
                Hand(organization, at, commands, to);
                at = to;
            }
        }
        return true;
    }

    async Task<IReadOnlyList<(Guid Organization, long Position)>> Progress(Shard shard, Guid[] organizations, CancellationToken ct)
    {
        Interlocked.Increment(ref _questions);
        await using var command = shard.Write.CreateCommand(ProgressSql);
        command.Parameters.Add(new() { Value = organizations.Select(Placement.Tenant).ToArray(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Varchar });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<(Guid, long)>();
        while (await reader.ReadAsync(ct)) found.Add((Guid.Parse(reader.GetString(0)), reader.GetInt64(1)));
        return found;
    }

    // Under the lock of those who join: nobody begins between two commands.
    void Hand(Guid organization, long from, IReadOnlyList<LiveCommand> commands, long to)
    {
        lock (_lock)
        {
            if (!_watched.TryGetValue(organization, out var watched) || watched.Told < from) return; // others watch it now, who began earlier
            foreach (var command in commands.Where(c => c.Position > watched.Told))
                foreach (var watcher in watched.Watchers) watcher.Hand(command);
            watched.Told = Math.Max(watched.Told, to);
        }
    }

    sealed class Watched(long told)
    {
        /// <summary>Up to which position everything was handed over.</summary>
        internal long Told { get; set; } = told;

        internal List<Watcher> Watchers { get; } = [];
    }
}

/// <summary>One who watches an organization. Who takes too slowly what is handed over is ended, and resumes from what it has.</summary>
internal sealed class Watcher(LiveFeed feed, Guid organization, long begin) : IDisposable
{
    // Several readings of the feed; the commands are shared by all who watch.
    const int Capacity = 2000;

    readonly Channel<LiveCommand> _handed = Channel.CreateBounded<LiveCommand>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    internal Guid Organization => organization;

    /// <summary>The position after which everything is handed over.</summary>
    internal long Begin => begin;

    internal ChannelReader<LiveCommand> Commands => _handed.Reader;

    internal void Hand(LiveCommand command)
    {
        if (!_handed.Writer.TryWrite(command)) _handed.Writer.TryComplete();
    }

    public void Dispose() => feed.Leave(this);
}
