namespace Scim.Api.CommandCenter.Components;

/// <summary>A browser by the names that people have for it and for what it runs on; what is no browser stays as it says itself.</summary>
/// <remarks>Example: <c>Firefox on Windows</c>.</remarks>
internal static class BrowserWords
{
    // Each says that it is those behind it as well.
    static readonly (string Token, string Name)[] Browsers = [("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];

    static readonly (string Token, string Name)[] Systems = [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux")];

    internal static string? Of(string? agent) => (Name(Browsers, agent), Name(Systems, agent)) switch
    {
        ({ } browser, { } system) => $"{browser} on {system}",
        ({ } browser, null) => browser,
        _ => agent,
    };

    static string? Name((string Token, string Name)[] known, string? agent) => agent is null ? null : known.FirstOrDefault(k => agent.Contains(k.Token, StringComparison.Ordinal)).Name;
}
