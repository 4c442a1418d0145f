using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Scim.Api.Access;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Organizations;

namespace Scim.Tests.Faults;

/// <summary>Who is let in, to what, and until when.</summary>
public sealed class Access(TestService service)
{
    [Fact]
    public async Task Another_organizations_person_answers_as_one_who_does_not_exist()
    {
        using var mine = await service.NewOrganization();
        using var other = await service.NewOrganization();
        var theirs = await other.NewUser("ada@example.com");
        const string body = """{"userName":"mallory@example.com"}""";
        (HttpMethod Verb, string? Body)[] requests = [(HttpMethod.Get, null), (HttpMethod.Head, null), (HttpMethod.Put, body), (HttpMethod.Delete, null),
            (HttpMethod.Patch, """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]}""")];
        foreach (var (verb, text) in requests)
            foreach (var ifMatch in new[] { null, "*", theirs.ETag })
            {
                string random = Guid.NewGuid().ToString("D");
                Assert.Equal(await Ask(random), await Ask(theirs.Id));

                async Task<string> Ask(string id)
                {
                    var answer = await mine.Send(verb, $"Users/{id}", text, ifMatch);
                    Assert.Equal(404, answer.Status);
                    var headers = answer.Headers.Where(h => h.Key != "Date").OrderBy(h => h.Key).Select(h => $"{h.Key}: {h.Value}");
                    return string.Join("\n", headers.Append(answer.Text)).Replace(id, "ID", StringComparison.Ordinal).Replace(answer.Headers["X-Request-Id"], "REQUEST", StringComparison.Ordinal);
                }
            }
        Assert.Equal(0, (await mine.Get("Users")).Total);
        Assert.Equal(theirs.ETag, (await other.Get($"Users/{theirs.Id}")).ETag);
    }

