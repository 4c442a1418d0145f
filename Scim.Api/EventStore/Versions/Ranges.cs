namespace Scim.Api.EventStore.Versions;

/// <summary>
/// Things that come and go while a batch is folded, as ranges of positions: those that began before it end by their key,
/// those that begin in it are rows of their own.
/// </summary>
internal sealed class Ranges<TKey, TValue> where TKey : notnull
{
    readonly Dictionary<TKey, (TValue Value, long From)> _open = [];
    readonly List<(TKey Key, TValue Value, long From, long To)> _closed = [];
    readonly List<(TKey Key, long To)> _ended = [];

    internal IReadOnlyList<(TKey Key, long To)> Ended => _ended;

    internal IReadOnlyList<(TKey Key, TValue Value, long From, long To)> Begun() => [.. _closed, .. _open.Select(o => (o.Key, o.Value.Value, o.Value.From, VersionBatch.Open))];

    internal void Begin(TKey key, TValue value, long position) => _open.TryAdd(key, (value, position));

    internal void End(TKey key, long position)
    {
        if (!_open.Remove(key, out var began)) _ended.Add((key, position));
        else if (began.From < position) _closed.Add((key, began.Value, began.From, position)); // else it came and went in one command
    }

    /// <summary>Ends whatever of those began in the batch.</summary>
    internal void EndAll(Func<TKey, bool> which, long position)
    {
        foreach (var key in _open.Keys.Where(which).ToArray()) End(key, position);
    }
}
