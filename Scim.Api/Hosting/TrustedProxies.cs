using Microsoft.AspNetCore.HttpOverrides;

namespace Scim.Api.Hosting;

/// <summary>
/// Whose word counts for the address, scheme and host of a request: the networks of <c>Access:TrustedProxies</c>, none
/// at first, because an address stands in events for ever.
/// </summary>
internal static class TrustedProxies
{
    internal static void Configure(IServiceCollection services, IConfiguration configuration) => services.Configure<ForwardedHeadersOptions>(o =>
    {
        o.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
        o.ForwardLimit = null; // back to the first address that nobody vouches for
        o.KnownProxies.Clear();
        o.KnownIPNetworks.Clear();
        foreach (var network in configuration.GetSection("Access:TrustedProxies").Get<string[]>() ?? [])
            o.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network.Contains('/', StringComparison.Ordinal) ? network : network + (network.Contains(':', StringComparison.Ordinal) ? "/128" : "/32")));
    });

    internal static void Use(WebApplication app)
    {
        if (app.Configuration.GetSection("Access:TrustedProxies").GetChildren().Any()) app.UseForwardedHeaders(); // without networks it would trust everybody
    }
}
