using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Scim.Tests.Hosting;

/// <summary>What those who watch see, and what they must never see.</summary>
public sealed class TelemetryTests(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_are_served_to_this_machine_alone()
    {
        using var org = await service.NewOrganization();
        await org.NewUser("bjensen", ",\"emails\":{\"value\":\"b@x.org\"}");
        await org.Get("Users?filter=nothing+eq+1");
        using var client = new HttpClient { BaseAddress = service.Address };
        string metrics = "";
        for (var i = 0; i < 40 && !(metrics.Contains("scim_events", StringComparison.Ordinal) && metrics.Contains("invalidFilter", StringComparison.Ordinal)); i++)
        {
            await Task.Delay(100, Ct); // the exporter keeps what it told for a moment
            metrics = await client.GetStringAsync("/metrics", Ct);
        }
        Assert.Contains("event=\"user_provisioned\"", metrics, StringComparison.Ordinal);
        Assert.Contains("repair=\"single value for a multi-valued attribute\"", metrics, StringComparison.Ordinal);
        Assert.Contains("scimType=\"invalidFilter\"", metrics, StringComparison.Ordinal);
        Assert.Contains("shard=\"main\"", metrics, StringComparison.Ordinal);
        Assert.Contains("db_client_", metrics, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain(org.Id.ToString(), metrics, StringComparison.Ordinal);

        using var forwarded = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        forwarded.Headers.Add("X-Forwarded-For", "203.0.113.7");
        using var refused = await client.SendAsync(forwarded, Ct);
        Assert.Equal(404, (int)refused.StatusCode);
    }

    [Fact]
    public async Task No_span_metric_or_line_holds_anything_of_a_person()
    {
        const string canary = "canary-77e1";
        var seen = new ConcurrentQueue<string>();
        using var spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name != "System.Net.Http", // the client is the test
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a => seen.Enqueue($"{a.DisplayName} {string.Join(' ', a.TagObjects.Select(t => $"{t.Key}={t.Value}"))} {string.Join(' ', a.Events.SelectMany(e => e.Tags).Select(t => $"{t.Key}={t.Value}"))}"),
        };
        ActivitySource.AddActivityListener(spans);
        using var meters = new MeterListener { InstrumentPublished = (i, l) => { if (i.Meter.Name is "scim" or "Npgsql" or "Marten" or "Microsoft.AspNetCore.Hosting") l.EnableMeasurementEvents(i); } };
        void Note(Instrument i, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var t in tags) seen.Enqueue($"{i.Name} {t.Key}={t.Value}");
        }
        meters.SetMeasurementEventCallback<long>((i, _, tags, _) => Note(i, tags));
        meters.SetMeasurementEventCallback<double>((i, _, tags, _) => Note(i, tags));
        meters.SetMeasurementEventCallback<int>((i, _, tags, _) => Note(i, tags));
        meters.Start();

        using var org = await service.NewOrganization();
        var user = await org.NewUser($"{canary}@example.com", $",\"displayName\":\"{canary}\",\"externalId\":\"{canary}\"");
        await org.Patch($"Users/{user.Id}", $$"""[{"op":"replace","path":"title","value":"{{canary}}"}]""");
        await org.Get($"Users?filter=userName+eq+%22{canary}@example.com%22");
        await org.Get($"Users/{canary}");
        await org.Get($"{canary}?x={canary}");
        await org.Post("Users", $$"""{"userName":"{{canary}}@example.com"}""");
        await org.Send(HttpMethod.Get, "Users", more: r => r.Headers.TryAddWithoutValidation("Authorization", $"Bearer {canary}"));

        Assert.Contains(seen, s => s.Contains("user_provisioned", StringComparison.Ordinal));
        Assert.Contains(seen, s => s.Contains("http.route", StringComparison.Ordinal));
        Assert.DoesNotContain(seen.Concat(service.Log.Lines), s => s.Contains(canary, StringComparison.OrdinalIgnoreCase) || s.Contains(org.Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_is_one_line_of_ids_and_numbers()
    {
        using var org = await service.NewOrganization();
        var answer = await org.Send(HttpMethod.Post, "Users", """{"userName":"bjensen"}""", more: r => r.Headers.TryAddWithoutValidation("X-Request-Id", "okta-1234"));
        var line = "";
        for (var i = 0; i < 50 && line.Length == 0; i++)
        {
            line = service.Log.Lines.SingleOrDefault(l => l.Contains(answer.Headers["X-Request-Id"], StringComparison.Ordinal)) ?? "";
            await Task.Delay(20, Ct);
        }
        Assert.Matches($"{answer.Headers["X-Request-Id"]} {org.Id} POST .*/Users/? 201 [0-9]+ ms [0-9]+ bytes 1 events okta-1234", line);
    }
}
