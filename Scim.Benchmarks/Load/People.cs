using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Scim.Benchmarks.Load;

/// <summary>What is measured; the names are those of <c>--only</c>.</summary>
internal enum Operation { Post, Get, NotModified, UserNameEq, PutUnchanged, PatchActive, ListFirst, ListMiddle, ListLast, Unindexed, Contains }

/// <summary>The organization whose people are read and changed, a second one for those who are created, and the requests for both.</summary>
internal sealed class People(HttpClient http, HttpClient api)
{
    readonly Dictionary<string, string> _tokens = [];
    bool[] _active = [];
    string?[] _etags = [];
    int _created;

    internal string Tenant { get; private set; } = "";

    internal string OtherTenant { get; private set; } = "";

    internal List<Guid> Ids { get; } = [];

    internal List<string> Names { get; } = [];

    internal async Task Make(int count)
    {
        (Tenant, OtherTenant) = (await Organization("Measured"), await Organization("Created"));
        (var made, _etags) = (new Guid[count], new string?[count]);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            var person = JsonDocument.Parse(await Answer(HttpMethod.Post, Tenant, "Users", Body(i, active: true), 201)).RootElement;
            (made[i], _etags[i]) = (person.GetProperty("id").GetGuid(), ETag(person));
        });
        Ids.AddRange(made);
        Names.AddRange(Enumerable.Range(0, count).Select(Name));
        _active = [.. Enumerable.Repeat(true, count)];
    }

    /// <summary>How many people each list finds.</summary>
    internal async Task<Dictionary<Operation, long>> Totals()
    {
        var totals = new Dictionary<Operation, long>();
        foreach (var list in Enum.GetValues<Operation>().Where(o => o is Operation.UserNameEq or >= Operation.ListFirst))
            totals[list] = JsonDocument.Parse(await Send(list, 0)).RootElement.GetProperty("totalResults").GetInt64();
        return totals;
    }

    /// <summary>Sends one request about a person; only one client at a time may name the same one.</summary>
    internal Task<string> Send(Operation operation, int person) => operation switch
    {
        Operation.Post => Answer(HttpMethod.Post, OtherTenant, "Users", Body(1_000_000 + Interlocked.Increment(ref _created), active: true), 201),
        Operation.Get => Answer(HttpMethod.Get, Tenant, $"Users/{Ids[person]}", null, 200),
        Operation.NotModified => NotModified(person),
        Operation.UserNameEq => List($"filter=userName eq \"{Names[person]}\""),
        Operation.PutUnchanged => Answer(HttpMethod.Put, Tenant, $"Users/{Ids[person]}", Body(person, _active[person]), 200),
        Operation.PatchActive => Changed(person, Answer(HttpMethod.Patch, Tenant, $"Users/{Ids[person]}", $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":{{((_active[person] = !_active[person]) ? "true" : "false")}}}]}
            """, 200)),
        Operation.ListFirst => List("startIndex=1"),
        Operation.ListMiddle => List($"startIndex={Ids.Count / 2 + 1}"),
        Operation.ListLast => List($"startIndex={Math.Max(1, Ids.Count - 99)}"),
        Operation.Unindexed => List("filter=title eq \"engineer 7\""),
        Operation.Contains => List("filter=displayName co \"person 17\""),
        _ => throw new InvalidOperationException($"{operation} is not known."),
    };

    /// <summary>The body that the operation sends, for the bare endpoint to read.</summary>
    internal static byte[]? BodyOf(Operation operation, int person) =>
        operation is Operation.Post or Operation.PutUnchanged or Operation.PatchActive ? Encoding.UTF8.GetBytes(Body(person, active: true)) : null;

    /// <summary>One request of the organization whose people are read.</summary>
    internal async Task Ask(HttpMethod method, string path, byte[]? body, int expected)
    {
        using var request = Request(method, Tenant, path, body);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if ((int)response.StatusCode != expected) throw new InvalidOperationException($"{method} {path} was answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        await response.Content.CopyToAsync(Stream.Null);
    }

    internal async Task<Guid> NewGroup(byte[] body)
    {
        using var request = Request(HttpMethod.Post, Tenant, "Groups?attributes=id", body);
        using var response = await http.SendAsync(request);
        return JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetGuid();
    }

    // The reader knows the tag of what it read; whoever changes the person makes it unknown.
    async Task<string> NotModified(int person)
    {
        _etags[person] ??= ETag(JsonDocument.Parse(await Answer(HttpMethod.Get, Tenant, $"Users/{Ids[person]}", null, 200)).RootElement);
        return await Answer(HttpMethod.Get, Tenant, $"Users/{Ids[person]}", null, 304, _etags[person]);
    }

    static string? ETag(JsonElement person) => person.GetProperty("meta").GetProperty("version").GetString();

    Task<string> Changed(int person, Task<string> answer)
    {
        _etags[person] = null;
        return answer;
    }

    Task<string> List(string query) => Answer(HttpMethod.Get, Tenant, "Users?count=100&" + query.Replace(" ", "%20", StringComparison.Ordinal).Replace("\"", "%22", StringComparison.Ordinal), null, 200);

    async Task<string> Answer(HttpMethod method, string tenant, string path, string? body, int expected, string? etag = null)
    {
        using var request = Request(method, tenant, path, body is null ? null : Encoding.UTF8.GetBytes(body));
        if (etag is not null) request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (int)response.StatusCode == expected ? text : throw new InvalidOperationException($"{method} {path} was answered {(int)response.StatusCode}: {text}");
    }

    HttpRequestMessage Request(HttpMethod method, string tenant, string path, byte[]? body)
    {
        var request = new HttpRequestMessage(method, $"/scim/v2/{tenant}/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _tokens[tenant]);
        if (body is not null) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/scim+json") } };
        return request;
    }

    async Task<string> Organization(string name)
    {
        var created = await Read(await api.PostAsJsonAsync("/api/organizations", new { name }));
        var id = created.GetProperty("id").GetString()!;
        await Read(await api.PatchAsJsonAsync($"/api/organizations/{id}", new { scimEnabled = true }));
        _tokens[id] = (await Read(await api.PostAsJsonAsync($"/api/organizations/{id}/tokens", new { label = "load" }))).GetProperty("token").GetString()!;
        return id;
    }

    static async Task<JsonElement> Read(HttpResponseMessage response) => await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();

    static string Name(int i) => $"person{i}@example.com";

    static string Body(int i, bool active) => $$"""
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{Name(i)}}","externalId":"00u{{i}}","name":{"givenName":"Person","familyName":"Number {{i}}"},
         "displayName":"Person {{i}}","title":"Engineer {{i % 50}}","active":{{(active ? "true" : "false")}},"emails":[{"value":"{{Name(i)}}","type":"work","primary":true}]}
        """;
}
