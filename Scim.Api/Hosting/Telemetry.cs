using System.Globalization;
using System.Net;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Scim.Api.Hosting;

/// <summary>
/// What is told to those who watch: metrics and traces of the server, the database and the runtime, and the service's own.
/// To a collector when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names one; to Prometheus at <c>/metrics</c>.
/// </summary>
internal static class Telemetry
{
    internal static void Configure(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ScimMetrics>();
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("scim", serviceVersion: BuildVersion.Text))
            .WithMetrics(m => m.AddAspNetCoreInstrumentation().AddRuntimeInstrumentation().AddMeter("Npgsql", "Marten", ScimMetrics.Name).AddPrometheusExporter());
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) return; // spans that nobody gets are not made
        telemetry.UseOtlpExporter().WithTracing(t => t.AddAspNetCoreInstrumentation(o =>
            {
                o.Filter = http => !http.Request.Path.StartsWithSegments("/health") && !http.Request.Path.StartsWithSegments("/metrics");
                // A path may hold what somebody took for an id, a query holds people: spans tell the route.
                o.EnrichWithHttpRequest = (span, _) => span.SetTag("url.path", null).SetTag("url.query", null).SetTag("user_agent.original", null);
                o.EnrichWithHttpResponse = (span, response) => span.SetTag("url.path", (response.HttpContext.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText);
            }).AddNpgsql().AddSource("Marten"));
    }

    /// <summary>The port of <c>Metrics:Port</c>, where only metrics are served; null: on the service's own, for this machine alone.</summary>
    internal static int? Port(IConfiguration configuration) => configuration.GetValue<int?>("Metrics:Port");

    internal static void Use(WebApplication app)
    {
        var port = Port(app.Configuration);
        if (port is not null)
            foreach (var url in Configured(app.Configuration).Append(string.Create(CultureInfo.InvariantCulture, $"http://*:{port}"))) app.Urls.Add(url);
        app.UseOpenTelemetryPrometheusScrapingEndpoint(http => http.Request.Path == "/metrics" && (port is null ? IsLocal(http) : http.Connection.LocalPort == port));
        if (port is not null)
            app.Use((http, next) =>
            {
                if (http.Connection.LocalPort != port) return next(http);
                http.Response.StatusCode = 404;
                return Task.CompletedTask;
            });
    }

    // One address more takes the place of all that the server would have listened to by configuration.
    static IEnumerable<string> Configured(IConfiguration configuration) =>
        configuration["urls"]?.Split(';') ?? configuration["HTTP_PORTS"]?.Split(';').Select(p => $"http://*:{p}") ?? ["http://localhost:5000"];

    // What came through a proxy on this machine is not from this machine.
    static bool IsLocal(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !http.Request.Headers.ContainsKey("X-Forwarded-For") && !http.Request.Headers.ContainsKey("Forwarded");
}
