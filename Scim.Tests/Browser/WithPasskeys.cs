using Microsoft.Playwright;

namespace Scim.Tests.Browser;

/// <summary>A real Chromium with one window and an authenticator of its own, which agrees to everything.</summary>
internal sealed class WithPasskeys : IAsyncDisposable
{
    static readonly string? Chromium = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    readonly IPlaywright _playwright;
    readonly IBrowser _browser;

    WithPasskeys(IPlaywright playwright, IBrowser browser, IPage page) => (_playwright, _browser, Page) = (playwright, browser, page);

    internal IPage Page { get; }

    /// <summary>Errors on its console, what the content security policy refused among them.</summary>
    internal List<string> Complaints { get; } = [];

    internal static async Task<WithPasskeys> Open()
    {
        Assert.SkipWhen(Chromium is null, "No chromium is installed: apt-get install chromium.");
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
        var context = await browser.NewContextAsync();
        var opened = new WithPasskeys(playwright, browser, await context.NewPageAsync());
        opened.Page.Console += (_, message) => { if (message.Type == "error") opened.Complaints.Add(message.Text); };
        var devtools = await context.NewCDPSessionAsync(opened.Page);
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
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
