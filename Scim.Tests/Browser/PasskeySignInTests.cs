using Microsoft.Playwright;
using Scim.Api.Access.Pages;
using Scim.Domain.Organizations;
using Scim.Tests.SignIn;

namespace Scim.Tests.Browser;

/// <summary>A real browser with an authenticator of its own: from the link to the passkey, out and in again.</summary>
public sealed class PasskeySignInTests(TestService service)
{
    static readonly string? Chromium = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    [Fact]
    public async Task A_link_becomes_a_passkey_and_the_passkey_signs_in()
    {
        Assert.SkipWhen(Chromium is null, "No chromium is installed: apt-get install chromium.");
        var ct = TestContext.Current.CancellationToken;
        using var organization = await service.NewOrganization("Tour Guides");
        var (member, secret) = await service.Get<StaffAccounts>().Invite(StaffOf.Operator(organization.Id), "ada@example.com", Roles.Admin, ct);
        var root = $"http://localhost:{service.Address.Port}";

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
        var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => { if (message.Type == "error") complaints.Add(message.Text); };
        var devtools = await context.NewCDPSessionAsync(page);
        await devtools.SendAsync("WebAuthn.enable");
        await devtools.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });

        await page.GotoAsync($"{root}/setup/{secret}");
        await page.GetByRole(AriaRole.Button).ClickAsync();
        await page.WaitForURLAsync(root + "/");
        Assert.Contains("ada@example.com, admin of Tour Guides", await page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(404, (await page.APIRequest.GetAsync($"{root}/setup/{secret}")).Status);
        Assert.Empty(complaints);

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.WaitForURLAsync(root + "/sign-in");
        await page.GotoAsync(root + "/?from=here");
        await page.WaitForURLAsync(root + "/sign-in?return=*");
        await page.GetByRole(AriaRole.Button).ClickAsync();
        await page.WaitForURLAsync(root + "/?from=here");
        var cookie = Assert.Single(await context.CookiesAsync(), c => c.Name == "cc");
        Assert.Equal((true, SameSiteAttribute.Lax, "/"), (cookie.HttpOnly, cookie.SameSite, cookie.Path));

        await service.Get<Sessions>().RevokeAll(organization.Id, member.Id, ct);
        await page.ReloadAsync();
        await page.WaitForURLAsync(root + "/sign-in?return=*", new() { Timeout = 3000 });

        // A passkey that the registry does not know any more opens nothing, and the page says so.
        await service.Get<StaffPasskeys>().DeleteAsync(new(organization.Id, member.Id), ct);
        await page.GetByRole(AriaRole.Button).ClickAsync();
        await page.GetByText("Nobody here has this passkey").WaitForAsync();
    }
}
