using Scim.Api.Access;
using Scim.Api.Access.Pages;
using Scim.Api.CommandCenter.SignIn.OpenIdConnect;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Organizations;

/// <summary>Members of staff together with what lets them in: links, passkeys and sessions.</summary>
internal sealed class StaffAccounts(OrganizationAdministration organizations, Invitations invitations, StaffPasskeys passkeys, Sessions sessions, OidcSettings provider, TimeProvider clock)
{
    /// <summary>Invites somebody, or lets who is there register another passkey; the link's secret is in this answer and nowhere else.</summary>
    internal async Task<(StaffMember Member, string Secret)> Invite(Caller caller, string email, string role, CancellationToken ct)
    {
        var member = await Member(caller.Organization, email, ct);
        if (member is null) member = await organizations.InviteStaff(caller, email, role);
        else
        {
            if (member.Role != role) await organizations.ChangeStaffRole(caller, member.Id, role);
            // A command of its own, which a repeat of the other is not taken for.
            member = await organizations.InviteStaffAgain(caller with { RequestId = NewId.Next(clock) }, member.Id);
        }
        return (member, await invitations.Make(caller.Organization, member.Id, ct));
    }

    /// <summary>Takes somebody out, with everything that let them in.</summary>
    internal async Task<StaffMember> Remove(Caller caller, Guid staff, CancellationToken ct)
    {
        var member = await organizations.RemoveStaff(caller, staff);
        await sessions.RevokeAll(caller.Organization, staff, ct);
        await invitations.Withdraw(caller.Organization, staff, ct);
        await passkeys.DeleteAsync(new(caller.Organization, staff), ct);
        return member;
    }

    /// <summary>Takes one passkey from a member of staff, and ends the sessions that may have begun with it.</summary>
    /// <param name="own">The session in which the member does it themselves, which goes on.</param>
    /// <exception cref="ScimException">404 for one that is not there; 409 for the last of whoever asks, who could not come back.</exception>
    internal async Task RemovePasskey(Caller caller, Guid passkey, PageCaller? own, CancellationToken ct)
    {
        var all = await passkeys.Of(caller.Organization, ct);
        var listed = all.FirstOrDefault(p => p.Id == passkey) ?? throw ScimException.NotFound("Passkey", passkey.ToString("D"));
        if (listed.Staff == own?.Staff && all.Count(p => p.Staff == listed.Staff) == 1)
            throw ScimException.Conflict("It is your only passkey: without it you could not sign in again. Invite your own address first, and register another.");
        await organizations.RemoveStaffPasskey(caller, listed.Staff, listed.RegisteredAt);
        await passkeys.Remove(caller.Organization, passkey, ct);
        await sessions.RevokeAll(caller.Organization, listed.Staff, ct, except: listed.Staff == own?.Staff ? own.Session : null);
    }

    /// <summary>The passkeys of one member of staff or of all.</summary>
    internal Task<IReadOnlyList<ListedPasskey>> Passkeys(Guid organization, CancellationToken ct) => passkeys.Of(organization, ct);

    /// <summary>The member of that address, invited or joined.</summary>
    internal async Task<StaffMember?> Member(Guid organization, string email, CancellationToken ct) =>
        (await organizations.Find(organization, ct) ?? throw ScimException.NotFound("Organization", organization.ToString("D"))).Staff.LastOrDefault(s => s.RemovedAt is null && s.IsCalled(email));

    /// <summary>A link for whoever comes first, as long as nobody could sign in anywhere; else null. A demonstration's staff and organization do not count.</summary>
    internal async Task<string?> FirstLink(IReadOnlyList<Guid> all, CancellationToken ct)
    {
        // Whoever the identity provider lets in needs no passkey.
        foreach (var id in provider.IsConfigured ? all : await passkeys.Organizations(ct))
            if (await organizations.Find(id, ct) is { IsDemonstration: false, HasStaff: true }) return null;
        foreach (var id in all)
            if (await organizations.Find(id, ct) is { IsDemonstration: false }) return await invitations.Make(id, staff: null, ct);
        return null;
    }
}
