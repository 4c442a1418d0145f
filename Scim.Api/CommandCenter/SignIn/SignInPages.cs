using Microsoft.AspNetCore.Identity;
using Scim.Api.Access;
using Scim.Api.Access.Pages;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.CommandCenter.SignIn.OpenIdConnect;
using Scim.Api.Hosting;

namespace Scim.Api.CommandCenter.SignIn;

/// <summary><c>/sign-in</c> by a passkey, and <c>/sign-out</c>.</summary>
internal sealed class SignInPages(StaffPasskeys passkeys, PasskeyState states, OrganizationAdministration organizations, Sessions sessions, CallRates rates, PublicOrigin origin, OidcSettings oidc)
{
    const string Door = "sign-in", Purpose = "sign-in";

    internal IResult Show(HttpContext http) => Page(http, refused: null);

    internal async Task<IResult> Options(HttpContext http, IPasskeyHandler<StaffAccount> handler)
    {
        rates.CheckStranger(Door, http.Connection.RemoteIpAddress);
        var made = await handler.MakeRequestOptionsAsync(null, http);
        return PasskeyForm.Options(made.RequestOptionsJson, states.Protect(Purpose, made.AssertionState!));
    }

    internal async Task<IResult> SignIn(HttpContext http, IPasskeyHandler<StaffAccount> handler)
    {
        var (address, ct) = (http.Connection.RemoteIpAddress, http.RequestAborted);
        rates.CheckStranger(Door, address);
        var form = await http.Request.ReadFormAsync(ct);
        var state = await states.Take(Purpose, form["state"].ToString(), ct);
        var answer = state is null ? null : await handler.PerformAssertionAsync(new() { HttpContext = http, CredentialJson = form["credential"].ToString(), AssertionState = state });
        if (answer is not { Succeeded: true, User: { } account, Passkey: { } passkey })
        {
            rates.CountStranger(Door, address);
            return Page(http, "Nobody here has this passkey. Choose another, or ask an administrator for an invitation.");
        }
        var member = (await organizations.Find(account.Organization, ct))?.Staff.FirstOrDefault(s => s.Id == account.Id && s.IsActive);
        if (member is null) return Page(http, "You do not belong to the staff any more. Ask an administrator for an invitation.");
        await passkeys.AddOrUpdatePasskeyAsync(account, passkey, ct);
        SessionCookie.Write(http, origin, await sessions.Begin(account.Organization, account.Id, ScimAccess.Address(address), http.Request.Headers.UserAgent, ct));
        return Results.Redirect(LocalPath.Of(http.Request.Query["return"]));
    }

    internal async Task<IResult> SignOut(HttpContext http)
    {
        await sessions.Revoke(PageCaller.Of(http)!.Session, http.RequestAborted);
        SessionCookie.Clear(http, origin);
        return Results.Redirect("/sign-in");
    }

    IResult Page(HttpContext http, string? refused)
    {
        var back = LocalPath.Of(http.Request.Query["return"]);
        return PasskeyForm.Page(http, "Sign in", "Sign in with your passkey.", back == "/" ? "/sign-in" : $"/sign-in?return={Uri.EscapeDataString(back)}", "get", "", "Sign in with a passkey", refused,
            oidc.IsConfigured ? $"<p><a class=\"button\" href=\"{OidcSignIn.Path}?return={Uri.EscapeDataString(back)}\">Sign in with {HtmlPage.Text(oidc.Name)}</a></p>" : "");
    }
}