    [Fact]
    public async Task Another_organizations_token_answers_as_an_unknown_one_at_every_route()
    {
        using var mine = await service.NewOrganization();
        using var other = await service.NewOrganization();
        var person = await mine.NewUser("ada@example.com");
        using var foreign = new TestOrganization(service, mine.Id, other.Token);
        using var unknown = new TestOrganization(service, mine.Id, TokenText.Of(new byte[32]));
        using var malformed = new TestOrganization(service, mine.Id, "scim_garbage");
        using var nowhere = new TestOrganization(service, Guid.NewGuid(), mine.Token);
        foreach (var path in new[] { "Users", $"Users/{person.Id}", "Users?filter=userName%20eq%20%22ada@example.com%22", "ServiceProviderConfig", "Schemas", "ResourceTypes", "Nothing" })
            foreach (var verb in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete, HttpMethod.Options })
            {
                var expected = await Ask(unknown);
                Assert.Equal(expected, await Ask(foreign));
                Assert.Equal(expected, await Ask(malformed));
                Assert.Equal(expected, await Ask(nowhere));

                async Task<string> Ask(TestOrganization caller)
                {
                    var answer = await caller.Send(verb, path, verb == HttpMethod.Get ? null : "{}");
                    Assert.Equal(401, answer.Status);
                    return answer.Headers["WWW-Authenticate"] + answer.Text.Replace(answer.Headers["X-Request-Id"], "REQUEST", StringComparison.Ordinal);
                }
            }
    }

    [Fact]
    public async Task An_expired_or_revoked_token_says_so()
    {
        using var organization = await service.NewOrganization();
        var text = TokenText.Of(Enumerable.Repeat((byte)7, 32).ToArray());
        var past = DateTimeOffset.UtcNow.AddDays(-1);
        var caller = new Caller(organization.Id, "operator", Guid.CreateVersion7()) { Source = "operator" };
        await service.Get<Scim.Api.EventStore.History>().Change<Organization, OrganizationEvent>(caller, organization.Id, null, (o, turn) =>
            new(OrganizationDecider.Decide(o, new IssueToken(Guid.NewGuid(), "old", Convert.ToBase64String(TokenText.Hash(text)), past), turn.Now)));
        service.Get<OrganizationCache>().Drop(organization.Id);
        using var expired = new TestOrganization(service, organization.Id, text);
        await Says(expired, "expired");

        Assert.Equal(200, (await organization.Get("Users")).Status);
        await Revoke(service, organization.Id, "okta");
        await Says(organization, "revoked"); // at once on the node that revoked it

        static async Task Says(TestOrganization caller, string what)
        {
            var answer = await caller.Get("Users");
            Assert.Equal(401, answer.Status);
            Assert.Contains("error=\"invalid_token\"", answer.Headers["WWW-Authenticate"], StringComparison.Ordinal);
            Assert.Contains(what, answer.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task While_SCIM_is_off_a_valid_token_is_403_and_an_invalid_one_401()
    {
        using var organization = await service.NewOrganization();
        await service.Operator.PatchAsJsonAsync($"/api/organizations/{organization.Id}", new { scimEnabled = false }, TestContext.Current.CancellationToken);
        using var unknown = new TestOrganization(service, organization.Id, TokenText.Of(new byte[32]));
        Assert.Equal(403, (await organization.Get("Users")).Status);
        Assert.Equal(403, (await organization.Post("Users", """{"userName":"ada"}""")).Status);
        Assert.Equal(401, (await unknown.Get("Users")).Status);
    }

    [Fact]
    public async Task Of_fifty_who_issue_a_token_beside_a_live_one_a_single_one_succeeds()
    {
        using var organization = await service.NewOrganization();
        var ct = TestContext.Current.CancellationToken;

        var statuses = await Races.AtOnce(50, async n => (int)(await service.Operator.PostAsJsonAsync($"/api/organizations/{organization.Id}/tokens", new { label = $"token {n}" }, ct)).StatusCode);

        Assert.Single(statuses, s => s == 201);
        Assert.All(statuses.Where(s => s != 201), s => Assert.Contains(s, new[] { 409, 503 }));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", statuses.CountBy(s => s)));
        Organization? folded = null;
        foreach (var e in await service.Get<HistoryReader>().Stream(organization.Id, organization.Id, ct))
        {
            folded = Organization.Fold(folded, (OrganizationEvent)e.Event, e.Fact);
            Assert.InRange(folded!.Tokens.Count(t => t.IsLive(e.Fact.At)), 0, Organization.MaxLiveTokens);
        }
        Assert.Equal(2, folded!.Tokens.Length);
    }

    internal static async Task Revoke(TestService node, Guid organization, string label)
    {
        var ct = TestContext.Current.CancellationToken;
        var tokens = await node.Operator.GetFromJsonAsync<JsonElement>($"/api/organizations/{organization}/tokens", ct);
        var id = tokens.EnumerateArray().Single(t => t.GetProperty("label").GetString() == label).GetProperty("id").GetGuid();
        Assert.Equal(204, (int)(await node.Operator.DeleteAsync($"/api/organizations/{organization}/tokens/{id}", ct)).StatusCode);
    }
}

/// <summary>Two services on one database, as behind a load balancer.</summary>
[Collection(OnSteadyCluster.Name)]
public sealed class TwoNodes(OwnCluster cluster)
{
    [Fact]
    public async Task What_one_node_does_the_other_knows_within_a_second()
    {
        var database = await cluster.NewDatabase();
        await using var one = await OwnDatabase.Start(database.Settings());
        await using var two = await OwnDatabase.Start(database.Settings());
        using var here = await one.NewOrganization();
        using var there = new TestOrganization(two, here.Id, here.Token);

        var person = await here.NewUser("ada@example.com");
        Assert.Equal(person.ETag, (await there.Get($"Users/{person.Id}")).ETag);
        Assert.Equal(200, (await there.Patch($"Users/{person.Id}", """[{"op":"replace","path":"title","value":"Countess"}]""", person.ETag)).Status);
        Assert.Equal(412, (await here.Delete($"Users/{person.Id}", person.ETag)).Status);

        await Access.Revoke(one, here.Id, "okta");
        var clock = Stopwatch.StartNew();
        Assert.Equal(401, (await here.Get("Users")).Status);
        Answer answer;
        while ((answer = await there.Get("Users")).Status == 200)
        {
            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 3 * 1);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        Assert.Equal(401, answer.Status);
        TestContext.Current.TestOutputHelper?.WriteLine($"The other node refused after {clock.ElapsedMilliseconds} ms");
    }
}
