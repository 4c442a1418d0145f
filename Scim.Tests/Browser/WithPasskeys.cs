using Microsoft.Playwright;

namespace Scim.Tests.Browser;

/// <summary>A window with an authenticator of its own, which agrees to everything.</summary>
internal sealed class WithPasskeys : IAsyncDisposable
{
    readonly IBrowserContext _context;

    WithPasskeys(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    internal IPage Page { get; }

    /// <summary>Errors on its console, what the content security policy refused among them.</summary>
    internal List<string> Complaints { get; } = [];

    internal static async Task<WithPasskeys> Open(Chromium chromium)
    {
        var context = await (await chromium.Open()).NewContextAsync();
        var opened = new WithPasskeys(context, await context.NewPageAsync());
        opened.Page.Console += (_, message) => { if (message.Type == "error") opened.Complaints.Add(message.Text); };
        await Authenticator(context, opened.Page);
        return opened;
    }

    /// <summary>Gives a page an authenticator that agrees to everything.</summary>
    internal static async Task Authenticator(IBrowserContext context, IPage page)
    {
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
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}

internal static class Arriving
{
    /// <summary>Waits until the browser is there. Whoever waits for "load" as well can miss it and wait for ever.</summary>
    internal static Task Arrives(this IPage page, string url, float? timeout = null) => page.WaitForURLAsync(url, new() { WaitUntil = WaitUntilState.Commit, Timeout = timeout });
}
