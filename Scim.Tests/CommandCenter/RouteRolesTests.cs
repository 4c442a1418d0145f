using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Scim.Api.Access;
using Scim.Domain.Organizations;

namespace Scim.Tests.CommandCenter;

/// <summary>The table of roles against the routes that there are, and every route against callers of every role.</summary>
public sealed class RouteRolesTests(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    IEnumerable<(string Verb, string Pattern)> Routes => service.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Select(r => (Pattern: RouteRoles.PatternOf(r), Verbs: r.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["any"]))
        .Where(r => new PathString(r.Pattern).StartsWithSegments("/api"))
        .SelectMany(r => r.Verbs.Select(v => (v, r.Pattern)));

    [Fact]
    public void Every_route_stands_in_the_table_and_the_table_names_no_other()
    {
        Assert.Empty(Routes.Except(RouteRoles.Table.Keys));
        Assert.Empty(RouteRoles.Table.Keys.Except(Routes));
        Assert.All(RouteRoles.Table.Values, roles => Assert.Contains(Roles.Operator, roles));
        Assert.All(RouteRoles.Table.Where(r => r.Key.Verb != "GET" && !r.Key.Pattern.Contains("/replay", StringComparison.Ordinal)), r => Assert.Empty(r.Value.Intersect(Roles.OfKeys)));
    }

    [Fact]
    public void What_does_not_stand_in_the_table_is_refused_to_everybody()
    {
        var route = new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/api/organizations/{organization:guid}/new"), 0, null, null);
        Assert.All((string[])[Roles.Operator, .. Roles.OfKeys], role => Assert.False(RouteRoles.May(role, "GET", route)));
    }

    [Fact]
    public async Task Every_route_opens_to_the_roles_that_the_table_names_and_to_nobody_else()
    {
        using var organization = await service.NewOrganization();
        using var other = await service.NewOrganization();
        var person = (await organization.NewUser("bjensen")).Id;
        using var stranger = service.ApiClient(null);
        using var foreigner = service.ApiClient(await service.NewKey(other.Id, Roles.Auditor));
        var (ofAuditor, ofReader) = (await service.NewKey(organization.Id, Roles.Auditor), await service.NewKey(organization.Id, Roles.Reader));
        string[] hashes = [.. new[] { ofAuditor, ofReader, organization.Token }.Select(s => Convert.ToBase64String(SecretText.Hash(s)))];
        using var auditor = service.ApiClient(ofAuditor);
        using var reader = service.ApiClient(ofReader);
        foreach (var (verb, pattern) in Routes)
        {
            var path = Regex.Replace(pattern.Replace("{organization:guid}", organization.Id.ToString("D"), StringComparison.Ordinal).Replace("/users/{id:guid}", $"/users/{person}", StringComparison.Ordinal),
                "{[^}]*:guid}", Guid.CreateVersion7().ToString("D"));
            path = Regex.Replace(path, "{[^}]*}", "v1");
            var known = RouteRoles.Table[(verb, pattern)];
            Assert.Equal(401, await Ask(stranger));
            Assert.Equal(401, await Ask(foreigner)); // as one that nobody has
            foreach (var (role, client) in new[] { (Roles.Operator, service.Operator), (Roles.Auditor, auditor), (Roles.Reader, reader) })
            {
                var status = await Ask(client);
                if (known.Contains(role)) Assert.False(status is 401 or 403 or >= 500, $"{role} {verb} {pattern} is {status}");
                else Assert.True(status == (pattern.Contains("{organization", StringComparison.Ordinal) ? 403 : 401), $"{role} {verb} {pattern} is {status}");
            }

            async Task<int> Ask(HttpClient client)
            {
                using var request = new HttpRequestMessage(new HttpMethod(verb), path);
                if (verb is "POST" or "PATCH" or "PUT") request.Content = JsonContent.Create(new { });
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
                if (response.Content.Headers.ContentType?.MediaType == "text/event-stream") return (int)response.StatusCode; // it has no end
                var text = (await response.Content.ReadAsStringAsync(Ct)).Replace("\\u002B", "+", StringComparison.Ordinal);
                Assert.All(hashes, hash => Assert.DoesNotContain(hash, text, StringComparison.Ordinal));
                return (int)response.StatusCode;
            }
        }
    }

    [Fact]
    public async Task A_reader_sees_the_directory_and_neither_history_nor_log()
    {
        using var organization = await service.NewOrganization();
        var person = (await organization.NewUser("bjensen")).Id;
        using var reader = service.ApiClient(await service.NewKey(organization.Id, Roles.Reader));
        foreach (var (path, status) in new[] { ("users", 200), ($"users/{person}", 200), ($"users/{person}/events", 403), ("requests", 403), ("requests/errors", 403), ("dialects", 403), ("unmapped", 403), ("tokens", 403), ("keys", 403), ("", 403) })
        {
            using var answer = await reader.GetAsync($"/api/organizations/{organization.Id}/{path}".TrimEnd('/'), Ct);
            Assert.True((int)answer.StatusCode == status, $"{path} is {answer.StatusCode}");
            if (status == 403) Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task An_auditor_reads_everything_and_changes_nothing()
    {
        using var organization = await service.NewOrganization();
        var person = (await organization.NewUser("bjensen")).Id;
        using var auditor = service.ApiClient(await service.NewKey(organization.Id, Roles.Auditor));
        foreach (var path in new[] { "", "/users", $"/users/{person}", $"/users/{person}/events", "/requests", "/requests/errors", "/dialects", "/unmapped", "/tokens", "/keys" })
            Assert.Equal(200, (int)(await auditor.GetAsync($"/api/organizations/{organization.Id}{path}", Ct)).StatusCode);

        var before = await service.Sql("select version from history.mt_streams where id = $1", organization.Id);
        Assert.Equal(403, (int)(await auditor.PatchAsJsonAsync($"/api/organizations/{organization.Id}", new { scimEnabled = false }, Ct)).StatusCode);
        Assert.Equal(403, (int)(await auditor.PostAsJsonAsync($"/api/organizations/{organization.Id}/tokens", new { label = "mine" }, Ct)).StatusCode);
        Assert.Equal(403, (int)(await auditor.PostAsJsonAsync($"/api/organizations/{organization.Id}/keys", new { label = "mine", role = Roles.Auditor }, Ct)).StatusCode);
        Assert.Equal(before, await service.Sql("select version from history.mt_streams where id = $1", organization.Id));
    }

    [Fact]
    public async Task Of_an_organization_with_staff_the_operator_sees_its_health_and_not_its_people()
    {
        using var organization = await service.NewOrganization();
        var path = $"/api/organizations/{organization.Id:D}";
        Assert.Equal(200, (int)(await service.Operator.GetAsync($"{path}/users", Ct)).StatusCode);
        using var staff = await SignIn.StaffOf.Of(service, organization.Id);
        foreach (var (verb, pattern) in Routes.Where(r => r.Pattern.Contains("{organization:guid}", StringComparison.Ordinal)))
        {
            var open = pattern.EndsWith("/{organization:guid}", StringComparison.Ordinal) || pattern.Contains("/tokens", StringComparison.Ordinal) || pattern.EndsWith("/dialects", StringComparison.Ordinal) || pattern.EndsWith("/unmapped", StringComparison.Ordinal)
                || (pattern.Contains("/keys", StringComparison.Ordinal) && verb != "POST");
            var asked = Regex.Replace(Regex.Replace(pattern.Replace("{organization:guid}", organization.Id.ToString("D"), StringComparison.Ordinal), "{[^}]*:guid}", Guid.CreateVersion7().ToString("D")), "{[^}]*}", "v1");
            using var request = new HttpRequestMessage(new HttpMethod(verb), asked);
            if (verb is "POST" or "PATCH") request.Content = JsonContent.Create(new { });
            using var response = await service.Operator.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
            Assert.True(open != (response.StatusCode == System.Net.HttpStatusCode.Forbidden), $"{verb} {pattern} is {response.StatusCode}");
        }
    }
}
