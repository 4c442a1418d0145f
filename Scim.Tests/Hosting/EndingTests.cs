using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Scim.Tests.Faults;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Hosting;

/// <summary>SIGTERM in the middle of the day: nobody's request is lost, nothing acknowledged either.</summary>
public sealed class EndingTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Told_to_stop_it_says_so_first_answers_what_is_in_flight_and_keeps_what_it_acknowledged()
    {
        await using var folder = new TemporaryFolder();
        var acknowledged = new ConcurrentBag<string>();
        var others = new ConcurrentBag<int>();
        var lost = new ConcurrentBag<string>();
        Guid organization;
        string token;
        using (var program = await RunningProgram.Start(folder.Folder.FullPath, new() { ["Limits__LeavingSeconds"] = "2" }))
        {
            (organization, token) = await program.NewOrganization();
            using var client = program.Client(organization, token);
            var writers = Enumerable.Range(0, 6).Select(w => Write(client, w, acknowledged, others, lost)).ToArray();
            await Until.True(() => acknowledged.Count > 5, "Nobody is answered."); // the first requests of a process compile what they run
            await Task.Delay(500, Ct);

            var before = acknowledged.Count;
            await program.Signal("TERM");
            using var stranger = new HttpClient { BaseAddress = program.Address };
            await Task.Delay(500, Ct);
            var ready = await stranger.GetAsync("/health/ready", Ct);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"status":"stopping"}"""), (ready.StatusCode, await ready.Content.ReadAsStringAsync(Ct)));
            Assert.True(ready.Headers.ConnectionClose);
            Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/health/live", Ct)).StatusCode);
            await Task.WhenAll(writers);
            Assert.Equal(0, await program.Ended());
            Assert.True(acknowledged.Count > before && before > 0, $"{before} then {acknowledged.Count}");
        }
        Assert.Empty(lost);
        Assert.All(others, status => Assert.Contains(status, (int[])[409, 503]));
        Assert.False(folder.Server()?.IsRunning() == true, "Its PostgreSQL runs on.");

        using var again = await RunningProgram.Start(folder.Folder.FullPath);
        using var reader = again.Client(organization, token);
        foreach (var id in acknowledged) Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync("Users/" + id, Ct)).StatusCode);
        await again.Signal("TERM");
        Assert.Equal(0, await again.Ended());
    }

    // Until it is told to go elsewhere, as a load balancer does that follows readiness.
    static async Task Write(HttpClient client, int writer, ConcurrentBag<string> acknowledged, ConcurrentBag<int> others, ConcurrentBag<string> lost)
    {
        for (var (i, goodbye) = (0, false); !goodbye; i++)
        {
            try
            {
                using var answer = await client.PostAsJsonAsync("Users", new { userName = $"w{writer}.{i}@example.com" }, Ct);
                goodbye = answer.Headers.ConnectionClose == true;
                if (answer.IsSuccessStatusCode) acknowledged.Add((await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetString()!);
                else others.Add((int)answer.StatusCode);
            }
            catch (HttpRequestException e)
            {
                lost.Add($"{e.HttpRequestError}: {e.Message}");
                return;
            }
        }
    }
}
