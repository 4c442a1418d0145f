using Scim.Api.Hosting;

namespace Scim.Api.Access.Pages;

/// <summary>The cookie of a session: bound to this host over https; over plain http, for a first look, only its name and <c>Secure</c> differ.</summary>
internal static class SessionCookie
{
    const string Bound = "__Host-cc", Plain = "cc";

    internal static string? Read(HttpContext http, PublicOrigin origin) => http.Request.Cookies[Name(http, origin)];

    internal static void Write(HttpContext http, PublicOrigin origin, string session) => http.Response.Cookies.Append(Name(http, origin), session, Options(http, origin));

    internal static void Clear(HttpContext http, PublicOrigin origin) => http.Response.Cookies.Delete(Name(http, origin), Options(http, origin));

    static string Name(HttpContext http, PublicOrigin origin) => origin.IsHttps(http) ? Bound : Plain;

    // Lax, because who comes back from an identity provider comes from another site.
    static CookieOptions Options(HttpContext http, PublicOrigin origin) =>
        new() { HttpOnly = true, Secure = origin.IsHttps(http), SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };
}
