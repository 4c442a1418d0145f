using System.Net.Http.Headers;
using System.Text;
using Scim.Domain.Protocol.Json;
using Scim.Tests.Faults;
using Scim.Tests.Faults.Checking;

namespace Scim.Tests;

/// <summary>An organization as its identity provider sees it.</summary>
internal sealed class TestOrganization(TestService service, Guid id, string token, ClientJournal? journal = null) : IDisposable
{
    readonly HttpClient _client = service.Client(id, token);
    readonly ClientJournal _journal = journal ?? service.Journal;

    internal TestService Service => service;

    internal Guid Id => id;

    internal string Token => token;

    /// <summary>The id of the request that was answered last.</summary>
    internal string? LastRequest { get; private set; }

    /// <summary>The last of them whose row in the provisioning log was waited for.</summary>
    internal string? WrittenRequest { get; set; }

    internal Task<Answer> Get(string path) => Send(HttpMethod.Get, path);

    internal Task<Answer> Post(string path, string body) => Send(HttpMethod.Post, path, body);

    internal Task<Answer> Put(string path, string body, string? ifMatch = null) => Send(HttpMethod.Put, path, body, ifMatch);

    internal Task<Answer> Patch(string path, string operations, string? ifMatch = null) =>
        Send(HttpMethod.Patch, path, $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":{{operations}}}""", ifMatch);

    internal Task<Answer> Delete(string path, string? ifMatch = null) => Send(HttpMethod.Delete, path, null, ifMatch);

    /// <summary>POST of a person by that name; the answer must be 201.</summary>
    internal async Task<Answer> NewUser(string userName, string more = "")
    {
        var answer = await Post("Users", $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{userName}}"{{more}}}""");
        Assert.Equal(201, answer.Status);
        return answer;
    }

    /// <summary>People by that name and a number, from 0; their ids in that order.</summary>
    internal async Task<string[]> NewUsers(int count, string prefix = "person") =>
        [.. (await Races.FewAtOnce(count, n => NewUser($"{prefix}{n}"))).Select(p => p.Id)];

    /// <summary>POST of a group by that name, with those members; the answer must be 201.</summary>
    internal async Task<Answer> NewGroup(string displayName, params IEnumerable<string> members)
    {
        var answer = await Post("Groups", GroupBody(displayName, members));
        Assert.True(answer.Status == 201, answer.Text);
        return answer;
    }

    internal static string GroupBody(string displayName, params IEnumerable<string> members) =>
        $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"{{displayName}}","members":[{{Values(members)}}]}""";

    /// <summary>Members as a PATCH adds or removes them: the elements of the array.</summary>
    internal static string Values(params IEnumerable<string> members) => string.Join(',', members.Select(m => $$"""{"value":"{{m}}"}"""));

    /// <summary>PATCH that adds those members.</summary>
    internal Task<Answer> Join(string group, params IEnumerable<string> members) => Patch($"Groups/{group}", $$"""[{"op":"add","path":"members","value":[{{Values(members)}}]}]""");

    /// <summary>PATCH that removes that member.</summary>
    internal Task<Answer> Leave(string group, string member) => Patch($"Groups/{group}", $$"""[{"op":"remove","path":"members[value eq \"{{member}}\"]"}]""");

    internal async Task<Answer> Send(HttpMethod method, string path, string? body = null, string? ifMatch = null, Action<HttpRequestMessage>? more = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/scim+json; charset=utf-8");
        }
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        more?.Invoke(request);
        var answer = (await _journal.Send(_client, id, "test", request, null, TestContext.Current.CancellationToken)).Answer;
        LastRequest = answer.Headers["X-Request-Id"];
        return answer;
    }

    /// <summary>The pinned names of a person's events, in order.</summary>
    internal async Task<IReadOnlyList<string>> Events(string userId) =>
        [.. (await service.Get<Scim.Api.EventStore.Queries.HistoryReader>().Stream(id, Guid.Parse(userId), TestContext.Current.CancellationToken)).Select(e => e.Stored.Type)];

    public void Dispose() => _client.Dispose();
}

/// <summary>An answer of the protocol; every one in the run is held against the contract.</summary>
internal sealed record Answer(int Status, ScimObject? Body, string Text, string? ETag, IReadOnlyDictionary<string, string> Headers)
{
    internal string Id => Body!["id"]!.AsString!;

    internal string? ScimType => Body?["scimType"]?.AsString;

    internal string? Detail => Body?["detail"]?.AsString;

    internal int Total => (int)((ScimNumber)Body!["totalResults"]!).Value;

    /// <summary>The ids of the members, in the order of the answer.</summary>
    internal IReadOnlyList<string> Members => [.. ((ScimArray)Body!["members"]!).Items.Select(m => ((ScimObject)m)["value"]!.AsString!)];

    /// <summary>The groups of a person as <c>direct Tour Guides</c>.</summary>
    internal IReadOnlyList<string> Groups => [.. ((Body!["groups"] as ScimArray)?.Items ?? []).Cast<ScimObject>().Select(g => $"{g["type"]!.AsString} {g["display"]!.AsString}").Order(StringComparer.Ordinal)];

    internal IReadOnlyList<ScimObject> Resources => [.. ((ScimArray)Body!["Resources"]!).Items.Cast<ScimObject>()];

    internal static async Task<Answer> Of(HttpMethod method, HttpResponseMessage response)
    {
        var answer = await Read(response, TestContext.Current.CancellationToken);
        Contract.Check(method, answer);
        return answer;
    }

    internal static async Task<Answer> Read(HttpResponseMessage response, CancellationToken ct)
    {
        var text = await response.Content.ReadAsStringAsync(ct);
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        var body = text.Length == 0 ? null : ScimReader.ReadObject(Encoding.UTF8.GetBytes(text));
        return new Answer((int)response.StatusCode, body, text, headers.GetValueOrDefault("ETag"), headers);
    }
}
