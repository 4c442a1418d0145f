using Scim.Api.EventStore;
using Scim.Api.Hosting;

namespace Scim.Api.Access.Pages;

/// <summary>
/// Proves who asks for a page, by their session. What they may is read from the organization on each request, so who is
/// removed or gets another role is so at once.
/// </summary>
internal sealed class PageAccess(Sessions sessions, OrganizationCache organizations, PublicOrigin origin, TimeProvider clock)
{
    /// <summary>What a page that stands open sends with what it asks by itself.</summary>
    const string ByItself = "X-Live";

    internal async Task<PageCaller?> Prove(HttpContext http)
    {
        if (SessionCookie.Read(http, origin) is not { } text) return null;
        var isUse = !http.Request.Headers.ContainsKey(ByItself) && http.Request.Path != "/live";
        var session = await Deadline.Within(ScimAccess.Patience, ct => sessions.Find(text, isUse, ct), http.RequestAborted);
        if (session is null) return null;
        var organization = await Deadline.Within(ScimAccess.Patience, ct => organizations.Find(session.Organization, ct), http.RequestAborted);
        return organization?.Staff.FirstOrDefault(s => s.Id == session.Staff && s.IsActive) is { } member
            ? new(session.Organization, member.Id, member.Role, member.Email ?? "A member of staff", session.Id, session.SteppedUpAt, clock) { TimeZone = organization.TimeZone }
            : null;
    }

    /// <summary>Whether who was proved may go on looking.</summary>
    internal async Task<bool> MayGoOn(PageCaller caller, CancellationToken ct) =>
        (await organizations.Find(caller.Organization, ct))?.Staff.Any(s => s.Id == caller.Staff && s.IsActive) is true && await sessions.IsLive(caller.Session, ct);
}
