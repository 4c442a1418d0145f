using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Scim.Api.Audit.Export;
using Scim.Domain.Organizations;
using Scim.Tests.Audit;
using Scim.Tests.Provisioning.RequestLog;
using Scim.Tests.SignIn;

namespace Scim.Tests.Browser;

/// <summary>The audit, where administrators find what failed and auditors what was.</summary>
[Collection(InChromium.Name)]
public sealed class AuditPagesTests(TestService service, Chromium chromium)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_timeline_tells_then_and_now_and_is_narrowed_as_the_API_is()
    {
        using var story = await AuditStory.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id, "grace@example.com", Roles.Auditor);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        using var api = service.ApiClient(story.Key);
        foreach (var query in new[]
        {
            "", "type=user_renamed", "type=user_renamed,user_deactivated", "type=user_renamed&type=user_deactivated&actor=", "actor=operator,system&type=scim_enabled,user_renamed", "person=" + story.Ada, "group=" + story.Guides, "request=" + story.Renaming, "name=ada.byr", "actor=operator", "toPosition=3", "fromPosition=4&toPosition=6",
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
        await page.Locator("[data-copy=event-request]").ClickAsync();
        Assert.Equal(story.Renaming, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        await page.Locator("[rel=prev]").ClickAsync();
        await page.GetByText("none: it is the first of its stream").WaitForAsync();

        // One kind more, and one of them taken away; a day, and a time of it.
        await window.Go("/audit/events?type=user_renamed&from=2020-01-01");
        await page.Locator("#by-type").SelectOptionAsync("user_deactivated");
        await page.Locator("#by-fromTime").FillAsync("13:45");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "From 2020-01-01T13:45" }).WaitForAsync();
        Assert.Equal(2, await page.Locator("#live-events tbody tr").CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "User renamed" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "User renamed" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Equal(1, await page.Locator("#live-events tbody tr").CountAsync());
        Assert.Equal(("2020-01-01", "13:45"), (await page.Locator("#by-from").InputValueAsync(), await page.Locator("#by-fromTime").InputValueAsync()));

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
        using var story = await AuditStory.Of(service);
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
        await window.Go("/audit/requests?kind=errors&q=BOB@example.com");
        var requests = (await Download(page, "Export as CSV")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("refused (409 uniqueness)", Assert.Single(requests.Skip(1)), StringComparison.Ordinal);

        var exports = await service.Get<Exports>().List(story.Organization.Id, null, 10, Ct);
        Assert.Equal(["requests", "leavers", "review", "difference", "events"], exports.Select(e => e.Begun.What));
        Assert.All(exports, e => Assert.Equal((staff.Staff, false), (Guid.Parse(e.Begun.Actor.Split(':')[1]), e.Ended!.Broken)));
        Assert.Contains("user_renamed,user_deactivated", exports[^1].Begun.Query, StringComparison.Ordinal);
        await window.Go("/audit/exports");
        var text = await window.Text();
        Assert.Contains(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(csv))), text, StringComparison.Ordinal);
        Assert.Contains("grace@example.com", text, StringComparison.Ordinal);
        await window.Go($"/audit/events?person={story.Ada}");
        Assert.Contains("user_renamed", await Download(page, "Export this person’s history as CSV"), StringComparison.Ordinal);
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Two_moments_are_compared_with_what_made_the_difference()
    {
        using var story = await AuditStory.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff, javaScript: false);
        var page = window.Page;
        await window.Go($"/audit/compare?fromPosition={story.Before}");
        Assert.Equal(["+1", "−1", "2", "2"], await page.Locator(".tile b").AllInnerTextsAsync());
        var renamed = page.Locator("tbody tr", new() { HasText = "user name" });
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
        using var story = await AuditStory.Of(service);
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
        await story.Organization.Activate(story.Ada, true);
        await window.Go("/audit/reviews/leavers");
        Assert.Contains("just now", await page.Locator("tbody td").Last.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await page.EvaluateAsync<int>("(table => table.scrollWidth - table.clientWidth)(document.querySelector('.table'))"));
        await window.Go("/audit/reviews/leavers?from=2020-01-01T00:00Z&to=2020-02-01T00:00Z");
        await page.GetByText("Nobody lost access").WaitForAsync();
    }

    [Fact]
    public async Task An_auditor_replays_and_reads_identical_or_what_is_not()
    {
        using var story = await AuditStory.Of(service);
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
        Assert.NotNull(await service.Sql("select 1 from history.read_record where tenant_id = $1 and kind = 'view' and person_id = $2 and actor = $3", story.Organization.Id.ToString("D"), Guid.Parse(story.Ada), $"staff:{staff.Staff:D}"));
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
        using var story = await AuditStory.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id, "grace@example.com", Roles.Auditor);
        using var stranger = await StaffOf.New(service, "eve@example.com");
        var (session, hers) = (await staff.Session(), await stranger.Session());
        var (replay, place) = (await AuditStory.Replayed(staff, session), await story.FirstEvent(service));
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

    static async Task<string> Download(IPage page, string link)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = link }).ClickAsync());
        return await File.ReadAllTextAsync(await download.PathAsync(), Ct);
    }
}
