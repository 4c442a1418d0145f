using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Scim.Tests.Faults;

namespace Scim.Tests.Hosting;

/// <summary>What leaves the service for a collector, read as it arrives there.</summary>
[Collection(OnSteadyCluster.Name)]
public sealed class ExportTests(OwnCluster cluster)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_collector_gets_spans_and_metrics_and_nothing_of_a_person()
    {
        const string canary = "canary-51c0";
        var received = new ConcurrentBag<(string Path, string Text)>();
        await using var collector = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]).Build();
        collector.MapPost("/{**path}", async (HttpContext http) =>
        {
            using var body = new StreamReader(http.Request.Body, Encoding.Latin1); // protobuf holds its strings in clear
            received.Add((http.Request.Path, await body.ReadToEndAsync(Ct)));
        });
        await collector.StartAsync(Ct);

        var settings = (await cluster.NewDatabase()).Settings();
        settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.First();
        settings["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        string token, organization;
        await using (var service = await OwnDatabase.Start(settings))
        {
            using var org = await service.NewOrganization();
            (token, organization) = (org.Token, org.Id.ToString());
            var user = await org.NewUser($"{canary}@example.com", $",\"displayName\":\"{canary}\",\"externalId\":\"{canary}\"");
            await org.Get($"Users?filter=userName+eq+%22{canary}@example.com%22");
            await org.Get($"Users/{canary}");
            await org.Patch($"Users/{user.Id}", $$"""[{"op":"replace","path":"title","value":"{{canary}}"}]""");
            await org.Post("Users", $$"""{"userName":"{{canary}}@example.com"}""");
        }

        Assert.Contains(received, r => r.Path == "/v1/traces" && r.Text.Contains("/scim/v2/{organization}/Users", StringComparison.Ordinal));
        Assert.Contains(received, r => r.Path == "/v1/traces" && r.Text.Contains("postgresql", StringComparison.Ordinal));
        Assert.Contains(received, r => r.Path == "/v1/metrics" && r.Text.Contains("user_provisioned", StringComparison.Ordinal));
        Assert.DoesNotContain(received, r => r.Text.Contains(canary, StringComparison.OrdinalIgnoreCase) || r.Text.Contains(token, StringComparison.Ordinal));
        // A request's line names its organization; spans and metrics do not.
        Assert.DoesNotContain(received, r => r.Path != "/v1/logs" && r.Text.Contains(organization, StringComparison.Ordinal));
    }
}
