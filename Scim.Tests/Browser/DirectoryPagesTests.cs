using System.Globalization;
using Microsoft.Playwright;
using Scim.Api.EventStore.Positions;
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

    [Theory]
    [InlineData(Users, "users")]
    [InlineData(Users + "?q=ada&status=active&group=Guides&filter=userName%20pr", "users-filtered")]
    [InlineData(Users + "?filter=nonsense&group=none&at=2999-01-01T00:00:00Z", "users-wrong")]
    [InlineData(Users + "?at=2020-01-01T00:00:00Z", "users-empty")]
    [InlineData(Users + "/{grace}", "user-inactive")]
    [InlineData(Users + "/{grace}?ask=suspend", "user-suspend")]
    [InlineData(Users + "/{ada}?tab=attributes", "user-attributes")]
    [InlineData(Users + "/{ada}?tab=groups", "user-groups")]
    [InlineData(Users + "/{ada}?tab=resource", "user-resource")]
    [InlineData(Groups, "groups")]
    [InlineData(Groups + "/{guides}", "group")]
    [InlineData(Groups + "/{guides}?tab=timeline", "group-timeline")]
    [InlineData(Groups + "/{guides}?tab=nested", "group-nested")]
    public async Task A_page_is_light_narrow_and_accessible(string path, string name)
    {
        using var story = await Story.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await SignedIn.Inspect(chromium, staff, story.In(path), name);
    }

    [Fact]
    public async Task Search_finds_as_it_is_typed_and_chips_take_filters_away()
    {
        using var story = await Story.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go(Users);
        await page.GetByText("3 users").WaitForAsync();

        await page.GetByRole(AriaRole.Searchbox).PressSequentiallyAsync("byr");
        await page.GetByText("1 user", new() { Exact = true }).WaitForAsync();
        Assert.Equal(["Ada Byron"], await Names(page));
        await page.WaitForURLAsync("**/directory/users?q=byr");

        await page.GetByLabel("Status").SelectOptionAsync("inactive");
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await page.GetByText("No user matches").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Remove the filter “byr”" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Grace Hopper" }).WaitForAsync();
        Assert.Equal(["Grace Hopper"], await Names(page));
        Assert.Contains("○ Inactive", await page.Locator("#people").InnerTextAsync(), StringComparison.Ordinal);

        await window.Go($"{Users}?group=guides&department=science&since=2020-01-01&sort=-userName");
        Assert.Equal(["Grace Hopper", "Ada Byron"], await Names(page));
        await page.GetByRole(AriaRole.Link, new() { Name = "userName" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "userName ↑" }).WaitForAsync();
        Assert.Equal(["Ada Byron", "Grace Hopper"], await Names(page));
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
        using var story = await Story.Of(service);
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
        using var story = await Story.Of(service);
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
    }

    [Fact]
    public async Task A_person_says_why_there_is_no_access_and_what_made_each_thing_so()
    {
        using var story = await Story.Of(service);
        using var auditor = service.ApiClient(await service.NewKey(story.Organization.Id, Roles.Auditor));
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go($"{Users}/{story.Grace}");
        var why = page.GetByRole(AriaRole.Region, new() { Name = "Why is this person inactive?" });
        Assert.Contains("Grace Hopper has no access, because", await why.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("deactivated this person", await why.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal($"/audit/requests/{story.Deactivation}", await why.GetByRole(AriaRole.Link, new() { Name = "See the request" }).GetAttributeAsync("href"));

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
        using var story = await Story.Of(service);
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
        await page.GetByRole(AriaRole.Button, new() { Name = "Lift the suspension of Ada Byron" }).ClickAsync();
        await page.Locator("#person .badge.good").WaitForAsync();
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
        using var story = await Story.Of(service);
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
    public async Task The_past_is_shown_whole_says_so_and_cannot_be_changed()
    {
        using var story = await Story.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go($"{Users}?at={story.Before}");
        var banner = page.Locator(".banner");
        Assert.Contains("You see the directory as it was on", await banner.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(["Ada Byron", "Grace Hopper", "lone@example.com"], await Names(page));
        Assert.DoesNotContain("Inactive", await page.Locator("#people").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Null(await page.Locator("#people").GetAttributeAsync("data-live"));

        // Every way within the directory keeps the moment.
        var ways = await page.Locator("main a").EvaluateAllAsync<string[]>("all => all.map(a => a.getAttribute('href'))");
        Assert.All(ways.Where(w => w.StartsWith("/directory/", StringComparison.Ordinal)), w => Assert.Contains("at=", w, StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Searchbox).PressSequentiallyAsync("hopper");
        await page.GetByText("1 user", new() { Exact = true }).WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Grace Hopper" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Grace Hopper" }).WaitForAsync();
        await banner.WaitForAsync();
        Assert.Equal(0, await page.GetByText("Why is this person inactive?").CountAsync());
        Assert.Equal(0, await page.Locator("main a.button, main form").CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "SCIM resource" }).ClickAsync();
        await page.WaitForURLAsync("**tab=resource**");
        Assert.Contains("\"active\": true", await page.Locator("#resource").InnerTextAsync(), StringComparison.Ordinal);
        await banner.GetByRole(AriaRole.Link, new() { Name = "Back to now" }).ClickAsync();
        await banner.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Contains("\"active\": false", await page.Locator("#resource").InnerTextAsync(), StringComparison.Ordinal);

        // A form of now that is sent to the past is not there.
        await window.Go($"{Users}/{story.Ada}?ask=suspend&at={story.Before}");
        Assert.Equal(0, await page.Locator("main form").CountAsync());

        await window.Go($"{Groups}/{story.Guides}?at={story.Before}");
        await page.GetByText("This group was not in the directory at that moment").WaitForAsync();
        await window.Go($"{Users}?at=2020-01-01T00:00:00Z");
        await page.GetByText("The directory was empty at 2020-01-01 00:00:00 UTC").WaitForAsync();
        await window.Go($"{Groups}?at=2020-01-01T00:00:00Z");
        await page.GetByText("There were no groups at 2020-01-01 00:00:00 UTC").WaitForAsync();
        await window.Go($"{Users}/{story.Ada}?at=2020-01-01T00:00:00Z");
        await page.GetByText("This person was not in the directory at that moment").WaitForAsync();

        foreach (var (asked, said) in new[] { ("2999-01-01T00:00:00Z", "is in the future"), ("yesterday", "is an instant with its zone") })
        {
            await window.Go($"{Users}?at={asked}");
            Assert.Contains(said, await page.Locator("#moment-problem").InnerTextAsync(), StringComparison.Ordinal);
            Assert.Contains(asked, await page.Locator("#moment-problem").InnerTextAsync(), StringComparison.Ordinal);
            Assert.Equal(0, await banner.CountAsync());
        }
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_picked_time_is_utc_and_keeps_what_was_filtered()
    {
        using var story = await Story.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff, javaScript: false);
        var page = window.Page;
        await window.Go($"{Users}?q=ada");
        await page.GetByText("Viewing: now").ClickAsync();
        await page.GetByLabel("Show the directory as of, in UTC").FillAsync("2020-01-01T12:30:05");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await page.GetByText("Viewing: 2020-01-01 12:30:05 UTC").WaitForAsync();
        Assert.Equal("ada", await page.GetByRole(AriaRole.Searchbox).InputValueAsync());
        await page.GetByText("No user matches").WaitForAsync();
    }

    [Fact]
    public async Task Of_somebody_erased_no_page_tells_more_than_that()
    {
        using var story = await Story.Of(service);
        await ErasedPeople.Erase(service, story.Organization.Id, Guid.Parse(story.Lone));
        await service.Get<Moments>().Now(story.Organization.Id, Ct);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        foreach (var (query, said) in new[] { ("", "This person was erased"), ($"?at={story.Before}", "has been erased since"), ("?tab=attributes", "This person was erased"), ($"?tab=resource&at={story.Before}", "has been erased since") })
        {
            await window.Go($"{Users}/{story.Lone}{query}");
            Assert.Contains(said, await window.Text(), StringComparison.Ordinal);
            Assert.Equal("Erased person", (await window.Page.Locator("h1").InnerTextAsync()).Split(" ○")[0].Trim());
            Assert.DoesNotContain("lone@", await window.Page.ContentAsync(), StringComparison.OrdinalIgnoreCase);
            Assert.Equal(0, await window.Page.Locator("main a.button").CountAsync());
        }
        await window.Go($"{Users}?q=lone&at={story.Before}");
        await window.Page.GetByText("No user matches").WaitForAsync();
    }

    [Fact]
    public async Task A_group_shows_who_is_in_it_since_when_and_the_groups_around_it()
    {
        using var story = await Story.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go($"{Groups}?sort=-members");
        Assert.Equal(["Guides", "Everyone"], await Names(page));
        await page.GetByRole(AriaRole.Searchbox).PressSequentiallyAsync("VERY");
        await page.GetByText("1 group", new() { Exact = true }).WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Everyone" }).ClickAsync();
        await page.GetByText("1 direct member, 3 with those of groups in it").WaitForAsync();
        await page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Guides" }).ClickAsync();
        await page.GetByText("2 direct members").WaitForAsync();
        var row = page.GetByRole(AriaRole.Row, new() { Name = "Ada Byron" });
        Assert.Equal($"/audit/requests/{story.Pushed}", await row.GetByRole(AriaRole.Link, new() { Name = "request" }).GetAttributeAsync("href"));
        await page.GetByRole(AriaRole.Link, new() { Name = "Nested groups" }).ClickAsync();
        await page.GetByText("Groups that it is in").WaitForAsync();
        await page.Locator("#tab").GetByRole(AriaRole.Link, new() { Name = "Everyone" }).WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Timeline" }).ClickAsync();
        await page.GetByText("created the group Guides").WaitForAsync();

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
        return (await Names(window.Page), await window.Page.Locator("#people").InnerTextAsync());
    }

    static async Task<string[]> Names(IPage page) => [.. await page.Locator("tbody th a").AllInnerTextsAsync()];

    /// <summary>Three people, one of them inactive in the end, one renamed; a group of two of them, in another.</summary>
    sealed class Story : IDisposable
    {
        const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

        internal TestOrganization Organization { get; private init; } = null!;

        internal string Ada { get; private set; } = "";

        internal string Grace { get; private set; } = "";

        /// <summary>Somebody who is in no group.</summary>
        internal string Lone { get; private set; } = "";

        internal string Guides { get; private set; } = "";

        /// <summary>The requests that deactivated Grace, changed Ada, and pushed the group.</summary>
        internal string? Deactivation { get; private set; }

        internal string? Change { get; private set; }

        internal string? Pushed { get; private set; }

        /// <summary>An instant when all of them were there and nothing else had happened.</summary>
        internal string Before { get; private set; } = "";

        internal static async Task<Story> Of(TestService service)
        {
            var story = new Story { Organization = await service.NewOrganization("Tour Guides") };
            var organization = story.Organization;
            story.Ada = await story.New("ada@example.com", "Ada", "Byron");
            story.Grace = await story.New("grace@example.com", "Grace", "Hopper");
            story.Lone = (await organization.NewUser("lone@example.com")).Id;
            await service.Get<Moments>().Now(organization.Id, Ct);
            story.Before = DateTimeOffset.UtcNow.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
            await Task.Delay(5, Ct);
            await organization.Patch($"Users/{story.Ada}", """[{"op":"replace","value":{"userName":"ada.king@example.com","title":"Lead"}}]""");
            story.Change = organization.LastRequest;
            await organization.Activate(story.Grace, false);
            story.Deactivation = organization.LastRequest;
            story.Guides = (await organization.NewGroup("Guides", story.Ada, story.Grace)).Id;
            story.Pushed = organization.LastRequest;
            await organization.NewGroup("Everyone", story.Guides);
            return story;
        }

        async Task<string> New(string userName, string given, string family) => (await Organization.Post("Users", $$$"""
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","{{{Enterprise}}}"],"userName":"{{{userName}}}","externalId":"00u{{{given}}}","displayName":"{{{given}}} {{{family}}}","title":"Guide",
            "name":{"givenName":"{{{given}}}","familyName":"{{{family}}}"},"emails":[{"value":"{{{userName}}}","primary":true}],"{{{Enterprise}}}":{"department":"Science"}}
            """)).Id;

        /// <summary>The path with ids in the place of names.</summary>
        internal string In(string path) => path.Replace("{ada}", Ada, StringComparison.Ordinal).Replace("{grace}", Grace, StringComparison.Ordinal).Replace("{guides}", Guides, StringComparison.Ordinal);

        public void Dispose() => Organization.Dispose();
    }
}
