using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Configuration;
using Scim.Api.Hosting;
using Scim.Domain.Organizations;
using Scim.Tests.Faults;

namespace Scim.Tests.Hosting;

/// <summary>What a node refuses when it is asked for more than it takes on, and that it goes on for everybody else.</summary>
[Collection(OnSteadyCluster.Name)]
public sealed class LimitsTests(OwnCluster cluster)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_or_an_address_that_asks_too_often_is_429_and_nobody_else_is()
    {
        await using var service = await Start(new() { ["Limits:TokenRate"] = "1", ["Limits:TokenBurst"] = "5", ["Limits:StrangerRate"] = "1", ["Limits:StrangerBurst"] = "4" });
        using var busy = await service.NewOrganization();
        using var calm = await service.NewOrganization();
        Assert.Equal(200, (await calm.Get("Users")).Status);

        var fresh = await service.NewToken(calm.Id, "second");
        var statuses = new List<int>();
        for (var i = 0; i < 12; i++) statuses.Add((await busy.Get("Users")).Status);
        Assert.Equal([200, 200, 200, 200, 200], statuses.Take(5));
        Assert.Contains(429, statuses);

        for (var i = 0; i < 20; i++) statuses.Add((await Stranger(service, calm, "scim_wrong")).Status);
        var last = await Stranger(service, calm, null);
        Assert.Equal(429, last.Status);
        Assert.Contains(401, statuses);
        Assert.Equal(429, (await Stranger(service, calm, fresh)).Status); // nobody looks at a new one for now
        Assert.Equal(200, (await calm.Get("Users")).Status); // its token was right before

        // Right there, it is a stranger's at another organization.
        Assert.Equal(429, (await Stranger(service, busy, calm.Token)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wrong_operator_key_and_a_wrong_key_are_bounded_too_and_apart_from_SCIM(bool key)
    {
        await using var service = await Start(new() { ["Limits:StrangerRate"] = "1", ["Limits:StrangerBurst"] = "3" });
        using var org = await service.NewOrganization();
        using var client = new HttpClient { BaseAddress = service.Address };
        if (key) client.DefaultRequestHeaders.Authorization = new("Bearer", KeyText.Of(new byte[32]));
        HttpResponseMessage answer;
        var tries = 0;
        while ((answer = await client.GetAsync($"/api/organizations/{org.Id}/users", Ct)).StatusCode == HttpStatusCode.Unauthorized) Assert.True(++tries < 20);
        Assert.Equal(429, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(200, (await org.Get("Users")).Status);
    }

    [Fact]
    public async Task Beyond_its_places_a_node_answers_503_at_once_stays_live_and_cuts_slow_bodies()
    {
        await using var service = await Start(new() { ["Limits:InFlight"] = "2", ["Limits:Queued"] = "1", ["Limits:BodyBytesPerSecond"] = "1000", ["Limits:BodyGraceSeconds"] = "4" });
        using var org = await service.NewOrganization();
        Assert.Equal(200, (await org.Get("Users")).Status);
        using var first = await SlowBody(service, org);
        using var second = await SlowBody(service, org);
        await Task.Delay(300, Ct);

        // One of two waits, whichever comes first.
        Task<(Answer Answer, TimeSpan Took)>[] both = [Timed(() => org.Get("Users")), Timed(() => org.Get("Users"))];
        var refused = await await Task.WhenAny(both);
        using var stranger = new HttpClient { BaseAddress = service.Address };
        var live = await Timed(() => stranger.GetAsync("/health/live", Ct));
        Assert.Equal((503, "5"), (refused.Answer.Status, refused.Answer.Headers["Retry-After"]));
        Assert.True(refused.Took < TimeSpan.FromSeconds(3 * 0.8), $"{refused.Took}");
        Assert.Equal(HttpStatusCode.OK, live.Answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/health/ready", Ct)).StatusCode);
        var waited = (await Task.WhenAll(both)).MaxBy(b => b.Took);
        Assert.Equal(503, waited.Answer.Status);
        Assert.InRange(waited.Took.TotalSeconds, 0.9, 3);

        foreach (var slow in new[] { first, second }) Assert.Contains(await ToTheEnd(slow), (string[])["", "HTTP/1.1 408"]);
        Assert.Equal(200, (await org.Get("Users")).Status);
    }

    [Fact]
    public async Task Thousands_of_idle_connections_starve_nobody()
    {
        await using var service = await Start([]);
        using var org = await service.NewOrganization();
        Assert.Equal(200, (await org.Get("Users")).Status);
        var idle = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 2000; i++)
            {
                idle.Add(new TcpClient());
                await idle[i].ConnectAsync(service.Address.Host, service.Address.Port, Ct);
                if (i % 2 == 0) await idle[i].GetStream().WriteAsync("GET /scim/v2/half HTTP/1.1\r\nHost: x\r\n"u8.ToArray(), Ct);
            }
            using var another = service.Client(org.Id, org.Token); // perhaps over a connection of its own
            var live = await Timed(() => another.GetAsync("Users", Ct));
            Assert.Equal(HttpStatusCode.OK, live.Answer.StatusCode);
            Assert.True(live.Took < TimeSpan.FromSeconds(2), $"{live.Took}");
        }
        finally
        {
            idle.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public async Task Connections_beyond_the_limit_and_headers_that_never_end_are_cut()
    {
        await using var service = await Start(new() { ["Limits:Connections"] = "5", ["Limits:HeaderSeconds"] = "1" });
        var open = new List<TcpClient>();
        for (var i = 0; i < 8; i++)
        {
            open.Add(new TcpClient());
            await open[i].ConnectAsync(service.Address.Host, service.Address.Port, Ct);
            await open[i].GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n"u8.ToArray(), Ct);
        }
        var ends = await Task.WhenAll(open.Select(ToTheEnd)).WaitAsync(TimeSpan.FromSeconds(15), Ct);
        Assert.Contains("", ends);
        Assert.Contains("HTTP/1.1 408", ends);
        open.ForEach(c => c.Dispose());
        using var stranger = new HttpClient { BaseAddress = service.Address };
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/health/live", Ct)).StatusCode);
    }

    [Theory]
    [InlineData("Limits:TokenRate", "0", "Limits:TokenRate must be 1 or more")]
    [InlineData("Limits:InFlight", "many", "Limits:InFlight")]
    public void A_limit_that_is_none_is_refused_by_name(string name, string value, string says)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build();
        Assert.Contains(says, Assert.Throws<StartupException>(() => Limits.Of(configuration)).Message, StringComparison.Ordinal);
    }

    async Task<TestService> Start(Dictionary<string, string?> limits)
    {
        var settings = (await cluster.NewDatabase()).Settings();
        foreach (var (name, value) in limits) settings[name] = value;
        return await OwnDatabase.Start(settings);
    }

    static async Task<Answer> Stranger(TestService service, TestOrganization org, string? token)
    {
        using var client = service.Client(org.Id, token);
        using var response = await client.GetAsync("Users", Ct);
        return await Answer.Of(HttpMethod.Get, response);
    }

    static async Task<TcpClient> SlowBody(TestService service, TestOrganization org)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(service.Address.Host, service.Address.Port, Ct);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /scim/v2/{org.Id}/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {org.Token}\r\nContent-Length: 100000\r\n\r\n{{"), Ct);
        return socket;
    }

    // The status line, or nothing where the connection was cut.
    static async Task<string> ToTheEnd(TcpClient socket)
    {
        using var reader = new StreamReader(socket.GetStream());
        try
        {
            var text = await reader.ReadToEndAsync(Ct).WaitAsync(TimeSpan.FromSeconds(20), Ct);
            return text[..Math.Min(12, text.Length)];
        }
        catch (IOException)
        {
            return "";
        }
    }

    static async Task<(T Answer, TimeSpan Took)> Timed<T>(Func<Task<T>> ask)
    {
        var watch = Stopwatch.StartNew();
        return (await ask(), watch.Elapsed);
    }
}
