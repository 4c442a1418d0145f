using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Scim.Api.Hosting;

namespace Scim.Api.Demo;

/// <summary>The whole service once more on the same database, for this machine alone, with the clock of a story.</summary>
internal sealed class DemoHost : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly Foundation _foundation;

    DemoHost(WebApplication app, Foundation foundation) => (_app, _foundation) = (app, foundation);

    internal IServiceProvider Services => _app.Services;

    /// <summary>Where it listens.</summary>
    internal Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <param name="origin">Under which the service itself is reached: it stands in answers that are kept.</param>
    internal static async Task<DemoHost> StartAsync(Foundation beside, TimeProvider clock, string origin, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        // Nothing of the service's settings: neither its ports nor where it reports to.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Scim:PublicOrigin"] = origin,
            ["Limits:TokenRate"] = "100000",
            ["Limits:TokenBurst"] = "100000",
            ["Limits:LeavingSeconds"] = "0",
            ["Logging:LogLevel:Default"] = "Error",
        });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var foundation = beside.Beside(clock);
        try
        {
            var app = ScimService.Compose(builder, foundation, clock);
            await app.StartAsync(ct);
            return new DemoHost(app, foundation);
        }
        catch
        {
            await foundation.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await _foundation.DisposeAsync();
    }
}
