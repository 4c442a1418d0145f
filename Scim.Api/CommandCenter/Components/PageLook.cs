namespace Scim.Api.CommandCenter.Components;

/// <summary>How somebody wants the pages to look, kept in a cookie of their browser.</summary>
/// <param name="Theme"><c>auto</c>, <c>light</c> or <c>dark</c>.</param>
/// <param name="Density"><c>roomy</c> or <c>compact</c>.</param>
/// <param name="Keys"><c>on</c> or <c>off</c>: whether single keys do something (WCAG 2.1.4).</param>
internal sealed record PageLook(string Theme, string Density, string Keys)
{
    const string Cookie = "look";

    internal static PageLook Default { get; } = new("auto", "roomy", "on");

    /// <summary>As the request's cookie has it; what is none is the default.</summary>
    internal static PageLook Of(HttpContext http) =>
        http.Request.Cookies[Cookie]?.Split('.') is [var theme, var density, var keys] ? Of(theme, density, keys) : Default;

    internal static PageLook Of(string? theme, string? density, string? keys) =>
        new(theme is "light" or "dark" ? theme : "auto", density == "compact" ? "compact" : "roomy", keys == "off" ? "off" : "on");

    internal void Write(HttpContext http) => http.Response.Cookies.Append(Cookie, $"{Theme}.{Density}.{Keys}",
        new() { HttpOnly = true, Secure = http.Request.IsHttps, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = TimeSpan.FromDays(400), IsEssential = true });
}
