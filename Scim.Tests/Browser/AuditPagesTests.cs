using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Scim.Api.Audit.Export;
using Scim.Domain.Organizations;
using Scim.Tests.Audit;
using Scim.Tests.Provisioning.RequestLog;
using Scim.Tests.Replay;
using Scim.Tests.SignIn;

namespace Scim.Tests.Browser;

/// <summary>The audit, where administrators find what failed and auditors what was.</summary>
[Collection(InChromium.Name)]
public sealed class AuditPagesTests(TestService service, Chromium chromium)
{
    const string Refusal = "Create Bob@example.com: refused (409 uniqueness)";

    const string Hostile = "<img src=x onerror=document.title='run'>";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/audit/reviews/leavers", "leavers")]
    [InlineData("/audit/requests", "requests")]
    [InlineData("/audit/requests?kind=errors&status=409&errors=all&paused=1", "requests-errors")]
    [InlineData("/audit/requests/{refused}", "request-refused")]
    [InlineData("/audit/requests/{renaming}", "request")]
    [InlineData("/audit/events", "events")]
    [InlineData("/audit/events?type=user_renamed&person={ada}", "events-narrowed")]
    [InlineData("/audit/events/{event}", "event")]
    [InlineData("/audit/compare", "compare")]
    [InlineData("/audit/reviews", "review")]
    [InlineData("/audit/replay", "replays")]
    [InlineData("/audit/replay/{replay}", "replay")]
    [InlineData("/audit/exports", "exports")]
    public async Task A_page_is_light_narrow_and_accessible(string path, string name)
    {
        using var story = await Story.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        var session = await staff.Session();
        if (name == "exports") Assert.Equal(200, (await staff.Get("/audit/export/events?format=csv", session)).Status);
        path = path.Replace("{refused}", story.Refused, StringComparison.Ordinal).Replace("{renaming}", story.Renaming, StringComparison.Ordinal).Replace("{ada}", story.Ada, StringComparison.Ordinal);
        if (name == "event") path = path.Replace("{event}", await FirstEvent(story), StringComparison.Ordinal);
        if (name.StartsWith("replay", StringComparison.Ordinal)) path = path.Replace("{replay}", await Replayed(staff, session), StringComparison.Ordinal);
        await SignedIn.Inspect(chromium, staff, path, "audit-" + name);
    }

