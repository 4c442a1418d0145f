using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Scim.Api.Access;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.Hosting;

namespace Scim.Benchmarks.Audit;

/// <summary>What an identity provider does lately in a filled organization: groups of it, and requests of every outcome.</summary>
internal static class Traffic
{
    const int Groups = 60, Requests = 600, Part = 1_000, Largest = 10_000;

    /// <summary>Pushes groups, the first the largest, and asks about people; gives the largest group.</summary>
    internal static async Task<Guid> Run(ScimService service, Guid organization, Guid[] people)
    {
        var administration = service.App.Services.GetRequiredService<OrganizationAdministration>();
        Caller Operator() => new(organization, "operator", Guid.CreateVersion7()) { Source = Domain.History.Source.Operator };
        await administration.Switch(Operator(), true);
        using var client = new HttpClient { BaseAddress = new Uri($"{service.App.Urls.First()}/scim/v2/{organization:D}/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await administration.IssueToken(Operator(), "okta", null)).Text);
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Okta SCIM Client 1.0.0");
        Guid? first = null;
        for (var n = 0; n < Groups; n++)
        {
            var members = Enumerable.Range(0, n == 0 ? Math.Min(Largest, people.Length) : Math.Min(200, people.Length)).Select(i => people[(n * 31 + i) % people.Length]).Distinct().ToArray();
            var id = await Send(HttpMethod.Post, "Groups", $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Group {{n}}"}""");
            foreach (var some in members.Chunk(Part))
                await Send(HttpMethod.Patch, $"Groups/{id}", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{{string.Join(",", some.Select(m => $$"""{"value":"{{m:D}}"}"""))}}]}]}""");
            first ??= id;
        }
        for (var n = 0; n < Requests; n++)
        {
            var person = people[n * 97 % people.Length];
            _ = await ((n % 4) switch
            {
                0 => Send(HttpMethod.Get, $"Users?filter=userName%20eq%20%22person{(n * 97 % people.Length).ToString(CultureInfo.InvariantCulture)}@example.com%22"),
                1 => Send(HttpMethod.Get, $"Users/{person:D}"),
                2 => Send(HttpMethod.Patch, $"Users/{person:D}", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"title":"Guide {{n}}"} }]}"""),
                _ => Send(HttpMethod.Post, "Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"person7@example.com"}"""), // taken
            });
        }
        return first!.Value;

        async Task<Guid?> Send(HttpMethod method, string path, string? body = null)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/scim+json") };
            using var answer = await client.SendAsync(request);
            if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.NoContent or HttpStatusCode.Conflict)) throw new InvalidOperationException($"{method} {path} answered {answer.StatusCode}.");
            if (answer.StatusCode != HttpStatusCode.Created) return null;
            using var made = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            return made.RootElement.GetProperty("id").GetGuid();
        }
    }
}
