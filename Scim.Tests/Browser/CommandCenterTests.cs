using Microsoft.Playwright;
using Scim.Tests.Provisioning.RequestLog;
using Scim.Tests.SignIn;

namespace Scim.Tests.Browser;

/// <summary>What holds across the pages: people arrive while one watches, organizations see nothing of each other, hands stay on the keyboard.</summary>
[Collection(InChromium.Name)]
public sealed class CommandCenterTests(TestService service, Chromium chromium)
{
    // A second is promised; three are asserted.
    static readonly LocatorWaitForOptions Soon = new() { Timeout = 3000 };

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_assigned_in_Okta_stands_in_the_open_directory_and_nothing_that_is_typed_is_lost()
    {
        using var organization = await service.NewOrganization();
        using var staff = await StaffOf.Of(service, organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        await organization.NewUser("ada@example.com", ",\"displayName\":\"Ada Byron\",\"name\":{\"givenName\":\"Ada\",\"familyName\":\"Byron\"}");
        await window.Go("/directory/users");
        var page = window.Page;
        await page.GetByText("Ada Byron").WaitForAsync();
        await page.EvaluateAsync("window.sameDocument = true");
        await page.Locator("main input[type=search]").PressSequentiallyAsync("By");

        await organization.NewUser("augusta@example.com", ",\"displayName\":\"Augusta Byron\",\"name\":{\"familyName\":\"Byron\"}");
        await page.GetByText("Augusta Byron").WaitForAsync(Soon);
        Assert.Equal("By", await page.Locator("main input[type=search]").InputValueAsync());
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument && document.activeElement.type === 'search'"));
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Two_organizations_see_nothing_of_each_other()
    {
        using var guides = await service.NewOrganization("Tour Guides");
        using var pilots = await service.NewOrganization("Pilots");
        var ada = (await guides.NewUser("ada@guides.example", ",\"displayName\":\"Ada Byron\",\"name\":{\"givenName\":\"Ada\",\"familyName\":\"Byron\"}")).Id;
        var crew = (await guides.NewGroup("Night crew", ada)).Id;
        await guides.Patch($"Users/{ada}", """[{"op":"replace","value":{"active":false}}]""");
        var request = guides.LastRequest;
        await guides.Written();
        using var staff = await StaffOf.Of(service, pilots.Id, "amelia@pilots.example");
        await using var window = await SignedIn.As(chromium, staff);
        foreach (var path in new[] { $"/directory/users/{ada}", $"/directory/groups/{crew}", $"/audit/requests/{request}" })
        {
            Assert.Equal(404, (await window.Go(path))!.Status);
            Assert.DoesNotContain("Ada", await window.Page.ContentAsync(), StringComparison.Ordinal);
        }

        // What is not here says so inside the frame, and where to go.
        await window.Page.GetByRole(AriaRole.Heading, new() { Name = "This is not here" }).WaitForAsync();
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Back to SCIM requests" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Heading, new() { Name = "SCIM requests" }).WaitForAsync();
        var missing = (await window.Go("/nowhere"))!;
        Assert.Equal((404, await missing.HeaderValueAsync("x-request-id")), (missing.Status, await window.Page.Locator("#problem-request").InnerTextAsync()));
        Assert.Empty(await window.Violations());
        foreach (var path in new[] { "/", "/directory/users?q=ada", "/directory/groups?q=night", "/audit/events", $"/audit/events?person={ada}", $"/audit/events?request={request}", "/audit/requests", "/audit/requests?person=ada%40guides.example", "/audit/compare", "/audit/reviews", "/audit/replay", "/settings/admins", "/palette?q=ada", "/palette?q=night" })
        {
            await window.Go(path);
            var text = await window.Page.ContentAsync();
            foreach (var foreign in new[] { "Ada Byron", "Night crew", "Tour Guides" }) Assert.DoesNotContain(foreign, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_main_jobs_are_done_by_keyboard_alone()
    {
        using var organization = await service.NewOrganization();
        using var staff = await StaffOf.Of(service, organization.Id);
        var ada = (await organization.NewUser("ada@example.com", ",\"displayName\":\"Ada Byron\",\"name\":{\"givenName\":\"Ada\",\"familyName\":\"Byron\"},\"active\":true")).Id;
        await organization.NewUser("grace@example.com", ",\"displayName\":\"Grace Hopper\",\"name\":{\"familyName\":\"Hopper\"}");
        await organization.Patch($"Users/{ada}", """[{"op":"replace","value":{"active":false}}]""");
        await organization.Written();
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go("/");

        // Find a person, and read why they are inactive.
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("u");
        await page.WaitForURLAsync("**/directory/users");
        await page.GetByText("Grace Hopper").WaitForAsync();
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("byron");
        await page.GetByText("Grace Hopper").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await Tab(page, "Ada Byron");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("Why is this person inactive?").WaitForAsync();

        // From there to the request that did it.
        await Tab(page, "See the request.");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/audit/requests/*");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Deactivate" }).First.WaitForAsync();

        // Let an identity provider in.
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("i");
        await page.WaitForURLAsync("**/settings/identity-and-access");
        await page.GetByLabel("Label").WaitForAsync();
        await Tab(page, "Generate token");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#token-text").WaitForAsync();

        // The palette, and the list of keys.
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("hopper");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/directory/users/*-*");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Grace Hopper" }).WaitForAsync();
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("rev");
        await page.GetByText("0 people, 0 groups, 1 pages").WaitForAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/audit/reviews");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Access review" }).WaitForAsync();

        // Row by row through a list.
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("u");
        await page.WaitForURLAsync("**/directory/users");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Users" }).WaitForAsync();
        await page.Locator("main tbody tr").Nth(1).WaitForAsync();
        foreach (var key in new[] { "j", "j", "k", "Enter" }) await page.Keyboard.PressAsync(key);
        await page.GetByRole(AriaRole.Heading, new() { Name = "Ada Byron" }).WaitForAsync();
        await page.Keyboard.PressAsync("?");
        await page.WaitForURLAsync("**/settings/look*");
    }

    [Fact]
    public async Task Names_made_to_do_harm_are_only_read()
    {
        using var organization = await service.NewOrganization();
        using var staff = await StaffOf.Of(service, organization.Id);
        const string markup = "<img src=x onerror=alert(1)><script>window.harmed=1</script>";
        var names = new[] { markup, "'\\\"><svg/onload=window.harmed=1>", "\u202Eevil\u202C \u200Fשלום", new string('W', 500), "👩‍🚀 Зоя 張" };
        var ids = new List<string>();
        foreach (var (name, n) in names.Select((name, n) => (name, n)))
        {
            var text = System.Text.Json.JsonSerializer.Serialize(name);
            ids.Add((await organization.NewUser($"harm{n}@example.com", $",\"displayName\":{text},\"title\":{text}")).Id);
            await organization.Post("Groups", $"{{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"],\"displayName\":{text},\"members\":[{{\"value\":\"{ids[^1]}\"}}]}}");
        }
        await organization.Written();
        await using var window = await SignedIn.As(chromium, staff);
        foreach (var path in new[] { "/directory/users", $"/directory/users/{ids[0]}", $"/directory/users/{ids[3]}?tab=attributes", $"/directory/users/{ids[2]}", "/directory/groups", "/audit/events", "/audit/requests", "/" })
        {
            Assert.Equal(200, (await window.Go(path))!.Status);
            Assert.True(await window.Page.EvaluateAsync<bool>("window.harmed === undefined && document.querySelectorAll('main img, main script').length === 0"), path);
            foreach (var width in new[] { 1280, 320 })
            {
                await window.Page.SetViewportSizeAsync(width, 900);
                Assert.True(await window.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") <= 0, $"{path} at {width}: " + await window.Page.EvaluateAsync<string>("[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map(e => e.outerHTML.slice(0, 200)).join('\\n')"));
            }
        }
        await window.Go("/directory/users");
        Assert.Contains("👩‍🚀 Зоя 張", await window.Text(), StringComparison.Ordinal);
        Assert.Contains(markup, await window.Text(), StringComparison.Ordinal);
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Every_page_is_there_without_JavaScript()
    {
        using var organization = await service.NewOrganization();
        using var staff = await StaffOf.Of(service, organization.Id);
        await organization.NewUser("ada@example.com", ",\"displayName\":\"Ada Byron\",\"name\":{\"givenName\":\"Ada\",\"familyName\":\"Byron\"}");
        await organization.NewUser("grace@example.com", ",\"displayName\":\"Grace Hopper\",\"name\":{\"familyName\":\"Hopper\"}");
        await using var window = await SignedIn.As(chromium, staff, javaScript: false);
        foreach (var path in Scim.Api.CommandCenter.Components.FrameMenu.Parts.SelectMany(p => p.Pages).Select(p => p.Path).Append("/settings/look"))
        {
            Assert.Equal(200, (await window.Go(path))!.Status);
            Assert.Equal(1, await window.Page.Locator("h1").CountAsync());
        }
        await window.Go("/directory/users");
        await window.Page.Locator("main input[type=search]").FillAsync("hopper");
        await window.Page.Keyboard.PressAsync("Enter");
        await window.Page.WaitForURLAsync("**/directory/users?*q=hopper*");
        Assert.Contains("Grace Hopper", await window.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("Ada Byron", await window.Text(), StringComparison.Ordinal);
    }

    // Goes on by Tab until what has the focus is called that.
    static async Task Tab(IPage page, string name)
    {
        for (var n = 0; n < 80; n++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<string>("document.activeElement.innerText ?? ''") == name) return;
        }
        Assert.Fail($"Tab does not come to “{name}”.");
    }
}
