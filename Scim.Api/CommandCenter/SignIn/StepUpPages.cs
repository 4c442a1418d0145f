using Microsoft.AspNetCore.Identity;
using Scim.Api.Access;
using Scim.Api.Access.Pages;
using Scim.Api.CommandCenter.SignIn.OpenIdConnect;

namespace Scim.Api.CommandCenter.SignIn;

/// <summary><c>/step-up</c>: whoever is signed in proves by their passkey that it is still them, before a change that opens or closes doors.</summary>
internal sealed class StepUpPages(PasskeyState states, StaffPasskeys passkeys, Sessions sessions, CallRates rates, OidcSettings oidc)
{
    const string Door = "step-up";

    internal IResult Show(HttpContext http) => Page(http, refused: null);

    internal async Task<IResult> Options(HttpContext http, IPasskeyHandler<StaffAccount> handler)
    {
        var caller = PageCaller.Of(http)!;
        var made = await handler.MakeRequestOptionsAsync(new StaffAccount(caller.Organization, caller.Staff), http);
        return PasskeyForm.Options(made.RequestOptionsJson, states.Protect(Purpose(caller), made.AssertionState!));
    }

    internal async Task<IResult> StepUp(HttpContext http, IPasskeyHandler<StaffAccount> handler)
    {
        var (caller, ct) = (PageCaller.Of(http)!, http.RequestAborted);
        rates.CheckStranger(Door, http.Connection.RemoteIpAddress);
        var form = await http.Request.ReadFormAsync(ct);
        var state = await states.Take(Purpose(caller), form["state"].ToString(), ct);
        var answer = state is null ? null : await handler.PerformAssertionAsync(new() { HttpContext = http, CredentialJson = form["credential"].ToString(), AssertionState = state });
        if (answer is not { Succeeded: true, User: { } account, Passkey: { } passkey } || account.Id != caller.Staff)
        {
            rates.CountStranger(Door, http.Connection.RemoteIpAddress);
            return Page(http, "That was no passkey of yours. Try once more.");
        }
        await passkeys.AddOrUpdatePasskeyAsync(account, passkey, ct);
        await sessions.StepUp(caller.Session, ct);
        return Results.Redirect(LocalPath.Of(http.Request.Query["return"]));
    }

    static string Purpose(PageCaller caller) => $"step-up {caller.Session:D}";

    IResult Page(HttpContext http, string? refused) => PasskeyForm.Page(http, "Is it you?", "This change opens or closes a door. Confirm with your passkey; it is good for ten minutes.",
        $"/step-up?return={Uri.EscapeDataString(LocalPath.Of(http.Request.Query["return"]))}", "get", "", "Confirm with a passkey", refused,
        oidc.IsConfigured ? $"<p><a class=\"button\" href=\"/step-up/oidc?return={Uri.EscapeDataString(LocalPath.Of(http.Request.Query["return"]))}\">Confirm with {HtmlPage.Text(oidc.Name)}</a></p>" : "");
}
