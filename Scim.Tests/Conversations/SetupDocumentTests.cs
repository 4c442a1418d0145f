using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Conversations;

/// <summary>
/// The setup as its document has it, by HTTP alone, against a service that starts for the first time on an empty folder:
/// at the end the person whom Okta assigned stands in the directory without ever having signed in.
/// </summary>
public sealed partial class SetupDocumentTests : IAsyncLifetime
{
    readonly FreshInstallation _fresh = new();

    string _organization = "", _baseUrl = "", _token = "";

    public ValueTask InitializeAsync() => _fresh.Start(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _fresh.DisposeAsync();

    [Fact]
    public async Task Every_step_of_the_document_does_what_it_says()
    {
        FirstStartSaysWhatToDo();
        await SwitchScimOn();
        await IssueTokens();
        await TestConnector();
        var user = await AssignUser();
        await UpdateDeactivateReactivate(user);
        await HistoryTellsAll(user);
    }

    void FirstStartSaysWhatToDo()
    {
        var printed = _fresh.Printed;
        var steps = NextSteps().Match(printed);
        Assert.True(steps.Success, printed);
        (_organization, _baseUrl) = (steps.Groups["id"].Value, steps.Groups["base"].Value);
        Assert.Equal($"{_fresh.Address}/scim/v2/{_organization}", _baseUrl);
        var commands = printed.Split('\n').Select(l => l.Trim()).SkipWhile(l => !l.StartsWith("Next:", StringComparison.Ordinal)).Skip(1).Where(l => l.Length > 0).Take(3).ToArray();
        Assert.EndsWith($"organization enable-scim {_organization}", commands[0], StringComparison.Ordinal);
        Assert.EndsWith($"token issue {_organization} okta", commands[1], StringComparison.Ordinal);
        Assert.StartsWith($"curl -i \"{_baseUrl}/Users?startIndex=1&count=2\"", commands[2], StringComparison.Ordinal);
    }

    // 1.1 and 1.2: SCIM is off until somebody switches it on, and says so to whoever has a token.
    async Task SwitchScimOn()
    {
        var organization = await Api(HttpMethod.Get, "", null, 200);
        Assert.Equal(("My organization", false), (organization.GetProperty("name").GetString(), organization.GetProperty("scimEnabled").GetBoolean()));
        Assert.Equal(_baseUrl, organization.GetProperty("baseUrl").GetString());
        Assert.True((await Api(HttpMethod.Patch, "", new { scimEnabled = true }, 200)).GetProperty("scimEnabled").GetBoolean());
    }

    // 1.3: two at once, each shown once.
    async Task IssueTokens()
    {
        _token = (await Api(HttpMethod.Post, "/tokens", new { label = "okta" }, 201)).GetProperty("token").GetString()!;
        Assert.NotEqual(_token, (await Api(HttpMethod.Post, "/tokens", new { label = "okta, next year" }, 201)).GetProperty("token").GetString());
        Assert.Equal("2 tokens are in use, which is the most at once. Revoke one first.", (await Api(HttpMethod.Post, "/tokens", new { label = "a third" }, 409)).GetProperty("title").GetString());

        var listed = await Api(HttpMethod.Get, "/tokens", null, 200);
        Assert.Equal(["okta", "okta, next year"], listed.EnumerateArray().Select(t => t.GetProperty("label").GetString()));
        Assert.DoesNotContain("scim_", listed.GetRawText(), StringComparison.Ordinal);
    }

    // 3.9
    async Task TestConnector() =>
        Assert.Equal(0, (await Scim(HttpMethod.Get, "/Users?startIndex=1&count=2", null, 200)).GetProperty("totalResults").GetInt32());

    // 3.10
    async Task<string> AssignUser()
    {
        Assert.Equal(0, (await Scim(HttpMethod.Get, "/Users?filter=userName%20eq%20%22ursa.bell%40lumen.example%22&startIndex=1&count=100", null, 200)).GetProperty("totalResults").GetInt32());
        var id = (await Scim(HttpMethod.Post, "/Users", Body("Ursa", true), 201)).GetProperty("id").GetString()!;

        var directory = await Api(HttpMethod.Get, "/users", null, 200);
        var person = Assert.Single(directory.GetProperty("Resources").EnumerateArray());
        Assert.Equal((id, "ursa.bell@lumen.example"), (person.GetProperty("id").GetString(), person.GetProperty("resource").GetProperty("userName").GetString()));
        var state = person.GetProperty("state");
        Assert.True(state.GetProperty("access").GetBoolean());
        Assert.Equal(["scim"], state.GetProperty("sources").EnumerateArray().Select(s => s.GetString())); // no sign-in among them
        return id;
    }

    async Task UpdateDeactivateReactivate(string user)
    {
        Assert.Equal("Ursula Bell", (await Scim(HttpMethod.Put, $"/Users/{user}", Body("Ursula", true), 200)).GetProperty("displayName").GetString());
        await Scim(HttpMethod.Put, $"/Users/{user}", Body("Ursula", false), 200);
        Assert.False((await Api(HttpMethod.Get, $"/users/{user}", null, 200)).GetProperty("state").GetProperty("access").GetBoolean());
        await Scim(HttpMethod.Put, $"/Users/{user}", Body("Ursula", true), 200);
        Assert.True((await Api(HttpMethod.Get, $"/users/{user}", null, 200)).GetProperty("state").GetProperty("access").GetBoolean());
    }

    async Task HistoryTellsAll(string user)
    {
        var events = (await Api(HttpMethod.Get, $"/users/{user}/events", null, 200)).EnumerateArray().ToArray();
        Assert.Equal(["user_provisioned", "user_attributes_changed", "user_deactivated", "user_reactivated"], events.Select(e => e.GetProperty("type").GetString()));
        Assert.Equal([1, 2, 3, 4], events.Select(e => e.GetProperty("version").GetInt32()));
        Assert.All(events, e => Assert.NotEmpty(e.GetProperty("headers").GetProperty("hash").GetString()!));

        // Sealed: who looks at the rows alone reads no name, and the password is nowhere.
        var rows = (string)(await Sql.ScalarAsync(_fresh.OwnerConnectionString, "select string_agg(e::text, ' ') from history.mt_events e"))!;
        Assert.Contains(user, rows, StringComparison.Ordinal);
        foreach (var secret in new[] { "Ursula", "ursa.bell", "quiet-Otter-77" })
            Assert.False(rows.Contains(secret, StringComparison.Ordinal) || rows.Contains(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret)), StringComparison.Ordinal));
    }

    static object Body(string givenName, bool active) => new
    {
        schemas = new[] { "urn:ietf:params:scim:schemas:core:2.0:User" },
        userName = "ursa.bell@lumen.example",
        name = new { givenName, familyName = "Bell" },
        emails = new[] { new { primary = true, value = "ursa.bell@lumen.example", type = "work" } },
        displayName = $"{givenName} Bell",
        locale = "en-US",
        externalId = "00u4ursabell00011Ll1",
        groups = Array.Empty<string>(),
        password = "quiet-Otter-77",
        active,
    };

    Task<JsonElement> Api(HttpMethod verb, string path, object? body, int status) => _fresh.Api(verb, $"/organizations/{_organization}{path}", body, status);

    Task<JsonElement> Scim(HttpMethod verb, string path, object? body, int status) => _fresh.Scim(verb, _baseUrl + path, _token, body, status);

    [GeneratedRegex(@"Created the organization ""My organization""\..*\n\s*\n\s+(?<base>http://\S+/scim/v2/(?<id>[0-9a-f-]{36}))\s*\n")]
    private static partial Regex NextSteps();
}
