using Scim.Domain.Protocol;

namespace Scim.Api.EventStore;

/// <summary>
/// Bounds who waits for a stream with a connection in hand: the stream's lock serves one after the other, and forty
/// writers of one group must not take the connections of everybody else. The rest waits here, as long as for the lock.
/// </summary>
internal sealed class Turns : IDisposable
{
    /// <summary>Writers of one stream that may hold a connection of this node.</summary>
    internal const int PerStream = 4;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Streams share places by their ids: a bound for each of many streams without a list of them.
    readonly SemaphoreSlim[] _places = [.. Enumerable.Range(0, 1024).Select(_ => new SemaphoreSlim(PerStream))];

    /// <exception cref="ScimException">503: no turn within two seconds.</exception>
    internal async ValueTask<IDisposable> Enter(Guid stream)
    {
        var places = _places[(uint)stream.GetHashCode() % (uint)_places.Length];
        if (!await places.WaitAsync(Patience)) throw ScimException.Unavailable("Others are changing the same resource. Nothing is lost: try again.");
        return new Place(places);
    }

    public void Dispose() => Array.ForEach(_places, p => p.Dispose());

    sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
