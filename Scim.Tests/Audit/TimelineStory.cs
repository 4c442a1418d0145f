using System.Globalization;
using System.Text.Json;
using Scim.Tests.Provisioning.RequestLog;

namespace Scim.Tests.Audit;

/// <summary>What an auditor reads of an organization: sentences that need no training, and the same as data.</summary>
public sealed class TimelineStory(TestService service)
{
    const string PatchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    [Fact]
    public async Task A_whole_story_is_told_in_sentences_with_the_names_of_its_time()
    {
        using var organization = await service.NewOrganization("Tour Guides Inc.");
        var okta = AuditedOrganization.As("Okta SCIM Client 1.0.0");
        var ada = (await organization.Send(HttpMethod.Post, "Users", """{"userName":"ada@example.com","displayName":"Ada Byron","title":"Guide"}""", more: okta)).Id;
        var team = (await organization.Send(HttpMethod.Post, "Groups", """{"displayName":"Guides"}""", more: okta)).Id;
        await Patch($"Groups/{team}", $$"""[{"op":"add","path":"members","value":[{"value":"{{ada}}"}]}]""");
        await Patch($"Users/{ada}", """[{"op":"replace","path":"displayName","value":"Ada King"},{"op":"replace","path":"title","value":"Lead"}]""");
        await Patch($"Users/{ada}", """[{"op":"replace","path":"active","value":false}]""");
        await organization.Send(HttpMethod.Delete, $"Users/{ada}", more: okta);
        var token = (await organization.Operate(HttpMethod.Post, "/tokens", new { label = "spare", days = 30 })).Text("id");
        await organization.Operate(HttpMethod.Delete, $"/tokens/{token}");
        var until = DateTimeOffset.UtcNow.AddDays(365).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var month = DateTimeOffset.UtcNow.AddDays(30).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        Assert.Equal(
        [
            "The operator created the organization Tour Guides Inc.",
            "The operator switched provisioning on, so that the identity provider may change the directory.",
            $"The operator issued the token okta, good until {until}.",
            "Okta (token okta) added Ada Byron (ada@example.com) to the directory, active.",
            "Okta (token okta) created the group Guides.",
            "Okta (token okta) added Ada Byron to Guides.",
            "Okta (token okta) changed 2 attributes of Ada King: display name and title.",
            "Okta (token okta) deactivated Ada King.",
            "Okta (token okta) deleted Ada King from the directory.",
            "Ada King left Guides, because this person was deleted.",
            $"The operator issued the token spare, good until {month}.",
            "The operator revoked the token spare.",
        ], await organization.Sentences());

        async Task Patch(string path, string operations) =>
            Assert.InRange((await organization.Send(HttpMethod.Patch, path, $$"""{"schemas":["{{PatchOp}}"],"Operations":{{operations}}}""", more: okta)).Status, 200, 204);
    }

