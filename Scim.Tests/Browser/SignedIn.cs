using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Scim.Tests.SignIn;

namespace Scim.Tests.Browser;

/// <summary>A window of a member of staff who is signed in.</summary>
internal sealed class SignedIn : IAsyncDisposable
{
    /// <summary>What a page may weigh when it is opened for the first time.</summary>
    const int MaxBytes = 70 * 1024, MaxRequests = 8;

    static readonly string[] Wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];

    // All that another scheme can change.
    static readonly string[] Contrast = ["color-contrast"];

    // What is wider than the screen, or than the box in which it would have to be moved sideways.
    const string Beyond = """
        [document.documentElement, ...document.querySelectorAll('.table')].map(e => [e, e.scrollWidth - e.clientWidth]).filter(([, beyond]) => beyond > 0)
            .map(([e, beyond]) => `${e.matches('.table') ? `its table ${e.querySelector('th')?.textContent}` : 'all of it'} by ${beyond} pixels`)
        """;

    // The package's own way to run it opens a page more each time, which takes longer than looking.
    static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    readonly IBrowserContext _context;
    readonly Uri _root;

    SignedIn(IBrowserContext context, IPage page, Uri root) => (_context, Page, _root) = (context, page, root);

    internal IPage Page { get; }

    /// <summary>Errors on its console, what the content security policy refused among them.</summary>
    internal List<string> Complaints { get; } = [];

    /// <summary>Whether pictures of every page are kept, which takes as long as all that is looked at.</summary>
    static bool KeepsPictures => Environment.GetEnvironmentVariable("SCIM_TEST_PICTURES") == "1";

    /// <summary>Where pictures of pages are kept.</summary>
    internal static string Pictures => Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "pictures")).FullName;

    internal static async Task<SignedIn> As(Chromium chromium, StaffOf staff, int width = 1280, ColorScheme scheme = ColorScheme.Light, bool javaScript = true)
    {
        var context = await (await chromium.Open()).NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = scheme,
            JavaScriptEnabled = javaScript,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        await context.AddCookiesAsync([new() { Name = "cc", Value = await staff.Session(), Url = staff.Address.ToString(), HttpOnly = true }]);
        var opened = new SignedIn(context, await context.NewPageAsync(), staff.Address);
        opened.Page.SetDefaultTimeout(15_000);
        opened.Page.Console += (_, message) => { if (message.Type == "error") opened.Complaints.Add(message.Text); };
        opened.Page.PageError += (_, message) => opened.Complaints.Add(message);
        return opened;
    }

    /// <summary>Opens a path of the Command Center.</summary>
    internal async Task<IResponse> Go(string path) => (await Page.GotoAsync(new Uri(_root, path).ToString()))!;

    /// <summary>The text of the page's content.</summary>
    internal Task<string> Text() => Page.Locator("main").InnerTextAsync();

    /// <summary>
    /// Holds a page against what every page promises: WCAG 2.2 AA in both schemes, nothing beside a narrow screen, a quiet
    /// console under its policy, and its weight. Pictures of it are kept under that name where <c>SCIM_TEST_PICTURES</c> is 1.
    /// </summary>
    internal async Task Inspect(string path, string name)
    {
        Complaints.Clear();
        var (bytes, requests) = await Weigh(path);
        Assert.True(bytes <= MaxBytes && requests <= MaxRequests, $"{path} weighs {bytes} bytes in {requests} requests.");
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await Page.SetViewportSizeAsync(1280, 900);
            var found = await Violations(scheme == ColorScheme.Light ? null : Contrast);
            Assert.True(found.Length == 0, $"{path} in {scheme}: {string.Join("; ", found)}");
            if (scheme == ColorScheme.Dark && !KeepsPictures) continue; // colours make nothing wider
            foreach (var width in new[] { 1280, 1151, 800, 400, 320 })
            {
                await Page.SetViewportSizeAsync(width, 900);
                var beyond = await Page.EvaluateAsync<string[]>(Beyond);
                Assert.True(beyond.Length == 0, $"{path} is too wide for {width}: {string.Join("; ", beyond)}.");
                if (KeepsPictures && width is 1280 or 400) await Page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}-{width}-{(scheme == ColorScheme.Light ? "light" : "dark")}.png"), FullPage = width == 400 });
            }
        }
        Assert.Empty(Complaints);
    }

    /// <summary>What of the page breaks rules of WCAG, or only those given.</summary>
    internal async Task<string[]> Violations(string[]? rules = null)
    {
        if (!await Page.EvaluateAsync<bool>("typeof axe === 'object'")) await Page.EvaluateAsync(Axe);
        return await Page.EvaluateAsync<string[]>("""
            async rules => (await axe.run(document, { runOnly: rules, resultTypes: ['violations'] })).violations
                .map(v => `${v.id} ${v.help}: ${v.nodes.slice(0, 3).map(n => n.html).join(', ')}`)
            """, rules ?? Wcag);
    }

    // What came over the wire to a browser that was never here, as its own tools count it.
    async Task<(long Bytes, int Requests)> Weigh(string path)
    {
        var (bytes, requests) = (0L, 0);
        var devtools = await _context.NewCDPSessionAsync(Page);
        await devtools.SendAsync("Network.enable");
        await devtools.SendAsync("Network.setCacheDisabled", new() { ["cacheDisabled"] = true });
        devtools.Event("Network.requestWillBeSent").OnEvent += (_, _) => requests++;
        devtools.Event("Network.loadingFinished").OnEvent += (_, e) => bytes += (long)e!.Value.GetProperty("encodedDataLength").GetDouble();
        var response = await Go(path);
        Assert.True(response.Status is 200, $"{path} answers {response.Status}.");
        await Page.WaitForLoadStateAsync(LoadState.Load);
        await devtools.DetachAsync();
        return (bytes, requests);
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
