namespace Scim.Api.Hosting;

/// <summary>
/// The order of an ending: first <c>/health/ready</c> says so, and for a moment everything is still answered, so that load
/// balancers send nobody into a closed door. Then the server takes no more and finishes what is in flight.
/// </summary>
internal sealed class Leaving(Limits limits) : IHostedLifecycleService
{
    volatile bool _hasBegun;

    internal bool HasBegun => _hasBegun;

    internal static void Configure(HostOptions o, Limits limits) => o.ShutdownTimeout = TimeSpan.FromSeconds(limits.LeavingSeconds + limits.FinishSeconds);

    /// <summary>Sends clients elsewhere with their next request, so that none is under way on a connection that closes.</summary>
    internal Task SayGoodbye(HttpContext http, RequestDelegate next)
    {
        if (_hasBegun && HttpProtocol.IsHttp11(http.Request.Protocol)) http.Response.Headers.Connection = "close";
        return next(http);
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _hasBegun = true;
        await Task.Delay(TimeSpan.FromSeconds(limits.LeavingSeconds), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
