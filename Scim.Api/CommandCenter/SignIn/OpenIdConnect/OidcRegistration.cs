using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Scim.Api.Hosting;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.SignIn.OpenIdConnect;

internal static class OidcRegistration
{
    internal static void AddOidc(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = OidcSettings.Of(configuration);
        services.AddSingleton(settings).AddSingleton<OidcSignIn>();
        if (!settings.IsConfigured) return;
        services.AddAuthentication().AddOpenIdConnect(OidcSignIn.Scheme, o =>
        {
            (o.Authority, o.ClientId, o.ClientSecret) = (settings.Authority, settings.ClientId, settings.ClientSecret);
            o.RequireHttpsMetadata = settings.Authority!.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
            (o.ResponseType, o.ResponseMode, o.UsePkce) = (OpenIdConnectResponseType.Code, OpenIdConnectResponseMode.Query, true);
            o.CallbackPath = OidcSignIn.Callback;
            o.SignInScheme = "none"; // the session is ours, and begins before anybody would be signed in
            (o.MapInboundClaims, o.SaveTokens) = (false, false);
            o.Scope.Clear();
            foreach (var scope in settings.Scopes) o.Scope.Add(scope);
            o.Events.OnTicketReceived = ticket => ticket.HttpContext.RequestServices.GetRequiredService<OidcSignIn>().Received(ticket);
            o.Events.OnRemoteFailure = failure => throw new ScimException(403, null, "Signing in at the identity provider failed or was broken off. Nothing happened here: try again.");
            o.Events.OnRedirectToIdentityProvider = redirect =>
            {
                redirect.ProtocolMessage.RedirectUri = redirect.HttpContext.RequestServices.GetRequiredService<PublicOrigin>().Of(redirect.HttpContext) + OidcSignIn.Callback;
                return Task.CompletedTask;
            };
        });
        services.AddOptions<OpenIdConnectOptions>(OidcSignIn.Scheme).Configure<PublicOrigin>((o, origin) =>
        {
            // An answer in the address comes back with Lax cookies: what would need "None" is not asked for.
            foreach (var (cookie, name) in new[] { (o.CorrelationCookie, "cc-oidc."), (o.NonceCookie, "cc-nonce.") })
                (cookie.Name, cookie.Path, cookie.SameSite, cookie.SecurePolicy) = ((origin.IsAlwaysHttps ? "__Host-" : "") + name, "/", SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest);
        });
    }

    internal static void MapOidc(this WebApplication app)
    {
        // The framework would ask the scheme about every request, at the very beginning. It is asked where its own answers come back.
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true;
        if (!app.Services.GetRequiredService<OidcSettings>().IsConfigured) return;
        app.MapGet(OidcSignIn.Path, (HttpContext http) => OidcSignIn.Begin(http)).AllowAnonymous().ExcludeFromDescription();
        app.MapGet(OidcSignIn.Callback, (Delegate)Return).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/step-up/oidc", (HttpContext http) => OidcSignIn.Again(http)).ExcludeFromDescription();
    }

    static async Task Return(HttpContext http)
    {
        var handler = await http.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>().GetHandlerAsync(http, OidcSignIn.Scheme);
        await ((IAuthenticationRequestHandler)handler!).HandleRequestAsync();
    }
}
