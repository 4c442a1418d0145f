using System.Text.Json;
using Scim.Tests.Faults;
using Scim.Tests.Replay;

namespace Scim.Tests.Audit;

/// <summary>Reports to sign: who had access at a moment, and who lost it when.</summary>
public sealed class ReviewTests(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_review_names_everybody_with_access_then_and_through_which_groups()
    {
        using var organization = await service.NewOrganization("Tour <Guides>");
        var ada = (await organization.NewUser("ada", ",\"active\":true,\"displayName\":\"=Ada\",\"externalId\":\"e-1\"")).Id;
        var ben = (await organization.NewUser("ben", ",\"active\":true")).Id;
        await organization.NewUser("cyd", ",\"active\":false");
        var (team, other) = ((await organization.NewGroup("Team", ada)).Id, (await organization.NewGroup("Other", ada)).Id);
        await organization.NewGroup("Everyone", team, other);
        var then = await Positions.Settled(service, organization.Id);
        await organization.Activate(ben, false);
        await organization.Delete($"Groups/{other}");
        await organization.Patch($"Users/{ada}", """[{"op":"replace","path":"title","value":"Guide"}]""");

        using var auditor = service.ApiClient(await service.NewKey(organization.Id, "auditor"));
        var review = await auditor.Json(organization, $"audit/review?position={then}");
        Assert.Equal(($"1.{then}", 2, 0), (review.GetProperty("moment").Text("position"), review.GetProperty("counts").GetProperty("people").GetInt32(), review.GetProperty("counts").GetProperty("erased").GetInt32()));
        var people = review.GetProperty("people").EnumerateArray().ToArray();
        Assert.Equal(["ada", "ben"], people.Select(p => p.Text("userName")));
        Assert.Equal(("=Ada", "e-1", ada, "okta"), (people[0].Text("name"), people[0].Text("externalId"), people[0].Text("id"), people[0].GetProperty("by").Text("label")));
        var groups = people[0].GetProperty("groups").EnumerateArray().ToArray();
        Assert.Equal([("Everyone", "indirect", "Other Team"), ("Other", "direct", ""), ("Team", "direct", "")],
            groups.Select(g => (g.Text("display")!, g.Text("type")!, string.Join(' ', g.GetProperty("through").EnumerateArray().Select(t => t.Text("display")).Order()))));

        var now = await auditor.Json(organization, "audit/review");
        var only = Assert.Single(now.GetProperty("people").EnumerateArray());
        Assert.Equal(2, only.GetProperty("groups").GetArrayLength());
        Assert.True(only.GetProperty("changedAt").GetDateTimeOffset() > only.GetProperty("since").GetDateTimeOffset());

        using var page = await Get(auditor, organization, $"audit/review?position={then}", "text/html");
        var html = await page.Content.ReadAsStringAsync(Ct);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("Tour &lt;Guides&gt;", html, StringComparison.Ordinal);
        Assert.Contains("<dd>2</dd>", html, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"col\">Access since</th><th scope=\"col\">Given by</th>", html, StringComparison.Ordinal);
        Assert.Contains("<dt>Times</dt><dd>to the minute, UTC</dd>", html, StringComparison.Ordinal);
        Assert.Matches("<td class=\"whole\">[0-9-]{10} [0-9:]{5}</td><td>okta</td><td class=\"whole\">", html);
        Assert.DoesNotContain("scim-token", html, StringComparison.Ordinal);
        Assert.DoesNotContain(ada, html, StringComparison.Ordinal);
        using var table = await Get(auditor, organization, $"audit/review?position={then}", "text/csv");
        Assert.Contains($",{ada}", await table.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        var lines = (await table.Content.ReadAsStringAsync(Ct)).Split("\r\n");
        Assert.StartsWith("name,userName,externalId", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("'=Ada,ada,e-1,", lines[1], StringComparison.Ordinal);
        Assert.Contains("Other; Team", lines[1], StringComparison.Ordinal);
        Assert.Equal(4, lines.Length);
    }

    [Fact]
    public async Task Pages_of_a_review_stay_at_its_moment_and_miss_nobody()
    {
        using var organization = await service.NewOrganization();
        string[] people = [.. (await Races.AtOnce(7, n => organization.NewUser($"p{n}", ",\"active\":true"))).Select(p => p.Id)];
        var (seen, cursor) = (new List<string>(), "");
        do
        {
            var page = await service.Operator.Json(organization, $"audit/review?count=3{cursor}");
            seen.AddRange(page.GetProperty("people").EnumerateArray().Select(p => p.Text("id")!));
            cursor = page.GetProperty("next").ValueKind == JsonValueKind.Null ? "" : $"&cursor={page.Text("next")}";
            if (seen.Count == 3) foreach (var person in people) await organization.Activate(person, false);
        }
        while (cursor.Length > 0);
        Assert.Equal(people.Order(), seen.Order());
        Assert.Equal(400, (await service.Operator.Ask(organization, $"audit/review?cursor=9.1.{Guid.Empty:N}")).Status);
        Assert.Equal(400, (await service.Operator.Ask(organization, $"audit/review?cursor=1.1.{Guid.Empty:N}")).Status);
    }

    [Fact]
    public async Task A_leaver_is_told_with_when_we_were_told_when_it_took_effect_and_whether_it_was_restored()
    {
        using var organization = await service.NewOrganization();
        var (ada, ben, cyd) = ((await organization.NewUser("ada", ",\"active\":true")).Id, (await organization.NewUser("ben", ",\"active\":true")).Id, (await organization.NewUser("cyd", ",\"active\":true")).Id);
        var before = await Positions.Settled(service, organization.Id);
        await organization.Activate(ada, false);
        var request = organization.LastRequest;
        await organization.Activate(ada, true);
        await organization.Delete($"Users/{ben}");
        await organization.Suspend(cyd);
        await organization.Activate(cyd, false); // had none already

        using var auditor = service.ApiClient(await service.NewKey(organization.Id, "auditor"));
        var found = (await auditor.Json(organization, $"audit/leavers?fromPosition={before}")).GetProperty("leavers").EnumerateArray().ToArray();
        Assert.Equal([(ada, "deactivated"), (ben, "deleted"), (cyd, "suspended")], found.Select(l => (l.Text("id")!, l.Text("kind")!)));
        var first = found[0];
        Assert.Equal((request, "okta", $"/api/organizations/{organization.Id}/requests/{request}"), (first.Text("request"), first.GetProperty("by").Text("label"), first.Text("requestLink")));
        var (told, effective) = (first.GetProperty("toldAt").GetDateTimeOffset(), first.GetProperty("effectiveAt").GetDateTimeOffset());
        Assert.Equal((long)(effective - told).TotalMilliseconds, first.GetProperty("milliseconds").GetInt64());
        Assert.InRange(first.GetProperty("milliseconds").GetInt64(), -5, 10_000);
        Assert.Equal(JsonValueKind.Object, first.GetProperty("restored").ValueKind);
        Assert.All(found[1..], l => Assert.Equal(JsonValueKind.Null, l.GetProperty("restored").ValueKind));

        Assert.Equal(ben, Assert.Single((await auditor.Json(organization, $"audit/leavers?person={ben}")).GetProperty("leavers").EnumerateArray()).Text("id"));
        var page = await auditor.Json(organization, $"audit/leavers?fromPosition={before}&count=2");
        var rest = await auditor.Json(organization, $"audit/leavers?fromPosition={before}&count=2&cursor={page.Text("next")}");
        Assert.Equal([ada, ben, cyd], page.GetProperty("leavers").EnumerateArray().Concat(rest.GetProperty("leavers").EnumerateArray()).Select(l => l.Text("id")));
        using var html = await Get(auditor, organization, $"audit/leavers?fromPosition={before}", "text/html");
        Assert.Contains($"<td>okta</td><td>{request}</td>", await html.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var csv = await Get(auditor, organization, $"audit/leavers?fromPosition={before}", "text/csv");
        Assert.Equal(5, (await csv.Content.ReadAsStringAsync(Ct)).Split("\r\n").Length);
        Assert.Equal(400, (await auditor.Ask(organization, "audit/leavers")).Status);
        Assert.Equal(400, (await auditor.Ask(organization, "audit/review?format=pdf")).Status);
        using var reader = service.ApiClient(await service.NewKey(organization.Id, "reader"));
        foreach (var path in new[] { "audit/review", $"audit/leavers?person={ada}", "audit/export/events", "audit/exports" }) Assert.Equal(403, (await reader.Ask(organization, path)).Status);
    }

    static async Task<HttpResponseMessage> Get(HttpClient client, TestOrganization organization, string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/organizations/{organization.Id}/{path}");
        request.Headers.Accept.ParseAdd(accept);
        var answer = await client.SendAsync(request, Ct);
        Assert.Equal(200, (int)answer.StatusCode);
        return answer;
    }
}
