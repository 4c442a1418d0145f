using System.Net.Http.Json;
using System.Text.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.CommandCenter;

/// <summary>Organizations, tokens and people by the JSON API.</summary>
public sealed class OrganizationsApiTests(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<(int Status, JsonElement Body)> Send(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, "/api/organizations" + path);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await service.Operator.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        if ((int)response.StatusCode >= 400) Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    async Task<string> Create(string name = "Acme") => (await Send(HttpMethod.Post, "", new { name })).Body.GetProperty("id").GetString()!;

    [Fact]
    public async Task Where_there_is_staff_the_operator_changes_the_switch_and_nothing_else()
    {
        using var organization = await service.NewOrganization();
        using var staff = await SignIn.StaffOf.Of(service, organization.Id);
        foreach (var (body, status) in new (object, int)[] { (new { requestLogDays = 1 }, 403), (new { strictMode = true }, 403), (new { scimEnabled = false, name = "Mine" }, 403), (new { scimEnabled = false }, 200) })
            Assert.Equal(status, (int)(await service.Operator.PatchAsJsonAsync($"/api/organizations/{organization.Id}", body, TestContext.Current.CancellationToken)).StatusCode);
        var now = await service.Operator.GetFromJsonAsync<JsonElement>($"/api/organizations/{organization.Id}", TestContext.Current.CancellationToken);
        Assert.Equal(("Test", 90, false), (now.GetProperty("name").GetString(), now.GetProperty("requestLogDays").GetInt32(), now.GetProperty("strictMode").GetBoolean()));
    }

    [Fact]
    public async Task An_organization_is_created_listed_read_renamed_and_switched()
    {
        var (status, created) = await Send(HttpMethod.Post, "", new { name = "Acme" });
        Assert.Equal(201, status);
        var id = created.GetProperty("id").GetString()!;
        Assert.False(created.GetProperty("scimEnabled").GetBoolean());
        Assert.Equal($"{service.Address}scim/v2/{id}", created.GetProperty("baseUrl").GetString());
        Assert.Contains((await Send(HttpMethod.Get, "")).Body.EnumerateArray(), o => o.GetProperty("id").GetString() == id);
        Assert.Equal("Globex", (await Send(HttpMethod.Patch, $"/{id}", new { name = "Globex" })).Body.GetProperty("name").GetString());
        Assert.True((await Send(HttpMethod.Patch, $"/{id}", new { scimEnabled = true })).Body.GetProperty("scimEnabled").GetBoolean());
        Assert.Equal(3, (await Send(HttpMethod.Patch, $"/{id}", new { scimEnabled = true })).Body.GetProperty("version").GetInt64());
        Assert.Equal("operator", await service.Sql("select user_name from history.mt_events where stream_id = $1 and version = 1", Guid.Parse(id)));
    }

    [Fact]
    public async Task Strict_mode_bites_at_once_and_lets_go_again()
    {
        using var org = await service.NewOrganization();
        var user = await org.NewUser("bjensen");
        const string capital = """[{"op":"Replace","path":"title","value":"Guide"}]""";
        var (status, body) = await Send(HttpMethod.Patch, $"/{org.Id}", new { strictMode = true });
        Assert.Equal((200, true), (status, body.GetProperty("strictMode").GetBoolean()));
        Assert.Equal(400, (await org.Patch($"Users/{user.Id}", capital)).Status);
        foreach (var (path, urn, name) in new[] { ("Users", UserSchema.Urn, "userName"), ("Groups", GroupSchema.Urn, "displayName") })
        {
            var marked = await org.Post(path, "\uFEFF" + $$"""{"schemas":["{{urn}}"],"{{name}}":"marked"}""");
            Assert.Equal((400, "invalidSyntax"), (marked.Status, marked.ScimType));
            Assert.Contains("byte order mark", marked.Detail, StringComparison.Ordinal);
        }
        Assert.True((await Send(HttpMethod.Get, $"/{org.Id}")).Body.GetProperty("strictMode").GetBoolean());
        await Send(HttpMethod.Patch, $"/{org.Id}", new { strictMode = false });
        Assert.Equal(200, (await org.Patch($"Users/{user.Id}", capital)).Status);
        Assert.Equal("strict_mode_enabled strict_mode_disabled",
            await service.Sql("select string_agg(type, ' ' order by version) from history.mt_events where stream_id = $1 and type like 'strict%'", org.Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\nb")]
    public async Task A_name_must_be_a_name(string name)
    {
        var (status, problem) = await Send(HttpMethod.Post, "", new { name });
        Assert.Equal(400, status);
        Assert.True(problem.GetProperty("errors").TryGetProperty("name", out _));
    }

    [Fact]
    public async Task A_token_is_shown_once_and_two_live_are_the_most()
    {
        var id = await Create();
        var (status, first) = await Send(HttpMethod.Post, $"/{id}/tokens", new { label = "okta-2026", days = 30 });
        Assert.Equal(201, status);
        var text = first.GetProperty("token").GetString()!;
        Assert.Equal(201, (await Send(HttpMethod.Post, $"/{id}/tokens", new { label = "okta-2027" })).Status);
        var (third, problem) = await Send(HttpMethod.Post, $"/{id}/tokens", new { label = "one too many" });
        Assert.Equal(409, third);
        Assert.Contains("Revoke one first", problem.GetProperty("title").GetString(), StringComparison.Ordinal);

        var list = (await Send(HttpMethod.Get, $"/{id}/tokens")).Body;
        Assert.Equal(["okta-2026", "okta-2027"], list.EnumerateArray().Select(t => t.GetProperty("label").GetString()));
        Assert.DoesNotContain(text, list.ToString() + (await Send(HttpMethod.Get, $"/{id}")).Body, StringComparison.Ordinal);
        Assert.Equal(0L, await service.Sql("select count(*) from history.mt_events where tenant_id = $1 and encode(bdata, 'escape') like '%' || $2 || '%'", id, text));

        Assert.Equal(204, (await Send(HttpMethod.Delete, $"/{id}/tokens/{first.GetProperty("id").GetString()}")).Status);
        Assert.Equal("revoked", (await Send(HttpMethod.Get, $"/{id}/tokens")).Body[0].GetProperty("status").GetString());
        Assert.Equal(201, (await Send(HttpMethod.Post, $"/{id}/tokens", new { label = "okta-2028" })).Status);
        Assert.Equal(404, (await Send(HttpMethod.Delete, $"/{id}/tokens/{Guid.CreateVersion7()}")).Status);
    }

    [Theory]
    [InlineData("", 30)]
    [InlineData("okta", 0)]
    [InlineData("okta", 4000)]
    public async Task A_token_needs_a_label_and_an_end(string label, int days) =>
        Assert.Equal(400, (await Send(HttpMethod.Post, $"/{await Create()}/tokens", new { label, days })).Status);

    [Fact]
    public async Task The_last_use_of_a_token_is_told()
    {
        using var org = await service.NewOrganization();
        await org.Get("Users");
        JsonElement token = default;
        for (var i = 0; i < 50 && (token.ValueKind == JsonValueKind.Undefined || token.GetProperty("lastUsedAt").ValueKind == JsonValueKind.Null); i++)
        {
            await Task.Delay(50, Ct);
            token = (await Send(HttpMethod.Get, $"/{org.Id}/tokens")).Body[0];
        }
        Assert.Equal("127.0.0.1", token.GetProperty("lastUsedFrom").GetString());
        Assert.InRange(DateTimeOffset.UtcNow - token.GetProperty("lastUsedAt").GetDateTimeOffset(), TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_switch_off_and_a_revocation_bite_at_once()
    {
        using var org = await service.NewOrganization();
        Assert.Equal(200, (await org.Get("Users")).Status);
        await Send(HttpMethod.Patch, $"/{org.Id}", new { scimEnabled = false });
        Assert.Equal(403, (await org.Get("Users")).Status);
        await Send(HttpMethod.Patch, $"/{org.Id}", new { scimEnabled = true });
        Assert.Equal(200, (await org.Get("Users")).Status);
        var token = (await Send(HttpMethod.Get, $"/{org.Id}/tokens")).Body[0].GetProperty("id").GetString();
        await Send(HttpMethod.Delete, $"/{org.Id}/tokens/{token}");
        var refused = await org.Get("Users");
        Assert.Equal(401, refused.Status);
        Assert.Contains("error=\"invalid_token\"", refused.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.Contains("revoked", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task People_are_read_by_the_same_queries_with_their_state_and_events()
    {
        using var org = await service.NewOrganization();
        var user = await org.NewUser("bjensen", ",\"displayName\":\"Babs\"");
        await org.Patch($"Users/{user.Id}", """[{"op":"replace","path":"active","value":false}]""");
        var list = (await Send(HttpMethod.Get, $"/{org.Id}/users?filter=userName+eq+%22BJENSEN%22")).Body;
        Assert.Equal(1, list.GetProperty("totalResults").GetInt32());
        var person = (await Send(HttpMethod.Get, $"/{org.Id}/users/{user.Id}")).Body;
        Assert.Equal("Babs", person.GetProperty("resource").GetProperty("displayName").GetString());
        Assert.False(person.GetProperty("state").GetProperty("access").GetBoolean());
        Assert.StartsWith("scim-token:", person.GetProperty("state").GetProperty("accessBy").GetString(), StringComparison.Ordinal);

        var events = (await Send(HttpMethod.Get, $"/{org.Id}/users/{user.Id}/events")).Body;
        Assert.Equal(["user_provisioned", "user_deactivated"], events.EnumerateArray().Select(e => e.GetProperty("type").GetString()));
        Assert.Equal("Babs", events[1].GetProperty("data").GetProperty("label").GetString());
        Assert.Equal("127.0.0.1", events[1].GetProperty("headers").GetProperty("ip").GetString());

        Assert.Equal(404, (await Send(HttpMethod.Get, $"/{org.Id}/users/{Guid.CreateVersion7()}")).Status);
        Assert.Equal(404, (await Send(HttpMethod.Get, $"/{org.Id}/users/{org.Id}/events")).Status);
        Assert.Equal(404, (await Send(HttpMethod.Get, $"/{Guid.CreateVersion7()}/users")).Status);
        Assert.Equal(400, (await Send(HttpMethod.Get, $"/{org.Id}/users?filter=nothing+eq+1")).Status);
    }

    [Fact]
    public async Task One_organizations_people_are_not_anothers()
    {
        using var one = await service.NewOrganization();
        using var two = await service.NewOrganization();
        var user = await one.NewUser("bjensen");
        Assert.Equal(404, (await Send(HttpMethod.Get, $"/{two.Id}/users/{user.Id}")).Status);
        Assert.Equal(404, (await Send(HttpMethod.Get, $"/{two.Id}/users/{user.Id}/events")).Status);
        Assert.Equal(0, (await Send(HttpMethod.Get, $"/{two.Id}/users")).Body.GetProperty("totalResults").GetInt32());
    }

    [Fact]
    public async Task The_document_of_the_API_tells_its_routes()
    {
        var document = await service.Operator.GetFromJsonAsync<JsonElement>("/api/openapi/v1.json", Ct);
        Assert.Contains("/api/organizations/{organization}/tokens", document.GetProperty("paths").EnumerateObject().Select(p => p.Name));
        Assert.DoesNotContain(document.GetProperty("paths").EnumerateObject(), p => p.Name.StartsWith("/scim", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_route_but_health_is_open_to_strangers()
    {
        using var org = await service.NewOrganization();
        using var stranger = new HttpClient { BaseAddress = service.Address };
        using var scim = service.Client(org.Id, org.Token);
        Assert.True(service.Service.App.Services.GetServices().Count() > 15);
        foreach (var endpoint in service.Service.App.Services.GetServices().OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>())
        {
            var path = endpoint.RoutePattern.RawText!.Replace("{organization:guid}", org.Id.ToString(), StringComparison.Ordinal).Replace("{organization}", org.Id.ToString(), StringComparison.Ordinal);
            path = System.Text.RegularExpressions.Regex.Replace(path, "{[^}]*:guid}", Guid.CreateVersion7().ToString("D"));
            path = System.Text.RegularExpressions.Regex.Replace(path, "{[^}]*}", "v1");
            var verbs = endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Routing.HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
            foreach (var verb in verbs)
            {
                using var response = await stranger.SendAsync(new HttpRequestMessage(new HttpMethod(verb), "/" + path.TrimStart('/')), Ct);
                if (path.TrimStart('/').Split('/')[0] is not ("scim" or "api" or "health" or "metrics"))
                {
                    // A page sends a stranger to sign in, unless it is a door itself.
                    if (endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is null) Assert.Equal("/sign-in", response.RequestMessage!.RequestUri!.AbsolutePath);
                    continue;
                }
                Assert.Equal(path.StartsWith("/health/", StringComparison.Ordinal) ? 200 : 401, (int)response.StatusCode);
                if (!path.Contains("/api/", StringComparison.Ordinal)) continue;
                using var withToken = await scim.SendAsync(new HttpRequestMessage(new HttpMethod(verb), "/" + path.TrimStart('/')), Ct);
                Assert.Equal(401, (int)withToken.StatusCode); // a SCIM token opens nothing else
            }
        }
        Assert.Equal(200, (int)(await stranger.GetAsync("/health/live", Ct)).StatusCode);
        Assert.Equal(200, (int)(await stranger.GetAsync("/health/ready", Ct)).StatusCode);
    }

    [Fact]
    public async Task The_operator_key_opens_no_SCIM_route()
    {
        using var org = await service.NewOrganization();
        using var response = await service.Operator.GetAsync($"/scim/v2/{org.Id}/Users", Ct);
        Assert.Equal(401, (int)response.StatusCode);
    }
}

file static class Endpoints
{
    internal static IEnumerable<Microsoft.AspNetCore.Http.Endpoint> GetServices(this IServiceProvider services) =>
        ((Microsoft.AspNetCore.Routing.EndpointDataSource)services.GetService(typeof(Microsoft.AspNetCore.Routing.EndpointDataSource))!).Endpoints;
}
