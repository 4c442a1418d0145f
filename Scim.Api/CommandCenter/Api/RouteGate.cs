using Scim.Api.Access;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Api;

/// <summary>Behind routing: a proved caller passes where <see cref="RouteRoles"/> lets its role, and only in its own organization.</summary>
internal sealed class RouteGate(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        // What is no route of ours, such as routing's own 405, answers nothing of anybody.
        if (http.GetEndpoint() is RouteEndpoint route && !May(ApiCaller.Of(http), http, route)) throw new ScimException(403, null, "The caller's role may not ask this.");
        return next(http);
    }

    static bool May(ApiCaller caller, HttpContext http, RouteEndpoint route) =>
        RouteRoles.May(caller.Role, http.Request.Method, route)
        && (caller.Organization is not { } own || (Guid.TryParse(http.GetRouteValue("organization") as string, out var named) && named == own));
}
