using Microsoft.Playwright;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.Demo;
using Scim.Tests.Faults;

namespace Scim.Tests.Browser;

/// <summary>An installation that holds nothing offers its first administrator a demonstration.</summary>
[Collection(InChromium.Name)]
public sealed class DemoPageTests(Chromium chromium, OwnCluster cluster) : IClassFixture<OwnCluster>
{
    [Fact]
    public async Task One_button_makes_a_demonstration_beside_an_empty_organization()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var own = await OwnDatabase.Start((await cluster.NewDatabase()).Settings());
        own.Get<DemoRuns>().People = Demonstration.FewestPeople;
        var all = await own.Service.Foundation.Placement.OrganizationsAsync(ct);
        var root = $"http://localhost:{own.Address.Port}";
        await using var browser = await WithPasskeys.Open(chromium);
        var page = browser.Page;
        await page.GotoAsync($"{root}/setup/{await own.Get<StaffAccounts>().FirstLink(all, ct)}");
        await page.GetByLabel("Email address").FillAsync("ada@example.com");
        await page.Locator("main button").ClickAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Look at a demonstration first" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a demonstration" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "It is being made" }).WaitForAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "It is made" }).WaitForAsync(new() { Timeout = 120_000 });
        Assert.Contains("has 100 people and 60 groups", await page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);

        // The own organization sees nothing of it, and a second one is not offered.
        await page.GotoAsync($"{root}/directory/users");
        Assert.DoesNotContain("lumen.example", await page.ContentAsync(), StringComparison.Ordinal);
        await page.GotoAsync(root + "/demo");
        Assert.Equal(0, await page.GetByRole(AriaRole.Button, new() { Name = "Make a demonstration" }).CountAsync());

        await page.GetByRole(AriaRole.Link, new() { Name = "Become its administrator by a passkey" }).ClickAsync();
        await page.GetByLabel("Email address").FillAsync("ada@example.com");
        await page.Locator("main button").ClickAsync();
        await page.GetByText("admin of Lumen Tours (demonstration)").WaitForAsync();
        await page.GetByText("everybody here is made up").WaitForAsync();
        await page.GetByText("Create ").First.WaitForAsync(); // whom the simulated Okta could not create today
        Assert.Empty(browser.Complaints);
    }
}
