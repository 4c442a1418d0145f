using System.Threading.RateLimiting;
using Scim.Domain.Protocol;

namespace Scim.Api.Hosting;

/// <summary>
/// Lets so many requests run at once and so many wait a moment. Who comes then is sent away at once, which is kinder than
/// a time-out: identity providers ask again after <c>Retry-After</c>.
/// </summary>
internal sealed class Overload(Limits limits) : IDisposable
{
    const int RetryAfter = 5;

    /// <summary>What a body of the greatest size may occupy once it is read: a value of two bytes becomes objects of fifty.</summary>
    const long MemoryOfLargeBody = 32 << 20;

    readonly ConcurrencyLimiter _places = Places(limits.InFlight, limits.Queued);

    // Half of the memory that the process may have.
    readonly ConcurrencyLimiter _largeBodies = Places((int)Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2 / MemoryOfLargeBody, 1, limits.InFlight), limits.Queued);

    /// <summary>A place for this request until it is disposed.</summary>
    /// <exception cref="ScimException">503: no place became free.</exception>
    internal ValueTask<IDisposable> Enter(CancellationToken aborted) => Enter(_places, aborted);

    /// <summary>One more for a request with a large body, of which fewer run at once: as many as memory holds.</summary>
    /// <exception cref="ScimException">503: no place became free.</exception>
    internal ValueTask<IDisposable> EnterLarge(CancellationToken aborted) => Enter(_largeBodies, aborted);

    async ValueTask<IDisposable> Enter(ConcurrencyLimiter places, CancellationToken aborted)
    {
        var at = places.AttemptAcquire();
        if (at.IsAcquired) return at;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        patience.CancelAfter(limits.QueuedMilliseconds);
        try
        {
            var later = await places.AcquireAsync(1, patience.Token);
            return later.IsAcquired ? later : throw Busy();
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            throw Busy();
        }
    }

    static ScimException Busy() => ScimException.Unavailable("The service has more requests than it can answer. Nothing is lost: try again.", RetryAfter);

    static ConcurrencyLimiter Places(int count, int queued) => new(new() { PermitLimit = count, QueueLimit = queued, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    public void Dispose()
    {
        _places.Dispose();
        _largeBodies.Dispose();
    }
}

/// <summary>The place that a request holds. One that goes on for long leaves it, so that those who only watch keep nobody out.</summary>
internal sealed class RequestPlace(IDisposable place)
{
    internal void Leave() => place.Dispose();
}