    [Fact]
    public async Task The_log_follows_what_is_sent_until_it_is_paused()
    {
        using var organization = await service.NewOrganization();
        using var staff = await StaffOf.Of(service, organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var (page, rows) = (window.Page, window.Page.Locator("#live-requests"));
        await window.Go("/audit/requests");
        await rows.GetByText("Nobody has called yet").WaitForAsync();
        await page.GetByLabel("Person").FillAsync("half typ");

        await organization.NewUser("liam@example.com");
        await rows.GetByText("Create liam@example.com").WaitForAsync(new() { Timeout = 5000 });
        await organization.Post("Users", """{"userName":"liam@example.com"}""");
        await rows.GetByText("Create liam@example.com: refused (409 uniqueness)").WaitForAsync(new() { Timeout = 5000 });
        await page.Locator("#live-errors").GetByText("Another person here has this userName").WaitForAsync();
        Assert.Equal("half typ", await page.GetByLabel("Person").InputValueAsync());
        await page.GetByLabel("Person").FillAsync("");

        await page.GetByRole(AriaRole.Link, new() { Name = "Pause" }).ClickAsync();
        await page.GetByText("Paused").WaitForAsync();
        Assert.Contains("paused=1", page.Url, StringComparison.Ordinal);
        await organization.NewUser("mia@example.com");
        await organization.Written();
        await page.WaitForTimeoutAsync(1000);
        Assert.Equal(0, await rows.GetByText("mia@example.com").CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "Go on" }).ClickAsync();
        await rows.GetByText("Create mia@example.com").WaitForAsync();
        await organization.NewUser("noor@example.com");
        await rows.GetByText("Create noor@example.com").WaitForAsync(new() { Timeout = 5000 });
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task The_log_is_narrowed_and_turned_by_its_address()
    {
        using var story = await Story.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id, "grace@example.com", Roles.Auditor);
        await using var window = await SignedIn.As(chromium, staff, javaScript: false);
        var page = window.Page;

        foreach (var (query, sentences) in new[]
        {
            ("kind=errors", new[] { Refusal, "A request without a valid token" }),
            ("status=409", [Refusal]),
            ("action=rename", ["Rename ada.byron@example.com"]),
            ("requestId=" + story.Renaming, ["Rename ada.byron@example.com"]),
            ("q=uniqueness", [Refusal]),
            ("person=" + story.Ada + "&action=deactivate", ["Deactivate ada.byron@example.com"]),
            ("from=2020-01-01&to=2020-12-31", []),
            ("action=&person=&from=&to=&kind=errors&status=4xx", [Refusal, "A request without a valid token"]),
        })
        {
            Assert.Equal(200, (await window.Go("/audit/requests?" + query)).Status);
            Assert.Equal(sentences.Order(StringComparer.Ordinal), (await page.Locator("#live-requests tbody th a").AllInnerTextsAsync()).Order(StringComparer.Ordinal));
        }
        await window.Go("/audit/requests?from=2020-01-01&to=2020-12-31");
        await page.GetByText("No request is like that").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "From 2020-01-01" }).ClickAsync();
        Assert.EndsWith("/audit/requests?to=2020-12-31", page.Url, StringComparison.Ordinal);

        // A day of "to" is in it as a whole.
        await window.Go($"/audit/requests?action=rename&from={DateTime.UtcNow:yyyy-MM-dd}&to={DateTime.UtcNow:yyyy-MM-dd}");
        Assert.Equal(1, await page.Locator("#live-requests tbody tr").CountAsync());

        for (var n = 0; n < 60; n++) await story.Organization.Get($"Users?filter=userName%20eq%20%22nobody{n}%22");
        await story.Organization.Written();
        var seen = new List<string>();
        await window.Go("/audit/requests");
        while (true)
        {
            seen.AddRange(await page.Locator("#live-requests tbody th a").EvaluateAllAsync<string[]>("links => links.map(l => l.getAttribute('href'))"));
            var older = page.GetByRole(AriaRole.Link, new() { Name = "Older" });
            if (await older.CountAsync() == 0) break;
            await older.ClickAsync();
        }
        Assert.True(seen.Count > 60);
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    [Fact]
    public async Task A_refused_request_says_why_and_what_to_do_and_what_it_holds_is_inert()
    {
        using var story = await Story.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go("/audit/requests?kind=errors");
        await page.Locator("#live-requests").GetByText("refused (409 uniqueness)").ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = Refusal }).WaitForAsync();
        var text = await window.Text();
        Assert.Contains("The userName is held by another person of this organization.", text, StringComparison.Ordinal);
        Assert.Contains("assign the existing account in Okta", text, StringComparison.Ordinal);
        Assert.Contains("\"userName\": \"Bob@example.com\"", await page.Locator("#sent-text").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("\"scimType\": \"uniqueness\"", await page.Locator("#answered-text").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("None: it was refused.", text, StringComparison.Ordinal);
        await page.Locator("[data-copy=request-id]").ClickAsync(); // also after a navigation that exchanged the document
        Assert.Equal(story.Refused, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));

        await window.Go($"/audit/requests/{story.Renaming}");
        await page.GetByRole(AriaRole.Link, new() { Name = "In the timeline" }).ClickAsync();
        await page.Locator("#live-events tbody tr").First.WaitForAsync();
        Assert.Equal(1, await page.Locator("#live-events tbody tr").CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "its request" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Rename ada.byron@example.com" }).WaitForAsync();

        foreach (var path in new[] { "/audit/requests", $"/audit/requests/{story.HostileRequest}", "/audit/events", "/audit/compare", "/audit/reviews", "/audit/reviews/print" })
        {
            await window.Go(path);
            Assert.Contains(Hostile, await page.Locator("body").InnerTextAsync(), StringComparison.Ordinal);
            Assert.Equal(0, await page.Locator("img").CountAsync());
            Assert.NotEqual("run", await page.TitleAsync());
        }
        Assert.Empty(window.Complaints);

        // What can be read no more says so.
        await service.Sql("update history.request_log set sealed = null where tenant_id = $1 and id = $2", story.Organization.Id.ToString("D"), Guid.Parse(story.Refused));
        await window.Go($"/audit/requests/{story.Refused}");
        Assert.Contains("older than the organization keeps requests readable", await window.Text(), StringComparison.Ordinal);
        const string Move = "update history.person_key set person_id = $3 where tenant_id = $1 and person_id = $2";
        var (ada, nobody) = (Guid.Parse(story.Ada), Guid.CreateVersion7());
        await service.Sql(Move, story.Organization.Id.ToString("D"), ada, nobody);
        await window.Go($"/audit/requests/{story.Renaming}");
        text = await window.Text();
        await service.Sql(Move, story.Organization.Id.ToString("D"), nobody, ada);
        Assert.Contains("somebody who has been erased", text, StringComparison.Ordinal);
        Assert.DoesNotContain("byron", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_timeline_tells_then_and_now_and_is_narrowed_as_the_API_is()
    {
        using var story = await Story.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id, "grace@example.com", Roles.Auditor);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        using var api = service.ApiClient(story.Key);
        foreach (var query in new[]
        {
            "", "type=user_renamed", "type=user_renamed,user_deactivated", "person=" + story.Ada, "group=" + story.Guides, "request=" + story.Renaming, "name=ada.byr", "actor=operator", "toPosition=3", "fromPosition=4&toPosition=6",
            $"from={DateTime.UtcNow:yyyy-MM-dd}&to={DateTime.UtcNow:yyyy-MM-dd}", "to=2020-01-01", "order=asc",
        })
        {
            var expected = (await api.Json(story.Organization, $"audit/events?{query}")).Rows().Select(e => e.GetProperty("sentence").GetString()!);
            Assert.Equal(200, (await window.Go("/audit/events?" + query)).Status);
            Assert.Equal(expected, await page.Locator("#live-events tbody th > a").AllInnerTextsAsync());
        }

        await window.Go("/audit/events?type=user_renamed");
        Assert.Contains("ada@example.com", await page.Locator("#live-events del").First.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("ada.byron@example.com", await page.Locator("#live-events ins").First.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal($"/directory/users/{story.Ada}", await page.Locator("#live-events td a").First.GetAttributeAsync("href"));
        await page.Locator("#live-events tbody th > a").First.ClickAsync();
        await page.GetByText("As data").WaitForAsync();
        Assert.Contains("\"userId\"", await page.Locator("#data-text").InnerTextAsync(), StringComparison.Ordinal);
        await page.Locator("[rel=prev]").ClickAsync();
        await page.GetByText("none: it is the first of its stream").WaitForAsync();

        // It follows, and a filter that is typed is followed too.
        await window.Go("/audit/events");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("zoe");
        await page.GetByText("No event is like that").WaitForAsync();
        Assert.EndsWith("/audit/events?name=zoe", page.Url, StringComparison.Ordinal);
        await story.Organization.NewUser("zoe@example.com");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Events", Exact = true }).ClickAsync();
        await page.Locator("#live-events").GetByText("zoe@example.com").First.WaitForAsync(new() { Timeout = 5000 });
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task What_is_shown_leaves_as_a_file_with_a_manifest()
    {
        using var story = await Story.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id, "grace@example.com", Roles.Auditor);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go("/audit/events?type=user_renamed,user_deactivated");
        var csv = await Download(page, "Export as CSV");
        Assert.Equal(["user_renamed", "user_deactivated"], csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => Regex.Match(l, "user_[a-z]+").Value));
        await window.Go("/audit/events?to=2020-01-01&fromPosition=2");
        Assert.Equal(0, await page.GetByRole(AriaRole.Link, new() { Name = "as NDJSON" }).CountAsync()); // nothing is shown
        await window.Go("/audit/compare");
        Assert.Contains("\"kind\":\"arrived\"", await Download(page, "as NDJSON"), StringComparison.Ordinal);
        await window.Go("/audit/reviews");
        Assert.StartsWith("name,userName", await Download(page, "Export as CSV"), StringComparison.Ordinal);
        await window.Go("/audit/reviews/leavers");
        Assert.Contains("ada.byron@example.com", await Download(page, "Export as CSV"), StringComparison.Ordinal);

        var exports = await service.Get<Exports>().List(story.Organization.Id, null, 10, Ct);
        Assert.Equal(["leavers", "review", "difference", "events"], exports.Select(e => e.Begun.What));
        Assert.All(exports, e => Assert.Equal((staff.Staff, false), (Guid.Parse(e.Begun.Actor.Split(':')[1]), e.Ended!.Broken)));
        Assert.Contains("user_renamed,user_deactivated", exports[^1].Begun.Query, StringComparison.Ordinal);
        await window.Go("/audit/exports");
        var text = await window.Text();
        Assert.Contains(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(csv))), text, StringComparison.Ordinal);
        Assert.Contains("grace@example.com", text, StringComparison.Ordinal);
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Two_moments_are_compared_with_what_made_the_difference()
    {
        using var story = await Story.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff, javaScript: false);
        var page = window.Page;
        await window.Go($"/audit/compare?fromPosition={story.Before}");
        Assert.Equal(["+1", "−1", "2", "2"], await page.Locator(".tile b").AllInnerTextsAsync());
        var renamed = page.Locator("tbody tr", new() { HasText = "userName" });
        Assert.Equal(("ada@example.com", "ada.byron@example.com"), (await renamed.Locator("del").InnerTextAsync(), await renamed.Locator("ins").InnerTextAsync()));
        await renamed.GetByRole(AriaRole.Link).Last.ClickAsync();
        Assert.Contains("ada.byron@example.com", await page.Locator("h1").InnerTextAsync(), StringComparison.Ordinal);

        await window.Go("/audit/compare");
        await page.GetByRole(AriaRole.Link, new() { Name = "Last 7 days" }).ClickAsync();
        Assert.Contains("before the first event", await window.Text(), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare" }).ClickAsync(); // what was picked is sent as it was
        Assert.Contains("before the first event", await window.Text(), StringComparison.Ordinal);
        await window.Go($"/audit/compare?fromPosition={story.Before}&person={story.Ada}");
        Assert.Equal(3, await page.Locator("tbody tr", new() { HasText = "byron" }).CountAsync());
        await window.Go("/audit/compare?from=2020-01-01T00:00Z&to=2020-02-01T00:00Z");
        await page.GetByText("Nothing differs").WaitForAsync();
    }

    [Fact]
    public async Task A_review_lists_who_had_access_then_and_leavers_when_they_lost_it()
    {
        using var story = await Story.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff, javaScript: false);
        var page = window.Page;
        await window.Go($"/audit/reviews?position={story.Before}");
        Assert.Contains("2 people had access", await window.Text(), StringComparison.Ordinal);
        await window.Go("/audit/reviews");
        var text = await window.Text();
        Assert.DoesNotContain("byron", text, StringComparison.Ordinal);
        Assert.Contains("Guides", text, StringComparison.Ordinal);
        Assert.Contains("through Guides", text, StringComparison.Ordinal);

        await window.Go("/audit/reviews/leavers");
        var row = page.Locator("tbody tr");
        Assert.Equal(1, await row.CountAsync());
        Assert.Contains("deactivated", await row.InnerTextAsync(), StringComparison.Ordinal);
        await row.GetByRole(AriaRole.Link, new() { Name = "the event" }).ClickAsync();
        Assert.Equal(1, await page.Locator("#live-events tbody tr").CountAsync());
        await window.Go("/audit/reviews/leavers?from=2020-01-01T00:00Z&to=2020-02-01T00:00Z");
        await page.GetByText("Nobody lost access").WaitForAsync();
    }

    [Fact]
    public async Task An_auditor_replays_and_reads_identical_or_what_is_not()
    {
        using var story = await Story.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id, "grace@example.com", Roles.Auditor);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go("/audit/replay");
        await page.GetByText("Nobody has asked for one yet").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin a replay" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Identical" }).WaitForAsync(new() { Timeout = 15_000 }); // by itself

        await service.Sql($"update directory.mt_doc_user set external_id = 'x' where tenant_id = '{story.Organization.Id:D}' and id = '{story.Ada}'");
        await window.Go("/audit/replay");
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin a replay" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "1 difference" }).WaitForAsync(new() { Timeout = 15_000 });
        Assert.Contains(story.Ada, await window.Text(), StringComparison.Ordinal);
        Assert.Contains("external_id", await window.Text(), StringComparison.Ordinal);
        await service.Sql($"update directory.mt_doc_user set external_id = null where tenant_id = '{story.Organization.Id:D}' and id = '{story.Ada}'");

        await window.Go("/audit/replay");
        await page.Locator("[name=to]").FillAsync("2099-01-01T00:00");
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin a replay" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).GetByText("is in the future").WaitForAsync();
        Assert.Equal(["○ 1 difference", "● identical"], await page.Locator("#live-runs .badge").AllInnerTextsAsync());
        Assert.Contains("grace@example.com", await page.Locator("#live-runs").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_asked_wrongly_is_said_beside_its_field()
    {
        using var organization = await service.NewOrganization();
        using var staff = await StaffOf.Of(service, organization.Id);
        await using var window = await SignedIn.As(chromium, staff, javaScript: false);
        foreach (var (path, field, words) in new[]
        {
            ("/audit/requests?from=yesterday", "from", "from is an instant"), ("/audit/requests?status=xyz", "status", "status is a number"), ("/audit/requests?kind=odd", "kind", "kind is all"),
            ("/audit/events?person=x", "person", "person is an id"), ("/audit/events?from=yesterday", "from", "from is an instant"), ("/audit/events?type=odd", "type", "type is one"), ("/audit/events?fromPosition=x", "fromPosition", "fromPosition is a number"),
            ("/audit/compare?from=yesterday", "from", "from is an instant"), ("/audit/compare?from=2026-01-02T00:00&to=2099-01-01T00:00", "", "is in the future"), ("/audit/compare?from=2026-01-02T00:00Z&to=2026-01-01T00:00Z&cursor=x", "cursor", "cursor is"),
            ("/audit/reviews?at=yesterday", "at", "at is an instant"), ("/audit/reviews/leavers?from=yesterday", "from", "from is an instant"), ("/audit/requests?cursor=x", "cursor", "cursor is"), ("/audit/events?cursor=x", "cursor", "cursor is"),
        })
        {
            Assert.Equal(400, (await window.Go(path)).Status);
            var text = field is "" or "cursor" ? await window.Text() : await window.Page.Locator($"#by-{field}-wrong").InnerTextAsync();
            Assert.Contains(words, text, StringComparison.Ordinal);
            Assert.Equal(1, await window.Page.Locator("h1").CountAsync());
        }
    }

    [Fact]
    public async Task Nobody_sees_another_organization_and_every_reading_is_recorded()
    {
        using var story = await Story.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id, "grace@example.com", Roles.Auditor);
        using var stranger = await StaffOf.New(service, "eve@example.com");
        var (session, hers) = (await staff.Session(), await stranger.Session());
        var (replay, place) = (await Replayed(staff, session), await FirstEvent(story));
        using var export = (await staff.Get("/audit/export/events?format=csv", session)).Response;
        foreach (var path in new[] { $"/audit/requests/{story.Renaming}", "/audit/events/1.9999.0", $"/audit/replay/{replay}", $"/audit/exports/{export.Headers.GetValues("Scim-Export").Single()}", "/audit/export/odd" })
            Assert.Equal(404, (await stranger.Get(path, hers)).Status);
        foreach (var path in new[] { "/audit/requests", "/audit/events", "/audit/events/" + place, "/audit/compare", "/audit/reviews", "/audit/reviews/leavers", "/audit/exports", "/audit/replay", "/audit/export/events?format=csv", "/audit/reviews/print" })
        {
            var (status, text, _) = await stranger.Get(path, hers);
            Assert.DoesNotContain("byron", text, StringComparison.Ordinal);
            Assert.DoesNotContain(story.Ada, text, StringComparison.Ordinal);
            Assert.Equal(302, (await stranger.Get(path)).Status);
            Assert.InRange(status, 200, 404);
        }

        foreach (var (path, kind, person) in new[]
        {
            ("/audit/requests", "requests", null), ($"/audit/requests/{story.Renaming}", "requests", story.Ada), ($"/audit/events?person={story.Ada}", "list", story.Ada), ($"/audit/compare?fromPosition=0&person={story.Ada}", "difference", story.Ada),
            ("/audit/reviews", "review", null), ($"/audit/reviews/leavers?person={story.Ada}", "leavers", story.Ada), ($"/audit/export/events?person={story.Ada}&format=csv", "export", story.Ada),
        })
        {
            Assert.Equal(200, (await staff.Get(path, session)).Status);
            Assert.NotNull(await service.Sql("select 1 from history.read_record where tenant_id = $1 and kind = $2 and person_id is not distinct from $3 and actor = $4", story.Organization.Id.ToString("D"), kind, person is null ? DBNull.Value : Guid.Parse(person), $"staff:{staff.Staff:D}"));
        }
    }

    async Task<string> FirstEvent(Story story)
    {
        using var api = service.ApiClient(story.Key);
        return (await api.Json(story.Organization, $"audit/events?person={story.Ada}&type=user_renamed")).Rows()[0].GetProperty("id").GetString()!;
    }

    // A replay asked for by form, once it is over.
    static async Task<string> Replayed(StaffOf staff, string session)
    {
        var (_, text, form) = await staff.Get("/audit/replay", session);
        var cookie = form.Headers.GetValues("Set-Cookie").First().Split(';')[0];
        var token = System.Net.WebUtility.HtmlDecode(Regex.Match(text, "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value);
        using var answer = await staff.Post("/audit/replay", $"{session}; {cookie}", ("__RequestVerificationToken", token), ("_handler", "replay"), ("to", ""));
        var id = answer.Headers.Location!.ToString().Split('/')[^1];
        for (var n = 0; n < 200 && !(await staff.Get($"/audit/replay/{id}", session)).Text.Contains("Identical", StringComparison.Ordinal); n++) await Task.Delay(50, Ct);
        return id;
    }

    static async Task<string> Download(IPage page, string link)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = link }).ClickAsync());
        return await File.ReadAllTextAsync(await download.PathAsync(), Ct);
    }

    /// <summary>Ada arrives, is renamed, promoted and deactivated; somebody has markup for a name; one request is refused, one comes without a token.</summary>
    sealed record Story(TestOrganization Organization, string Ada, string Guides, long Before, string Renaming, string Refused, string HostileRequest, string Key) : IDisposable
    {
        internal static async Task<Story> Of(TestService service)
        {
            var organization = await service.NewOrganization("Tour Guides");
            var key = await service.NewKey(organization.Id, Roles.Auditor);
            var ada = (await organization.NewUser("ada@example.com", ",\"active\":true,\"title\":\"Guide\"")).Id;
            var bob = (await organization.NewUser("bob@example.com", ",\"active\":true")).Id;
            var before = await Positions.Settled(service, organization.Id);
            await organization.Patch($"Users/{ada}", """[{"op":"replace","path":"userName","value":"ada.byron@example.com"}]""");
            var renaming = organization.LastRequest!;
            await organization.Patch($"Users/{ada}", """[{"op":"replace","path":"title","value":"Head Guide"}]""");
            await organization.Patch($"Users/{ada}", """[{"op":"replace","value":{"active":false}}]""");
            await organization.NewUser(Hostile, ",\"active\":true");
            var hostile = organization.LastRequest!;
            var guides = (await organization.NewGroup("Guides", bob)).Id;
            await organization.NewGroup("Everybody", guides);
            await organization.Post("Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"Bob@example.com"}""");
            var refused = organization.LastRequest!;
            using (var stranger = service.Client(organization.Id, organization.Token[..^4] + "k7Qe")) await stranger.GetAsync("Users", Ct);
            await organization.Written();
            for (var n = 0; n < 200 && await service.Sql("select 1 from history.request_log where tenant_id = $1 and token_id is null", organization.Id.ToString("D")) is null; n++) await Task.Delay(50, Ct);
            await Positions.Settled(service, organization.Id);
            return new(organization, ada, guides, before, renaming, refused, hostile, key);
        }

        public void Dispose() => Organization.Dispose();
    }
}
