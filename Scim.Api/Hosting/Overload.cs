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

    readonly ConcurrencyLimiter _places = new(new() { PermitLimit = limits.InFlight, QueueLimit = limits.Queued, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    /// <summary>A place for this request until it is disposed.</summary>
    /// <exception cref="ScimException">503: no place became free.</exception>
    internal async ValueTask<IDisposable> Enter(CancellationToken aborted)
    {
        var at = _places.AttemptAcquire();
        if (at.IsAcquired) return at;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        patience.CancelAfter(limits.QueuedMilliseconds);
        try
        {
            var later = await _places.AcquireAsync(1, patience.Token);
            return later.IsAcquired ? later : throw Busy();
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            throw Busy();
        }
    }

    static ScimException Busy() => ScimException.Unavailable("The service has more requests than it can answer. Nothing is lost: try again.", RetryAfter);

    public void Dispose() => _places.Dispose();
}
