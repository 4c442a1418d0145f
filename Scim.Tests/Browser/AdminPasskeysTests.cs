using Microsoft.Playwright;
using Scim.Domain.Organizations;
using Scim.Tests.SignIn;

namespace Scim.Tests.Browser;

/// <summary>Passkeys on the page Admins, where one that is lost is taken away.</summary>
[Collection(InChromium.Name)]
public sealed class AdminPasskeysTests(TestService service, Chromium chromium)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lost_passkey_is_removed_alone_and_nobody_removes_their_own_last_one()
    {
        using var organization = await service.NewOrganization();
        using var staff = await StaffOf.Of(service, organization.Id);
        using var grace = await StaffOf.Of(service, organization.Id, "grace@example.com", Roles.Auditor);
        await staff.Passkey();
        await grace.Passkey("the lost laptop");
        var kept = await grace.Passkey("a telephone");
        await using var window = await SignedIn.As(chromium, staff);
        await using var hers = await SignedIn.As(chromium, grace);
        var page = window.Page;
        await hers.Go("/settings/admins");
        Assert.Equal(0, await hers.Page.GetByRole(AriaRole.Link, new() { Name = "Remove the passkey" }).CountAsync());

        await window.Go("/settings/admins");
        Assert.Contains("by 2 passkeys", await window.Text(), StringComparison.Ordinal);
        Assert.Contains("You have one only: register a second", await window.Text(), StringComparison.Ordinal);
        await page.Locator("tr", new() { HasText = "the lost laptop" }).GetByRole(AriaRole.Link).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove the passkey of grace@example.com" }).ClickAsync();
        await page.Locator("tr", new() { HasText = "the lost laptop" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Equal([kept], (await staff.Accounts.Passkeys(organization.Id, Ct)).Where(p => p.Staff == grace.Staff).Select(p => p.Id));
        Assert.Equal(1L, await service.Sql("select count(*) from history.mt_events where stream_id = $1 and type = 'staff_passkey_removed'", organization.Id));
        await hers.Go("/");
        Assert.EndsWith("/sign-in", hers.Page.Url, StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Link, new() { Name = "Remove the passkey of ada@example.com" }).ClickAsync();
        await page.GetByText("It is your only passkey").WaitForAsync();
        Assert.Equal(0, await page.GetByRole(AriaRole.Button, new() { Name = "Remove the passkey of ada@example.com" }).CountAsync());
        var own = new Scim.Api.Access.PageCaller(organization.Id, staff.Staff, Roles.Admin, "ada@example.com", Guid.Empty, default, TimeProvider.System);
        var last = (await staff.Accounts.Passkeys(organization.Id, Ct)).Single(p => p.Staff == staff.Staff).Id;
        Assert.Equal(409, (await Assert.ThrowsAsync<Scim.Domain.Protocol.ScimException>(() => staff.Accounts.RemovePasskey(own.For(), last, own, Ct))).Status);
        var second = await staff.Passkey("a second one");
        using (var elsewhere = await StaffOf.Of(service, organization.Id))
        {
            var other = await elsewhere.Session();
            await window.Go($"/settings/admins?passkey={second}");
            await page.GetByRole(AriaRole.Button, new() { Name = "Remove the passkey of ada@example.com" }).ClickAsync();
            await page.Locator("tr", new() { HasText = "a second one" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
            Assert.Equal(302, (await elsewhere.Get("/", other)).Status);
        }
        Assert.Equal(200, (await window.Go("/settings/admins")).Status);
    }
}
