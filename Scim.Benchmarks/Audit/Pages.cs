using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Scim.Api.Access;
using Scim.Api.Access.Pages;
using Scim.Api.CommandCenter.Live;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.Hosting;
using Scim.Domain.Organizations;

namespace Scim.Benchmarks.Audit;

/// <summary>What the pages of the Command Center cost over a large history: time and bytes of each, a search as it is typed, and pages that stand open.</summary>
internal static class Pages
{
    const int OpenPages = 200;

    internal static async Task Measure(ScimService service, Guid organization, Guid[] people, Guid group, int times)
    {
        using var client = await SignedIn(service, organization);
        var some = people[people.Length / 3];
        Console.WriteLine("| page | p50 ms | worst ms | KB |\n|---|---|---|---|");
        foreach (var path in new[] { "/", "/directory/users", "/directory/users?sort=name", "/directory/users?status=inactive", $"/directory/users/{some}", $"/directory/users/{some}?tab=attributes", "/directory/users?department=Sales", "/directory/groups", $"/directory/groups/{group}", $"/directory/groups/{group}?tab=timeline", "/audit/events", $"/audit/events?person={some}", "/audit/requests", "/audit/compare", "/audit/reviews", "/audit/replay", "/settings/identity-and-access", "/settings/admins" })
        {
            var (took, bytes) = (new List<double>(), 0L);
            for (var i = 0; i < times + 2; i++)
            {
                var clock = Stopwatch.StartNew();
                using var answer = await client.GetAsync(path);
                bytes = (await answer.Content.ReadAsByteArrayAsync()).Length;
                took.Add(clock.Elapsed.TotalMilliseconds);
                if (answer.StatusCode != HttpStatusCode.OK) Console.WriteLine($"{path} answers {answer.StatusCode}");
            }
            var t = took.Skip(2).Order().ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {path.Replace(some.ToString("D"), "{id}", StringComparison.Ordinal).Replace(group.ToString("D"), "{id}", StringComparison.Ordinal)} | {t[t.Length / 2]:0} | {t[^1]:0} | {bytes / 1024.0:0.0} |"));
        }
        await Type(client, people.Length);
        await Open(service, client);
    }

    // Names as they are typed, one letter more each time, of people all over the directory.
    static async Task Type(HttpClient client, int people)
    {
        var took = new List<double>();
        for (var n = 0; n < 20; n++)
        {
            var name = $"person{(n * 7919 + 13) % people}@example.com";
            for (var letters = 1; letters <= 12; letters++)
            {
                var clock = Stopwatch.StartNew();
                using var answer = await client.GetAsync($"/directory/users?q={Uri.EscapeDataString(name[..letters])}");
                await answer.Content.ReadAsByteArrayAsync();
                if (n > 0) took.Add(clock.Elapsed.TotalMilliseconds);
            }
        }
        took.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"search, letter by letter, {took.Count} answers: p50 {took[took.Count / 2]:0} ms, p99 {took[(int)(took.Count * 0.99)]:0} ms"));
    }

    // Nothing happens while they stand open; what they cost is what watching costs.
    static async Task Open(ScimService service, HttpClient client)
    {
        var watch = service.App.Services.GetRequiredService<PageWatch>();
        var idle = await Processor(TimeSpan.FromSeconds(10));
        using var enough = new CancellationTokenSource();
        var streams = new List<HttpResponseMessage>();
        for (var n = 0; n < OpenPages; n++) streams.Add(await client.GetAsync("/live", HttpCompletionOption.ResponseHeadersRead, enough.Token));
        var asked = watch.Questions;
        var open = await Processor(TimeSpan.FromSeconds(10));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{OpenPages} open pages: {(watch.Questions - asked) / 10.0:0.0} questions a second, {open * 100:0.0} % of one processor against {idle * 100:0.0} % without"));
        await enough.CancelAsync();
        foreach (var stream in streams) stream.Dispose();
    }

    static async Task<double> Processor(TimeSpan span)
    {
        using var process = Process.GetCurrentProcess();
        var (before, clock) = (process.TotalProcessorTime, Stopwatch.StartNew());
        await Task.Delay(span);
        process.Refresh();
        return (process.TotalProcessorTime - before) / clock.Elapsed;
    }

    /// <summary>A session of an administrator of that organization.</summary>
    internal static async Task<string> Session(ScimService service, Guid organization)
    {
        var services = service.App.Services;
        Caller Operator() => new(organization, "operator", Guid.CreateVersion7()) { Source = Domain.History.Source.Operator };
        var (member, _) = await services.GetRequiredService<StaffAccounts>().Invite(Operator(), "ada@example.com", Roles.Admin, CancellationToken.None);
        await services.GetRequiredService<OrganizationAdministration>().JoinStaff(Operator(), member.Id);
        return await services.GetRequiredService<Sessions>().Begin(organization, member.Id, null, null, CancellationToken.None);
    }

    static async Task<HttpClient> SignedIn(ScimService service, Guid organization)
    {
        var session = await Session(service, organization);
        // Bytes are counted as they travel.
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = new Uri(service.App.Urls.First()), Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Add("Cookie", $"cc={session}");
        client.DefaultRequestHeaders.Add("Accept-Encoding", "br");
        return client;
    }
}
