using Microsoft.Playwright;
using Scim.Domain.Organizations;
using Scim.Tests.Audit;
using Scim.Tests.SignIn;

namespace Scim.Tests.Browser;

/// <summary>Users and groups, now and as they were.</summary>
[Collection(InChromium.Name)]
public sealed class DirectoryPagesTests(TestService service, Chromium chromium)
{
    const string Users = "/directory/users", Groups = "/directory/groups";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Search_finds_as_it_is_typed_and_chips_take_filters_away()
    {
        using var story = await DirectoryStory.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go(Users);
        await page.GetByText("3 users").WaitForAsync();

        await page.GetByRole(AriaRole.Searchbox).PressSequentiallyAsync("byr");
        await page.GetByText("1 user", new() { Exact = true }).WaitForAsync();
        Assert.Equal(["Ada Byron"], await DirectoryStory.Names(page));
        await page.WaitForURLAsync("**/directory/users?q=byr");

        await page.GetByLabel("Status").SelectOptionAsync("inactive");
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await page.GetByText("No user matches").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Remove the filter “byr”" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Grace Hopper" }).WaitForAsync();
        Assert.Equal(["Grace Hopper"], await DirectoryStory.Names(page));
        Assert.Contains("○ Inactive", await page.Locator("#people").InnerTextAsync(), StringComparison.Ordinal);

        await window.Go($"{Users}?group=guides&department=science&since=2020-01-01&sort=-userName");
        Assert.Equal(["Grace Hopper", "Ada Byron"], await DirectoryStory.Names(page));
        await page.GetByRole(AriaRole.Link, new() { Name = "userName" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "userName ↑" }).WaitForAsync();
        Assert.Equal(["Ada Byron", "Grace Hopper"], await DirectoryStory.Names(page));
        await page.GetByRole(AriaRole.Link, new() { Name = "Clear all" }).ClickAsync();
        await page.GetByText("3 users").WaitForAsync();

        // Each mistake stands beside its field.
        await window.Go($"{Users}?filter=userName%20foo&group=Nobody&since=yesterday");
        Assert.Contains("at position", await page.Locator("#filter-problem").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("No group is called “Nobody”", await page.Locator("#group-problem").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("A day such as", await page.Locator("#since-problem").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("userName foo", await page.GetByLabel("SCIM filter").InputValueAsync());
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Whatever_a_name_holds_is_text()
    {
        using var story = await DirectoryStory.Of(service);
        var id = (await story.Organization.NewUser("<img src=x onerror=alert(1)>", ""","displayName":"<script>document.title='x'</script>","title":"=1+1\"'><b>"}""".TrimEnd('}'))).Id;
        var group = (await story.Organization.NewGroup("<b>Bold</b>", id)).Id;
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        foreach (var path in new[] { $"{Users}?q=%3Cscript%3E", $"{Users}/{id}", $"{Users}/{id}?tab=attributes", $"{Users}/{id}?tab=groups", $"{Users}/{id}?tab=resource", $"{Groups}?q=%3Cb", $"{Groups}/{group}", $"{Users}?group={Uri.EscapeDataString("<b>bold</b>")}" })
        {
            Assert.Equal(200, (await window.Go(path)).Status);
            Assert.Equal(0, await window.Page.Locator("main b, main img, main script").CountAsync());
            Assert.Contains("<", await window.Text(), StringComparison.Ordinal);
        }
        Assert.NotEqual("x", await window.Page.TitleAsync());

        // What turns the direction of writing is seen, and turns nothing.
        var turned = (await story.Organization.NewUser("turned@example.com", ",\"displayName\":\"\\u202Egnp.exe\",\"active\":true")).Id;
        var with = (await story.Organization.NewGroup("With", turned)).Id;
        foreach (var path in new[] { Users, $"{Users}/{turned}", $"{Users}/{turned}?ask=suspend", $"{Users}/{turned}?tab=attributes", $"{Groups}/{with}", $"{Groups}/{with}?tab=timeline", "/audit/events", "/audit/compare", "/audit/reviews" })
        {
            await window.Go(path);
            Assert.Contains("\uFFFDgnp.exe", await window.Text(), StringComparison.Ordinal);
            Assert.DoesNotContain("\u202E", await window.Text(), StringComparison.Ordinal);
        }
        await window.Go($"{Users}/{turned}");
        Assert.Equal("\uFFFDgnp.exe ● Active", await window.Page.Locator("h1").InnerTextAsync());
        Assert.Equal("\uFFFDgnp.exe", await window.Page.Locator("h1 bdi").InnerTextAsync());
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Fifty_stand_on_a_page_and_the_next_one_follows_while_the_list_stays_live()
    {
        using var organization = await service.NewOrganization();
        using var staff = await StaffOf.Of(service, organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go(Users);
        await page.GetByText("Nobody is here yet").WaitForAsync();
        await organization.NewUser("u00@example.com");
        await page.GetByText("1 user", new() { Exact = true }).WaitForAsync(new() { Timeout = 5000 });

        for (var i = 1; i < 61; i++) await organization.NewUser($"u{i:D2}@example.com");
        await window.Go(Users);
        Assert.Equal(50, await page.Locator("tbody tr").CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "u60@example.com" }).WaitForAsync();
        Assert.Equal(11, await page.Locator("tbody tr").CountAsync());
        Assert.Equal(0, await page.GetByRole(AriaRole.Link, new() { Name = "Next page" }).CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "first page" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "u00@example.com" }).WaitForAsync();
    }

    [Fact]
    public async Task What_is_filtered_is_exported_and_formulas_are_defused()
    {
        using var story = await DirectoryStory.Of(service);
        await story.Organization.NewUser("=cmd@example.com", ""","displayName":"=1+1" """);
        using var auditor = service.ApiClient(await service.NewKey(story.Organization.Id, Roles.Auditor));
        using var staff = await StaffOf.Of(service, story.Organization.Id, "grace@example.com", Roles.Auditor);
        var session = await staff.Session();
        var (status, csv, response) = await staff.Get($"{Users}/export?format=csv&q=%3D", session);
        Assert.Equal((200, "attachment; filename=\"users.csv\""), (status, response.Content.Headers.ContentDisposition?.ToString()));
        Assert.Equal(2, csv.Trim().Split("\r\n").Length);
        Assert.Contains("'=cmd@example.com", csv, StringComparison.Ordinal);
        var manifest = await auditor.Json(story.Organization, $"audit/exports/{response.Headers.GetValues("Scim-Export").Single()}");
        Assert.Equal(("complete", "=", 1), (manifest.Text("state"), manifest.GetProperty("query").Text("q"), manifest.GetProperty("rows").GetInt32()));
        var (_, json, _) = await staff.Get($"{Users}/export?format=ndjson&status=inactive", session);
        Assert.Contains("grace@example.com", Assert.Single(json.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(400, (await staff.Get($"{Users}/export?format=csv&filter=nonsense", session)).Status);
        Assert.Equal(302, (await staff.Get($"{Users}/export?format=csv")).Status);

        // The groups alike, without their members.
        (status, csv, response) = await staff.Get($"{Groups}/export?format=csv&q=GUI", session);
        Assert.Equal((200, "attachment; filename=\"groups.csv\""), (status, response.Content.Headers.ContentDisposition?.ToString()));
        Assert.Equal(["id,displayName,externalId,members,created,lastModified", $"{story.Guides},Guides,,2,"], csv.Trim().Split("\r\n").Select((line, n) => n == 0 ? line : line[..(story.Guides.Length + 11)]));
        manifest = await auditor.Json(story.Organization, $"audit/exports/{response.Headers.GetValues("Scim-Export").Single()}");
        Assert.Equal(("groups", "complete", "GUI", 1), (manifest.Text("what"), manifest.Text("state"), manifest.GetProperty("query").Text("q"), manifest.GetProperty("rows").GetInt32()));
        (_, json, _) = await staff.Get($"{Groups}/export?format=ndjson", session);
        Assert.Equal(2, json.Trim().Split('\n').Length);
        Assert.Contains("\"displayName\":\"Everyone\"", json, StringComparison.Ordinal);
        Assert.Equal("", (await staff.Get($"{Groups}/export?format=ndjson&at={story.Before}", session)).Text);
        Assert.Equal(400, (await staff.Get($"{Groups}/export?format=csv&at=yesterday", session)).Status);
        Assert.Equal(400, (await staff.Get($"{Groups}/export?format=csv&q=a%00b", session)).Status);
        Assert.Equal(302, (await staff.Get($"{Groups}/export?format=csv")).Status);
    }

    [Fact]
    public async Task A_person_says_why_there_is_no_access_and_what_made_each_thing_so()
    {
        using var story = await DirectoryStory.Of(service);
        using var auditor = service.ApiClient(await service.NewKey(story.Organization.Id, Roles.Auditor));
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go($"{Users}/{story.Grace}");
        var why = page.GetByRole(AriaRole.Region, new() { Name = "Why is this person inactive?" });
        Assert.Contains("Grace Hopper has no access, because", await why.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("deactivated this person", await why.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal($"/audit/requests/{story.Deactivation}", await why.GetByRole(AriaRole.Link, new() { Name = "See the request" }).GetAttributeAsync("href"));

        // Another Ada was refused, and no door has asked about this one.
        Assert.Equal(409, (await story.Organization.Post("Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ADA.KING@example.com"}""")).Status);
        await Provisioning.RequestLog.LoggedRequests.Written(story.Organization);
        await window.Go($"{Users}/{story.Ada}");
        var refused = page.Locator("#person p").Filter(new() { HasText = "Last refused request: 409" });
        Assert.Equal($"/audit/requests/{story.Organization.LastRequest}", await refused.GetByRole(AriaRole.Link).GetAttributeAsync("href"));
        Assert.DoesNotContain("last sign-in", await page.Locator("#person").InnerTextAsync(), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign-ins" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "No sign-in is known" }).WaitForAsync();
        Assert.Equal([$"/audit/requests?person={story.Ada}", $"/audit/events?person={story.Ada}", $"/audit/compare?person={story.Ada}"],
            await page.Locator(".tabs a").Filter(new() { HasText = "All " }).Or(page.Locator(".tabs a").Filter(new() { HasText = "Difference" })).EvaluateAllAsync<string[]>("all => all.map(a => a.getAttribute('href'))"));

        // Rename and title came by one request and stand together.
        await window.Go($"{Users}/{story.Ada}");
        var together = page.Locator("ol.events > li").Filter(new() { HasText = "Lead" });
        Assert.Contains("Guide", await together.Locator("del").AllInnerTextsAsync());
        Assert.Contains("ada.king@example.com", await together.Locator("ins").AllInnerTextsAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "Attributes" }).ClickAsync();
        var title = page.GetByRole(AriaRole.Row, new() { Name = "title", Exact = false });
        Assert.Contains("Lead", await title.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal($"/audit/requests/{story.Change}", await title.GetByRole(AriaRole.Link, new() { Name = "request" }).GetAttributeAsync("href"));
        await page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Groups 2" }).ClickAsync();
        await page.WaitForURLAsync("**tab=groups");
        Assert.Contains("Direct", await page.GetByRole(AriaRole.Row, new() { Name = "Guides" }).InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("Through another group", await page.GetByRole(AriaRole.Row, new() { Name = "Everyone" }).InnerTextAsync(), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new() { Name = "SCIM resource" }).ClickAsync();
        await page.WaitForURLAsync("**tab=resource");
        var answered = await story.Organization.Get($"Users/{story.Ada}");
        Assert.Equal(answered.ETag, await page.Locator("#etag").InnerTextAsync());
        Assert.Equal(answered.Body!.ToString(), Domain.Protocol.Json.ScimReader.ReadObject(System.Text.Encoding.UTF8.GetBytes(await page.Locator("#resource").InnerTextAsync())).ToString());

        Assert.Equal(404, (await window.Go($"{Users}/{Guid.NewGuid()}")).Status);
        await story.Organization.Delete($"Users/{story.Grace}");
        await window.Go($"{Users}/{story.Grace}");
        await page.GetByRole(AriaRole.Heading, new() { Name = "This person was deleted" }).WaitForAsync();
        Assert.Equal(0, await page.Locator("main a.button").CountAsync());
        var reads = await auditor.Json(story.Organization, $"audit/reads?person={story.Ada}");
        Assert.Contains(reads.GetProperty("reads").EnumerateArray(), r => r.Text("kind") == "view" && r.GetProperty("by").Text("actor") == $"staff:{staff.Staff:D}");
    }

    [Fact]
    public async Task An_administrator_suspends_with_a_reason_lifts_and_releases()
    {
        using var story = await DirectoryStory.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go($"{Users}/{story.Ada}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Suspend" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Suspend Ada Byron?" }).WaitForAsync();
        Assert.Equal("Cancel", await page.EvaluateAsync<string>("document.activeElement.textContent"));
        await page.GetByLabel("Reason").FillAsync("The laptop was lost.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Suspend Ada Byron" }).ClickAsync();
        await page.GetByText("Why is this person suspended?").WaitForAsync();
        Assert.Contains("The laptop was lost.", await page.Locator("#person").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("● Active", (await People(window, "active")).All, StringComparison.Ordinal);
        Assert.Equal(["Ada Byron"], (await People(window, "suspended")).Names);

        await window.Go($"{Users}/{story.Ada}?ask=lift");
        await page.GetByLabel("Reason").FillAsync("The laptop was found.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Lift the suspension of Ada Byron" }).ClickAsync();
        await page.Locator("#person .badge.good").WaitForAsync();
        await page.GetByText("with the reason \"The laptop was found.\"").First.WaitForAsync();
        Assert.Equal(["user_suspended", "user_suspension_lifted"], (await story.Organization.Events(story.Ada)).TakeLast(2));

        await window.Go($"{Users}/{story.Grace}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Release the userName" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Release “grace@example.com”" }).ClickAsync();
        await page.GetByText("(released)").WaitForAsync();
        await story.Organization.NewUser("grace@example.com");
    }

    [Fact]
    public async Task An_auditor_sees_no_action_and_sends_none()
    {
        using var story = await DirectoryStory.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id, "grace@example.com", Roles.Auditor);
        await using var window = await SignedIn.As(chromium, staff);
        foreach (var query in new[] { "", "?ask=suspend", "?ask=release" })
        {
            await window.Go($"{Users}/{story.Grace}{query}");
            Assert.Equal(0, await window.Page.Locator("main a.button, main form").CountAsync());
        }
        using var answer = await staff.Post($"{Users}/{story.Ada}?ask=suspend", await staff.Session(), ("_handler", "suspend"), ("reason", "x"));
        Assert.Equal(403, (int)answer.StatusCode);
        Assert.DoesNotContain("user_suspended", await story.Organization.Events(story.Ada));
    }

    [Fact]
    public async Task A_group_shows_who_is_in_it_since_when_and_the_groups_around_it()
    {
        using var story = await DirectoryStory.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go($"{Groups}?sort=-members");
        Assert.Equal(["Guides", "Everyone"], await DirectoryStory.Names(page));
        await page.GetByRole(AriaRole.Searchbox).PressSequentiallyAsync("VERY");
        await page.GetByText("1 group", new() { Exact = true }).WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Everyone" }).ClickAsync();
        await page.GetByText("1 direct member, 3 with those of groups in it").WaitForAsync();
        await page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Guides" }).ClickAsync();
        await page.GetByText("2 direct members").WaitForAsync();
        Assert.Matches("Last changed .* · .*okta.* · request", await page.Locator(".lead").InnerTextAsync());
        var row = page.GetByRole(AriaRole.Row, new() { Name = "Ada Byron" });
        Assert.Equal($"/audit/requests/{story.Pushed}", await row.GetByRole(AriaRole.Link, new() { Name = "request" }).GetAttributeAsync("href"));
        await page.GetByRole(AriaRole.Link, new() { Name = "Nested groups" }).ClickAsync();
        await page.GetByText("Groups that it is in").WaitForAsync();
        await page.Locator("#tab").GetByRole(AriaRole.Link, new() { Name = "Everyone" }).WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Timeline" }).ClickAsync();
        await page.GetByText("created the group Guides").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Difference" }).ClickAsync();
        await page.WaitForURLAsync("**/audit/compare?group=*");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Compare two moments" }).WaitForAsync();
        Assert.Contains("Guides", await window.Text(), StringComparison.Ordinal);

        await window.Go($"{Groups}/{story.Guides}");
        await story.Organization.Leave(story.Guides, story.Grace);
        await page.Locator("#tab").GetByRole(AriaRole.Link, new() { Name = "Grace Hopper" }).WaitForAsync(new() { State = WaitForSelectorState.Detached, Timeout = 5000 });
        await story.Organization.Delete($"Groups/{story.Guides}");
        await window.Go($"{Groups}/{story.Guides}");
        await page.GetByText("This group was deleted").WaitForAsync();
        Assert.Equal("Guides", await page.Locator("h1").InnerTextAsync());
        Assert.Equal(404, (await window.Go($"{Groups}/{story.Ada}")).Status);
        await window.Go($"{Groups}?q=zzz");
        await page.GetByText("No group matches “zzz”").WaitForAsync();
    }

    static async Task<(string[] Names, string All)> People(SignedIn window, string status)
    {
        await window.Go($"{Users}?status={status}");
        return (await DirectoryStory.Names(window.Page), await window.Page.Locator("#people").InnerTextAsync());
    }
}
