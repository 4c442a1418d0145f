using Microsoft.Playwright;
using Scim.Domain.Organizations;
using Scim.Tests.Provisioning.RequestLog;
using Scim.Tests.SignIn;

namespace Scim.Tests.Browser;

/// <summary>The provisioning log, where administrators find what failed and what to do.</summary>
[Collection(InChromium.Name)]
public sealed class RequestPagesTests(TestService service, Chromium chromium)
{
    const string Refusal = "Create Bob@example.com: refused (409 uniqueness)";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

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
        await page.GetByRole(AriaRole.Button, new() { Name = "1 new" }).WaitForAsync(new() { Timeout = 5000 });
        Assert.Equal(0, await rows.GetByText("mia@example.com").CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "Go on" }).ClickAsync();
        await rows.GetByText("Create mia@example.com").WaitForAsync();
        await organization.NewUser("noor@example.com");
        await rows.GetByText("Create noor@example.com").WaitForAsync(new() { Timeout = 5000 });

        // What one reads stays where it is; what is new is there when one asks for it.
        await page.SetViewportSizeAsync(1280, 300);
        var read = rows.GetByText("Create liam@example.com").Last;
        await read.ScrollIntoViewIfNeededAsync();
        Assert.True(await page.EvaluateAsync<bool>("document.querySelector('#live-requests').getBoundingClientRect().top < 0"));
        var before = await read.BoundingBoxAsync();
        await organization.NewUser("omar@example.com");
        await page.GetByRole(AriaRole.Button, new() { Name = "1 new" }).WaitForAsync(new() { Timeout = 5000 });
        Assert.Equal(before!.Y, (await read.BoundingBoxAsync())!.Y);
        await page.GetByRole(AriaRole.Button, new() { Name = "1 new" }).ClickAsync();
        await rows.GetByText("Create omar@example.com").WaitForAsync();
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task The_log_is_searched_while_somebody_types()
    {
        using var organization = await service.NewOrganization();
        await organization.NewUser("liam@example.com");
        await organization.Post("Users", """{"userName":"liam@example.com"}""");
        await organization.Written();
        using var staff = await StaffOf.Of(service, organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        await window.Go("/audit/requests");
        Assert.Equal(2, await window.Page.Locator("#live-requests").GetByText("Create liam@example.com").CountAsync());
        await window.Page.Locator("#by-q").PressSequentiallyAsync("uniqueness");
        await window.Page.WaitForURLAsync("**/audit/requests?*uniqueness*");
        await window.Page.Locator("#live-requests").GetByText("Create liam@example.com: refused (409 uniqueness)").WaitForAsync();
        Assert.Equal(1, await window.Page.Locator("#live-requests").GetByText("Create liam@example.com").CountAsync());
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task The_log_is_narrowed_and_turned_by_its_address()
    {
        using var story = await AuditStory.Of(service);
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
            ("q=Ada.Byr", ["Change ada.byron@example.com", "Create ada@example.com", "Deactivate ada.byron@example.com", "Rename ada.byron@example.com"]),
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
        using var story = await AuditStory.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go("/audit/requests?kind=errors");
        await page.Locator("#live-requests").GetByText("refused (409 uniqueness)").ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = Refusal }).WaitForAsync();
        var text = await window.Text();
        Assert.Contains("The userName is held by another person of this organization.", text, StringComparison.Ordinal);
        Assert.Contains("assign the existing account in your identity provider", text, StringComparison.Ordinal);
        Assert.Contains("\"userName\": \"Bob@example.com\"", await page.Locator("#sent-text").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("\"scimType\": \"uniqueness\"", await page.Locator("#answered-text").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("None: it was refused.", text, StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new() { Name = "bob@example.com" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "bob@example.com" }).WaitForAsync();
        await page.GoBackAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = Refusal }).WaitForAsync();
        await page.Locator("[data-copy=request-id]").ClickAsync(); // also after a navigation that exchanged the document
        Assert.Equal(story.Refused, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));

        await window.Go($"/audit/requests/{story.Renaming}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare before and after" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Compare two moments" }).WaitForAsync();
        Assert.Equal("ada.byron@example.com", await page.Locator("tbody ins").InnerTextAsync());
        await window.Go($"/audit/requests/{story.Renaming}");
        await page.GetByRole(AriaRole.Link, new() { Name = "In the timeline" }).ClickAsync();
        await page.Locator("#live-events tbody tr").First.WaitForAsync();
        Assert.Equal(1, await page.Locator("#live-events tbody tr").CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "its request" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Rename ada.byron@example.com" }).WaitForAsync();

        foreach (var path in new[] { "/audit/requests", $"/audit/requests/{story.HostileRequest}", "/audit/events", "/audit/compare", "/audit/reviews", "/audit/reviews/print" })
        {
            await window.Go(path);
            Assert.Contains(AuditStory.Hostile, await page.Locator("body").InnerTextAsync(), StringComparison.Ordinal);
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
}
