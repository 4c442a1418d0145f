using Microsoft.Playwright;

namespace Scim.Tests.Browser;

/// <summary>Tests in a browser, one after the other: two at once would leave the machine to nobody else.</summary>
[CollectionDefinition(Name)]
public sealed class InChromium : ICollectionFixture<Chromium>
{
    public const string Name = "In Chromium";
}

/// <summary>The one Chromium of a run, started when the first test wants it; each test has a window of its own.</summary>
public sealed class Chromium : IAsyncDisposable
{
    // The shell is the same browser without a window, and takes a quarter less time.
    static readonly string? Installed = new[] { "/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    static readonly string[] Arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-software-rasterizer", "--disable-background-networking"];

    readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)>> _started = new(async () =>
    {
        var playwright = await Playwright.CreateAsync();
        return (playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Installed, Args = Arguments }));
    });

    internal async Task<IBrowser> Open()
    {
        Assert.SkipWhen(Installed is null, "No chromium is installed: apt-get install chromium.");
        return (await _started.Value).Browser;
    }

    /// <summary>One more Chromium, which trusts the certificate of that key: base64 of the SHA-256 of its SubjectPublicKeyInfo.</summary>
    internal async Task<IBrowser> Trusting(string key)
    {
        await Open();
        return await (await _started.Value).Playwright.Chromium.LaunchAsync(new() { ExecutablePath = Installed, Args = [.. Arguments, $"--ignore-certificate-errors-spki-list={key}"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (!_started.IsValueCreated) return;
        var (playwright, browser) = await _started.Value;
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}
