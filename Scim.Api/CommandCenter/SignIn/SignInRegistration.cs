using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Identity;
using Scim.Api.Access.Pages;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.Hosting;

namespace Scim.Api.CommandCenter.SignIn;

internal static class SignInRegistration
{
    internal static void AddSignIn(this IServiceCollection services)
    {
        services.AddSingleton<Sessions>().AddSingleton<Invitations>().AddSingleton<StaffPasskeys>().AddSingleton<StaffAccounts>().AddSingleton<PageAccess>().AddSingleton<PasskeyState>();
        services.AddSingleton<SetupPages>().AddSingleton<SignInPages>();
        services.AddIdentityCore<StaffAccount>();
        services.AddSingleton<IUserStore<StaffAccount>>(s => s.GetRequiredService<StaffPasskeys>());
        services.AddScoped<IPasskeyHandler<StaffAccount>, PasskeyHandler<StaffAccount>>();
        services.AddOptions<IdentityPasskeyOptions>().Configure<PublicOrigin>((o, origin) =>
        {
            o.ServerDomain = origin.Domain;
            o.UserVerificationRequirement = o.ResidentKeyRequirement = "required";
            o.ValidateOrigin = asked => ValueTask.FromResult(!asked.CrossOrigin && asked.Origin == origin.Of(asked.HttpContext));
        });
        services.AddAntiforgery();
        services.AddOptions<AntiforgeryOptions>().Configure<PublicOrigin>((o, origin) =>
        {
            o.Cookie.Name = origin.IsAlwaysHttps ? "__Host-cc-form" : "cc-form";
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            o.Cookie.Path = "/";
        });
    }

    internal static void MapSignIn(this WebApplication app)
    {
        var pages = app.MapGroup("").ExcludeFromDescription().AddEndpointFilter(CheckForm);
        pages.MapGet("/", (SignInPages page, HttpContext http) => page.Home(http));
        pages.MapPost("/sign-out", (SignInPages page, HttpContext http) => page.SignOut(http));

        var doors = pages.MapGroup("").AllowAnonymous();
        doors.MapGet("/sign-in", (HttpContext http) => SignInPages.Show(http));
        doors.MapPost("/sign-in", (SignInPages page, HttpContext http, IPasskeyHandler<StaffAccount> handler) => page.SignIn(http, handler));
        doors.MapPost("/sign-in/options", (SignInPages page, HttpContext http, IPasskeyHandler<StaffAccount> handler) => page.Options(http, handler));
        doors.MapGet("/setup/{secret}", (string secret, SetupPages page, HttpContext http) => page.Show(secret, http));
        doors.MapPost("/setup/{secret}", (string secret, SetupPages page, HttpContext http, IPasskeyHandler<StaffAccount> handler) => page.Register(secret, http, handler));
        doors.MapPost("/setup/{secret}/options", (string secret, SetupPages page, HttpContext http, IPasskeyHandler<StaffAccount> handler) => page.Options(secret, http, handler));
        // From the assembly, wherever the program runs.
        doors.MapGet("/passkey.js", () => Results.Stream(typeof(SignInRegistration).Assembly.GetManifestResourceStream("passkey.js")!, "text/javascript; charset=utf-8"));
    }

    // A form of ours, sent from a page of ours.
    static async ValueTask<object?> CheckForm(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        if (HttpMethods.IsPost(call.HttpContext.Request.Method)) await call.HttpContext.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(call.HttpContext);
        return await next(call);
    }
}
