using Scim.Api.Access;
using Scim.Api.EventStore;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Api;

/// <summary>
/// Behind routing: a proved caller passes where <see cref="RouteRoles"/> lets its role, and only in its own organization. The
/// operator is the administrator of those without staff; of others only what keeps them going.
/// </summary>
internal sealed class RouteGate(RequestDelegate next, OrganizationCache organizations)
{
    public async Task InvokeAsync(HttpContext http)
    {
        // What is no route of ours, such as routing's own 405, answers nothing of anybody.
        if (http.GetEndpoint() is RouteEndpoint route)
        {
            var caller = ApiCaller.Of(http);
            var organization = Guid.TryParse(http.GetRouteValue("organization") as string, out var named) ? named : (Guid?)null;
            if (!RouteRoles.May(caller.Role, http.Request.Method, route) || (caller.Organization is { } own && own != organization)) throw new ScimException(403, null, "The caller's role may not ask this.");
            if (caller.Role == Roles.Operator && organization is { } asked && !RouteRoles.MayOperatorOfStaffed(http.Request.Method, route) && await HasStaff(asked, http.RequestAborted))
                throw new ScimException(403, null, "This organization has staff of its own: the operator sees its health, its switch and its tokens, not its people. Have yourself invited, or use a key of the organization.");
        }
        await next(http);
    }

    async Task<bool> HasStaff(Guid organization, CancellationToken aborted) =>
        (await Deadline.Within(ScimAccess.Patience, ct => organizations.Find(organization, ct), aborted))?.HasStaff is true;
}
