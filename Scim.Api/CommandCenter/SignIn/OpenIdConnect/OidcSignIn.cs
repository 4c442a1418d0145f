using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Scim.Api.Access;
using Scim.Api.Access.Pages;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.Hosting;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.SignIn.OpenIdConnect;

/// <summary>
/// Whom the identity provider has let in becomes a session here (OpenID Connect Core 1.0, code with PKCE). The provider says
/// who is staff and in which role; the organization's history says when it said so.
/// </summary>
internal sealed class OidcSignIn(OidcSettings settings, OrganizationAdministration organizations, Sessions sessions, PublicOrigin origin, TimeProvider clock)
{
    internal const string Scheme = "oidc", Path = "/sign-in/oidc", Callback = "/signin-oidc";

    const string Session = "session";

    /// <summary>How old a proof at the provider may be that is asked for again.</summary>
    static readonly TimeSpan Fresh = TimeSpan.FromMinutes(2);

    /// <summary>To the provider, and back to where somebody wanted to go.</summary>
    internal static IResult Begin(HttpContext http) => Results.Challenge(new() { RedirectUri = LocalPath.Of(http.Request.Query["return"]) }, [Scheme]);

    /// <summary>The same for who is signed in: the provider asks for a proof again.</summary>
    internal static IResult Again(HttpContext http)
    {
        var properties = new AuthenticationProperties { RedirectUri = LocalPath.Of(http.Request.Query["return"]) };
        properties.Items[Session] = PageCaller.Of(http)!.Session.ToString("D");
        properties.SetParameter("max_age", TimeSpan.Zero);
        properties.SetParameter("prompt", "login");
        return Results.Challenge(properties, [Scheme]);
    }

    /// <exception cref="ScimException">403: who comes from there has no role here.</exception>
    internal async Task Received(TicketReceivedContext ticket)
    {
        var (http, ct) = (ticket.HttpContext, ticket.HttpContext.RequestAborted);
        var (organization, member) = await Member(ticket.Principal!, http, ct);
        if (ticket.Properties!.Items.TryGetValue(Session, out var again))
        {
            await StepUp(ticket.Principal!, Guid.Parse(again!), organization, member, http, ct);
        }
        else
        {
            SessionCookie.Write(http, origin, await sessions.Begin(organization, member.Id, ScimAccess.Address(http.Connection.RemoteIpAddress), http.Request.Headers.UserAgent, ct, ProvedAt(ticket.Principal!) ?? DateTimeOffset.UnixEpoch));
        }
        http.Response.Redirect(LocalPath.Of(ticket.ReturnUri));
        ticket.HandleResponse();
    }

    // Who was signed in there already is let in without being asked: that proves nothing now.
    static DateTimeOffset? ProvedAt(ClaimsPrincipal who) =>
        long.TryParse(who.FindFirstValue("auth_time"), CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    async Task StepUp(ClaimsPrincipal who, Guid session, Guid organization, StaffMember member, HttpContext http, CancellationToken ct)
    {
        var proved = ProvedAt(who);
        var found = SessionCookie.Read(http, origin) is { } text ? await sessions.Find(text, isUse: true, ct) : null;
        if (found is null || found.Id != session || found.Organization != organization || found.Staff != member.Id) throw new ScimException(403, null, "Somebody else signed in at the identity provider than is signed in here.");
        if (proved is null || clock.GetUtcNow() - proved > Fresh) throw new ScimException(403, null, "The identity provider did not ask for a fresh proof. Confirm with a passkey instead.");
        await sessions.StepUp(session, ct);
    }

    async Task<(Guid Organization, StaffMember Member)> Member(ClaimsPrincipal who, HttpContext http, CancellationToken ct)
    {
        var email = who.FindFirstValue("email");
        if (string.IsNullOrWhiteSpace(email) || string.Equals(who.FindFirstValue("email_verified"), "false", StringComparison.OrdinalIgnoreCase))
            throw new ScimException(403, null, "The identity provider sends no verified e-mail address of you. Ask its administrator for the claim email.");
        var role = settings.RoleOf(who.FindAll(settings.RoleClaim).Select(c => c.Value))
            ?? throw new ScimException(403, null, $"{email} is in none of the groups that may work here. Ask an administrator.");
        var organization = settings.Organization is { } named
            ? await organizations.Find(named, ct) ?? throw ScimException.NotFound("Organization", named.ToString("D"))
            : (await organizations.List(ct)).Where(o => !o.IsDemonstration).ToArray() is [var only] ? only : throw new ScimException(403, null, "The service does not know whose staff signs in this way. Its configuration must name the organization.");
        var id = organization.Id;
        // The handler checks iss and drops it: the claim that it came with still knows it.
        var (issuer, subject) = who.FindFirst("sub") is { } claim ? (claim.Issuer, claim.Value) : throw new ScimException(403, null, "The identity provider does not say which of its accounts you are. Ask its administrator for the claim sub.");
        // Who was here knows them by the subject; an address only says who is meant by an invitation, and who came before subjects were kept.
        var member = organization.Staff.LastOrDefault(s => s.RemovedAt is null && s.IsKnownAs(issuer, subject)) ?? organization.Staff.LastOrDefault(s => s.RemovedAt is null && s.IsCalled(email));
        member ??= await organizations.InviteStaff(ByProvider(id), email, role);
        member = await organizations.IdentifyStaff(ByProvider(id), member.Id, issuer, subject);
        if (member.Role != role)
        {
            member = await organizations.ChangeStaffRole(ByProvider(id), member.Id, role);
            await sessions.RevokeAll(id, member.Id, ct); // begun by who had the other role there
        }
        if (member.JoinedAt is null)
            member = await organizations.JoinStaff(new(id, PageCaller.ActorOf(member.Id), NewId.Next(clock)) { Source = Domain.History.Source.Admin, Ip = ScimAccess.Address(http.Connection.RemoteIpAddress) }, member.Id);
        return (id, member);
    }

    // What the provider's groups say is nobody's act here.
    Caller ByProvider(Guid organization) => new(organization, "system", NewId.Next(clock)) { Source = Domain.History.Source.System };
}
