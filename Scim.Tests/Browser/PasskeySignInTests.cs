using Microsoft.Playwright;
using Scim.Api.Access.Pages;
using Scim.Api.CommandCenter.Organizations;
using Scim.Domain.Organizations;
using Scim.Tests.Faults;
using Scim.Tests.SignIn;

namespace Scim.Tests.Browser;

/// <summary>A real browser with an authenticator of its own: from the link to the passkey, out and in again.</summary>
[Collection(InChromium.Name)]
public sealed class PasskeySignInTests(TestService service, Chromium chromium, OwnCluster cluster) : IClassFixture<OwnCluster>
{
    [Fact]
    public async Task A_link_becomes_a_passkey_and_the_passkey_signs_in()
    {
        var ct = TestContext.Current.CancellationToken;
        using var organization = await service.NewOrganization("Tour Guides");
        var (member, secret) = await service.Get<StaffAccounts>().Invite(StaffOf.Operator(organization.Id), "ada@example.com", Roles.Admin, ct);
        var root = $"http://localhost:{service.Address.Port}";

        await using var browser = await WithPasskeys.Open(chromium);
        var page = browser.Page;

        await page.GotoAsync($"{root}/setup/{secret}");
        await page.Locator("main button").ClickAsync();
        await page.Arrives(root + "/");
        Assert.Contains("ada@example.com, admin of Tour Guides", await page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(404, (await page.APIRequest.GetAsync($"{root}/setup/{secret}")).Status);
        Assert.Empty(browser.Complaints);

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.Arrives(root + "/sign-in");
        await page.GotoAsync(root + "/?from=here");
        await page.Arrives(root + "/sign-in?return=*");
        await page.Locator("main button").ClickAsync();
        await page.Arrives(root + "/?from=here");
        var cookie = Assert.Single(await page.Context.CookiesAsync(), c => c.Name == "cc");
        Assert.Equal((true, SameSiteAttribute.Lax, "/"), (cookie.HttpOnly, cookie.SameSite, cookie.Path));

        await service.Get<Sessions>().RevokeAll(organization.Id, member.Id, ct);
        await page.ReloadAsync();
        await page.Arrives(root + "/sign-in?return=*", 3000);

        // A passkey that the registry does not know any more opens nothing, and the page says so.
        await service.Get<StaffPasskeys>().DeleteAsync(new(organization.Id, member.Id), ct);
        await page.Locator("main button").ClickAsync();
        await page.GetByText("Nobody here has this passkey").WaitForAsync();
    }

    [Fact]
    public async Task The_first_to_follow_the_first_link_says_who_they_are_and_is_the_administrator()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var own = await OwnDatabase.Start((await cluster.NewDatabase()).Settings());
        var all = await own.Service.Foundation.Placement.OrganizationsAsync(ct);
        var link = $"http://localhost:{own.Address.Port}/setup/{await own.Get<StaffAccounts>().FirstLink(all, ct)}";
        await using var browser = await WithPasskeys.Open(chromium);
        var page = browser.Page;

        await page.GotoAsync(link);
        await page.GetByLabel("Email address").FillAsync("ada byron@example");
        await page.EvaluateAsync("document.querySelector('form').noValidate = true");
        await page.Locator("main button").ClickAsync();
        await page.GetByText("An address holds no spaces").WaitForAsync();
        Assert.Empty((await own.Get<OrganizationAdministration>().Find(all[0], ct))!.Staff);

        await page.GetByLabel("Email address").FillAsync("ada@example.com");
        await page.Locator("main button").ClickAsync();
        await page.GetByText("Signed in as ada@example.com, admin").WaitForAsync();
        var ada = Assert.Single((await own.Get<OrganizationAdministration>().Find(all[0], ct))!.Staff);
        Assert.Equal(("ada@example.com", null, true), (ada.Email, ada.InvitedBy, ada.IsActive));
        Assert.Single(await own.Get<StaffAccounts>().Passkeys(all[0], ct));
        Assert.Null(await own.Get<StaffAccounts>().FirstLink(all, ct));
        await page.GotoAsync(link);
        await page.GetByText("This link is unknown, used or older than an hour").WaitForAsync();
    }

    [Fact]
    public async Task What_happens_on_one_node_is_seen_on_the_other()
    {
        var settings = (await cluster.NewDatabase()).Settings();
        await using var one = await OwnDatabase.Start(settings);
        await using var two = await OwnDatabase.Start(settings);
        using var organization = await one.NewOrganization();
        using var staff = await StaffOf.Of(two, organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        await window.Go("/directory/users");
        await window.Page.GetByRole(AriaRole.Heading, new() { Name = "Users" }).WaitForAsync();
        await organization.NewUser("ada@example.com", ",\"displayName\":\"Ada Byron\",\"name\":{\"givenName\":\"Ada\",\"familyName\":\"Byron\"}");
        await window.Page.GetByText("Ada Byron").WaitForAsync(new() { Timeout = 3000 });
    }
}
