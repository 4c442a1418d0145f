using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Scim.Api.Access;
using Scim.Api.CommandCenter.Api;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Organizations;
using Scim.Tests.Faults;

namespace Scim.Tests.CommandCenter;

/// <summary>Keys of the JSON API: issued, shown once, and what each opens until when.</summary>
public sealed class KeysApiTests(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<(int Status, JsonElement Body)> Send(HttpMethod method, Guid organization, string path = "", object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/organizations/{organization}/keys{path}");
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await service.Operator.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    static async Task<(int Status, string Challenge, string Body)> Users(HttpClient client, Guid organization)
    {
        using var response = await client.GetAsync($"/api/organizations/{organization}/users", Ct);
        return ((int)response.StatusCode, response.Headers.WwwAuthenticate.ToString(), await response.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task A_key_is_shown_once_listed_and_revoked()
    {
        using var organization = await service.NewOrganization();
        var (status, issued) = await Send(HttpMethod.Post, organization.Id, body: new { label = "siem", role = "auditor", days = 30 });
        Assert.Equal(201, status);
        var (id, text) = (issued.GetProperty("id").GetGuid(), issued.GetProperty("key").GetString()!);
        Assert.True(KeyText.IsWellFormed(text));
        Assert.InRange(issued.GetProperty("expiresAt").GetDateTimeOffset() - DateTimeOffset.UtcNow, TimeSpan.FromDays(29), TimeSpan.FromDays(30));

        var listed = Assert.Single((await Send(HttpMethod.Get, organization.Id)).Body.EnumerateArray());
        Assert.Equal((id, "siem", "auditor", "live", "operator"), (listed.GetProperty("id").GetGuid(), listed.GetProperty("label").GetString(), listed.GetProperty("role").GetString(), listed.GetProperty("status").GetString(), listed.GetProperty("createdBy").GetString()));
        Assert.False(listed.TryGetProperty("key", out _));
        Assert.Equal(0L, await service.Sql("select count(*) from history.mt_events where tenant_id = $1 and encode(bdata, 'escape') like '%' || $2 || '%'", organization.Id.ToString(), text));

        Assert.Equal(204, (await Send(HttpMethod.Delete, organization.Id, $"/{id}")).Status);
        Assert.Equal(204, (await Send(HttpMethod.Delete, organization.Id, $"/{id}")).Status);
        Assert.Equal("revoked", (await Send(HttpMethod.Get, organization.Id)).Body[0].GetProperty("status").GetString());
        Assert.Equal("key_issued key_revoked", await service.Sql("select string_agg(type, ' ' order by version) from history.mt_events where stream_id = $1 and type like 'key%'", organization.Id));
        Assert.Equal(404, (await Send(HttpMethod.Delete, organization.Id, $"/{Guid.CreateVersion7()}")).Status);
        Assert.Equal(404, (await Send(HttpMethod.Get, Guid.CreateVersion7())).Status);
    }

    [Theory]
    [InlineData("", "auditor", 30, "label")]
    [InlineData("siem", "operator", 30, "role")]
    [InlineData("siem", "", 30, "role")]
    [InlineData("siem", "reader", 0, "days")]
    [InlineData("siem", "reader", 4000, "days")]
    public async Task A_key_needs_a_label_a_role_and_an_end(string label, string role, int days, string wrong)
    {
        using var organization = await service.NewOrganization();
        var (status, problem) = await Send(HttpMethod.Post, organization.Id, body: new { label, role, days });
        Assert.Equal(400, status);
        Assert.True(problem.GetProperty("errors").TryGetProperty(wrong, out _));
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing_from_that_moment_and_says_so()
    {
        using var organization = await service.NewOrganization();
        using var client = service.ApiClient(await service.NewKey(organization.Id, Roles.Reader));
        Assert.Equal(200, (await Users(client, organization.Id)).Status);
        await Revoke(service, organization.Id);
        var refused = await Users(client, organization.Id);
        Assert.Equal(401, refused.Status);
        Assert.Contains("error=\"invalid_token\", error_description=\"The key is revoked\"", refused.Challenge, StringComparison.Ordinal);
        Assert.Contains("The key is revoked.", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_key_opens_nothing_and_says_so()
    {
        using var organization = await service.NewOrganization();
        var text = KeyText.Of(Enumerable.Repeat((byte)7, 32).ToArray());
        var caller = new Caller(organization.Id, "operator", Guid.CreateVersion7()) { Source = Scim.Domain.History.Source.Operator };
        await service.Get<Scim.Api.EventStore.History>().Change<Organization, OrganizationEvent>(caller, organization.Id, null, (o, turn) =>
            new(OrganizationDecider.Decide(o, new IssueKey(Guid.NewGuid(), "old", Roles.Auditor, Convert.ToBase64String(KeyText.Hash(text)), turn.Now.AddDays(-1)), turn.Now)));
        using var client = service.ApiClient(text);
        var refused = await Users(client, organization.Id);
        Assert.Equal(401, refused.Status);
        Assert.Contains("The key is expired", refused.Challenge, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_opens_none_of_the_API_and_a_key_no_SCIM_route()
    {
        using var organization = await service.NewOrganization();
        var key = await service.NewKey(organization.Id, Roles.Auditor);
        using var withToken = service.ApiClient(organization.Token);
        Assert.Equal(401, (await Users(withToken, organization.Id)).Status);
        using var withKey = new TestOrganization(service, organization.Id, key);
        foreach (var path in new[] { "Users", "Groups", "ServiceProviderConfig", "Schemas" }) Assert.Equal(401, (await withKey.Get(path)).Status);
    }

    [Fact]
    public async Task On_another_organizations_path_a_key_answers_as_one_that_nobody_has()
    {
        using var mine = await service.NewOrganization();
        using var theirs = await service.NewOrganization();
        using var client = service.ApiClient(await service.NewKey(mine.Id, Roles.Auditor));
        using var unknown = service.ApiClient(KeyText.Of(new byte[32]));
        using var malformed = service.ApiClient("scimkey_garbage");
        var expected = await Users(unknown, theirs.Id);
        Assert.Equal((401, "Bearer realm=\"operator\""), (expected.Status, expected.Challenge));
        Assert.Equal(expected, await Users(client, theirs.Id));
        Assert.Equal(expected, await Users(client, Guid.CreateVersion7()));
        Assert.Equal(expected, await Users(malformed, theirs.Id));
        Assert.Equal(200, (await Users(client, mine.Id)).Status);

        // Where no organization is named there is none to be proved for.
        foreach (var path in new[] { "/api/organizations", "/api/openapi/v1.json", "/api/reference/", "/api", $"/api/{mine.Id}", $"/api/nothing/{mine.Id}" })
            Assert.Equal(401, (int)(await client.GetAsync(path, Ct)).StatusCode);
        Assert.Equal(404, (int)(await client.GetAsync($"/api/organizations/{mine.Id}/nothing", Ct)).StatusCode);
        Assert.Equal(405, (int)(await client.DeleteAsync($"/api/organizations/{mine.Id}/users", Ct)).StatusCode);
    }

    [Fact]
    public async Task The_last_use_of_a_key_is_told()
    {
        using var organization = await service.NewOrganization();
        using var client = service.ApiClient(await service.NewKey(organization.Id, Roles.Reader));
        await Users(client, organization.Id);
        await Until.True(async () => (await Send(HttpMethod.Get, organization.Id)).Body[0].GetProperty("lastUsedFrom").GetString() == "127.0.0.1", "The use of the key is not told.", 10);
    }

    [Fact]
    public async Task The_history_of_an_organization_is_shown_without_hashes()
    {
        using var organization = await service.NewOrganization();
        await service.NewKey(organization.Id, Roles.Reader);
        var shown = (await service.Get<HistoryReader>().Stream(organization.Id, organization.Id, Ct)).Select(ShownEvent.Of).Where(e => e.Type is "token_issued" or "key_issued").ToArray();
        Assert.Equal(2, shown.Length);
        Assert.All(shown, e => Assert.True(e.Data!.AsObject().ContainsKey("expiresAt") && !e.Data.AsObject().ContainsKey("hash")));
    }

    internal static async Task Revoke(TestService node, Guid organization)
    {
        var keys = await node.Operator.GetFromJsonAsync<JsonElement>($"/api/organizations/{organization}/keys", Ct);
        foreach (var key in keys.EnumerateArray())
            Assert.Equal(204, (int)(await node.Operator.DeleteAsync($"/api/organizations/{organization}/keys/{key.GetProperty("id").GetGuid()}", Ct)).StatusCode);
    }
}

/// <summary>Keys on two services beside each other on one database.</summary>
[Collection(OnOwnCluster.Name)]
public sealed class KeysOnTwoNodes(OwnCluster cluster)
{
    [Fact]
    public async Task A_key_opens_at_once_on_the_other_node_and_within_a_second_no_more()
    {
        var ct = TestContext.Current.CancellationToken;
        var database = await cluster.NewDatabase();
        await using var one = await OwnDatabase.Start(database.Settings());
        await using var two = await OwnDatabase.Start(database.Settings());
        using var organization = await one.NewOrganization();
        using (var there = new TestOrganization(two, organization.Id, organization.Token)) Assert.Equal(200, (await there.Get("Users")).Status); // it has a copy now

        var key = await one.NewKey(organization.Id, Roles.Reader);
        var path = $"/api/organizations/{organization.Id}/users";
        using var here = one.ApiClient(key);
        using var beyond = two.ApiClient(key);
        Assert.Equal(200, (int)(await beyond.GetAsync(path, ct)).StatusCode);

        await KeysApiTests.Revoke(one, organization.Id);
        var clock = Stopwatch.StartNew();
        Assert.Equal(401, (int)(await here.GetAsync(path, ct)).StatusCode);
        int status;
        while ((status = (int)(await beyond.GetAsync(path, ct)).StatusCode) == 200)
        {
            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 3);
            await Task.Delay(20, ct);
        }
        Assert.Equal(401, status);
    }
}