    [Fact]
    public async Task An_event_says_who_what_of_whom_and_by_which_request()
    {
        using var organization = await service.NewOrganization();
        var ada = (await organization.NewUser("ada", ",\"displayName\":\"Ada Byron\"")).Id;
        var answer = await organization.Send(HttpMethod.Patch, $"Users/{ada}", $$"""{"schemas":["{{PatchOp}}"],"Operations":[{"op":"Replace","path":"active","value":false},{"op":"add","path":"favouriteColour","value":"green"}]}""",
            more: request => request.Headers.TryAddWithoutValidation("X-Okta-Request-Id", "okta-17"));
        Assert.Equal(200, answer.Status);
        var page = await organization.Timeline("count=1");
        var e = Assert.Single(page.Rows());
        Assert.Equal(("user_deactivated", 2L, ada), (e.Text("type"), e.GetProperty("version").GetInt64(), e.Text("stream")));
        Assert.Equal((e.Text("position") + ".0", page.Text("position")), (e.Text("id"), e.Text("position")));
        Assert.Equal(("User", ada, "Ada Byron", false), (e.GetProperty("subject").Text("type"), e.GetProperty("subject").Text("id"), e.GetProperty("subject").Text("name"), e.GetProperty("subject").GetProperty("erased").GetBoolean()));
        var actor = e.GetProperty("actor");
        Assert.Equal(("token", "okta", "The identity provider (token okta)"), (actor.Text("kind"), actor.Text("label"), actor.Text("name")));
        Assert.Equal("""[{"path":"active","then":true,"now":false}]""", e.GetProperty("changes").GetRawText());
        Assert.Equal((organization.LastRequest, "okta-17", "127.0.0.1"), (e.Text("request"), e.Text("providerRequest"), e.Text("address")));
        Assert.Equal(["op in another case"], e.GetProperty("repairs").EnumerateArray().Select(r => r.GetString()));
        Assert.Equal(["favouriteColour"], e.GetProperty("unmapped").EnumerateArray().Select(u => u.GetString()));
        Assert.Equal("Ada Byron", e.GetProperty("data").Text("label"));
        Assert.InRange(DateTimeOffset.UtcNow - e.GetProperty("at").GetDateTimeOffset(), TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(1));
        Assert.Equal(JsonValueKind.String, page.GetProperty("next").ValueKind);
        Assert.DoesNotContain("hash", (await organization.Timeline("count=200")).GetRawText(), StringComparison.OrdinalIgnoreCase);

        await organization.Written();
        using var request = await service.Operator.GetAsync(e.Text("requestLink"), TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)request.StatusCode);
    }

    [Fact]
    public async Task Of_an_erased_person_the_rows_stay_and_every_name_is_gone()
    {
        using var organization = await service.NewOrganization();
        var ada = (await organization.NewUser("qanary@example.com", ",\"displayName\":\"Qanary Byron\"")).Id;
        var bob = (await organization.NewUser("bob")).Id;
        var team = (await organization.NewGroup("Guides", ada, bob)).Id;
        await organization.Patch($"Users/{ada}", """[{"op":"replace","path":"displayName","value":"Qanary King"}]""");
        await organization.Patch($"Users/{bob}", $$$"""[{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":{"value":"{{{ada}}}"}}]""");
        await organization.Leave(team, ada);
        var before = (await organization.Timeline("count=200")).Rows();
        var (tenant, person) = (organization.Id.ToString("D"), Guid.Parse(ada));
        var wrapped = (byte[])(await service.Sql("select wrapped from history.person_key where tenant_id = $1 and person_id = $2", tenant, person))!;
        await service.Sql("delete from history.person_key where tenant_id = $1 and person_id = $2", tenant, person);
        try
        {
            var page = await organization.Timeline("count=200");
            Assert.Equal(before.Select(e => e.Text("id")), page.Rows().Select(e => e.Text("id")));
            Assert.DoesNotContain("qanary", page.GetRawText(), StringComparison.OrdinalIgnoreCase);
            var hers = (await organization.Timeline($"person={ada}&order=asc")).Rows();
            Assert.Equal(4, hers.Length);
            Assert.Equal(("erased", true), (hers[0].GetProperty("subject").Text("name"), hers[0].GetProperty("subject").GetProperty("erased").GetBoolean()));
            Assert.Contains("added bob and an erased person to Guides.", hers[1].Text("sentence"), StringComparison.Ordinal);
            Assert.Contains("an erased person", hers[2].Text("sentence"), StringComparison.Ordinal);
            Assert.True(hers[2].GetProperty("changes")[0].GetProperty("erased").GetBoolean());
        }
        finally
        {
            await service.Sql("insert into history.person_key (tenant_id, person_id, wrapped) values ($1, $2, $3)", tenant, person, wrapped);
        }
    }

    [Fact]
    public async Task Two_organizations_see_nothing_of_each_other()
    {
        using var one = await service.NewOrganization("One");
        using var two = await service.NewOrganization("Two");
        var ada = (await one.NewUser("ada@one.example")).Id;
        var team = (await one.NewGroup("Ones", ada)).Id;
        foreach (var query in new[] { $"person={ada}", $"group={team}", "name=ada", $"request={one.LastRequest}" })
        {
            Assert.NotEmpty((await one.Timeline(query)).Rows());
            Assert.Empty((await two.Timeline(query)).Rows());
        }
        Assert.Equal(3, (await two.Timeline()).Rows().Length);
        using var unknown = await service.Operator.GetAsync($"/api/organizations/{Guid.CreateVersion7()}/audit/events", TestContext.Current.CancellationToken);
        Assert.Equal(404, (int)unknown.StatusCode);
    }
}
