using Microsoft.AspNetCore.Identity;
using Scim.Api.Access;
using Scim.Api.Access.Pages;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.Hosting;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.SignIn;

/// <summary><c>/setup/{secret}</c>: an invitation becomes a passkey, once.</summary>
internal sealed class SetupPages(Invitations invitations, StaffPasskeys passkeys, PasskeyState states, OrganizationAdministration organizations, Sessions sessions, CallRates rates, PublicOrigin origin, TimeProvider clock)
{
    const string Door = "setup";

    internal async Task<IResult> Show(string secret, HttpContext http)
    {
        var (organization, member) = await Invited(secret, http);
        return Page(http, secret, organization, member, refused: null);
    }

    /// <summary>What the browser needs to make the passkey. Whoever comes first says here who they are.</summary>
    internal async Task<IResult> Options(string secret, HttpContext http, IPasskeyHandler<StaffAccount> handler)
    {
        var (organization, member) = await Invited(secret, http);
        var name = member is null ? (await http.Request.ReadFormAsync(http.RequestAborted))["email"].ToString().Trim() : member.Email ?? "A member of staff";
        if (member is null)
        {
            await OrganizationAdministration.CheckEmail(name);
            member = organization.Staff.FirstOrDefault(s => s.RemovedAt is null && s.IsCalled(name));
        }
        var made = await handler.MakeCreationOptionsAsync(new() { Id = (member?.Id ?? NewId.Next(clock)).ToString("D"), Name = name, DisplayName = $"{name} ({organization.Name})" }, http);
        return PasskeyForm.Options(made.CreationOptionsJson, states.Protect(Purpose(secret), made.AttestationState!));
    }

    internal async Task<IResult> Register(string secret, HttpContext http, IPasskeyHandler<StaffAccount> handler)
    {
        var ct = http.RequestAborted;
        var (organization, member) = await Invited(secret, http);
        var form = await http.Request.ReadFormAsync(ct);
        var state = await states.Take(Purpose(secret), form["state"].ToString(), ct);
        var answer = state is null ? null : await handler.PerformAttestationAsync(new() { HttpContext = http, CredentialJson = form["credential"].ToString(), AttestationState = state });
        if (answer is not { Succeeded: true }) return Page(http, secret, organization, member, "This is no passkey that was made for this page just now. Try once more.");

        var staff = Guid.Parse(answer.UserEntity.Id);
        if (!await invitations.Use(secret, ct)) throw Unknown();
        await passkeys.Keep(new(organization.Id, staff), answer.Passkey, http.Request.Headers.UserAgent, ct);
        var address = ScimAccess.Address(http.Connection.RemoteIpAddress);
        var caller = new Caller(organization.Id, PageCaller.ActorOf(staff), NewId.Next(clock)) { Source = Domain.History.Source.Admin, Ip = address };
        if (member is null) await First(caller, staff, answer.UserEntity.Name, answer.Passkey.CredentialId, ct);
        else if (member.IsActive) await organizations.RegisterStaffPasskey(caller, staff);
        else await organizations.JoinStaff(caller, staff);
        SessionCookie.Write(http, origin, await sessions.Begin(organization.Id, staff, address, http.Request.Headers.UserAgent, ct));
        return Results.Redirect("/");
    }

    async Task First(Caller caller, Guid staff, string email, byte[] credential, CancellationToken ct)
    {
        try
        {
            await organizations.JoinFirst(caller, staff, email);
        }
        catch (ScimException)
        {
            // Somebody was quicker, by another link.
            await passkeys.RemovePasskeyAsync(new(caller.Organization, staff), credential, ct);
            throw Unknown();
        }
    }

    // A link for whoever comes first is dead once anybody came.
    async Task<(Organization Organization, StaffMember? Member)> Invited(string secret, HttpContext http)
    {
        var (address, ct) = (http.Connection.RemoteIpAddress, http.RequestAborted);
        rates.CheckStranger(Door, address);
        if (await invitations.Find(secret, ct) is { } invitation && await organizations.Find(invitation.Organization, ct) is { } organization)
        {
            if (invitation.Staff is null && !organization.HasStaff) return (organization, null);
            if (organization.Staff.FirstOrDefault(s => s.Id == invitation.Staff && s.RemovedAt is null) is { } member) return (organization, member);
        }
        rates.CountStranger(Door, address);
        throw Unknown();
    }

    static IResult Page(HttpContext http, string secret, Organization organization, StaffMember? member, string? refused) => PasskeyForm.Page(http,
        $"Welcome to {organization.Name}",
        member is null ? "You are the first. Say who you are, and register a passkey: it is all you need to sign in." : $"Register a passkey for {member.Email ?? "yourself"}: it is all you need to sign in.",
        $"/setup/{secret}", "create",
        member is null ? "<label>Email address <input type=\"email\" name=\"email\" required maxlength=\"200\" autocomplete=\"email\"></label>" : "", "Register a passkey", refused);

    static string Purpose(string secret) => "setup " + Convert.ToBase64String(SecretText.Hash(secret));

    static ScimException Unknown() => new(404, null, "This link is unknown, used or older than an hour. Ask for another.");
}
