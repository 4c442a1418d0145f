using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Identity;
using Scim.Api.Access.Pages;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.CommandCenter.SignIn.OpenIdConnect;
using Scim.Api.Hosting;

namespace Scim.Api.CommandCenter.SignIn;

internal static class SignInRegistration
{
    internal static void AddSignIn(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOidc(configuration);
        services.AddSingleton<Sessions>().AddSingleton<Invitations>().AddSingleton<StaffPasskeys>().AddSingleton<StaffAccounts>().AddSingleton<PageAccess>().AddSingleton<PasskeyState>();
        services.AddSingleton<SetupPages>().AddSingleton<SignInPages>().AddSingleton<StepUpPages>();
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
        var pages = app.MapGroup("").ExcludeFromDescription();
        pages.MapPost("/sign-out", (SignInPages page, HttpContext http) => page.SignOut(http)).WithMetadata(new OpenToAuditors());
        pages.MapGet("/step-up", (StepUpPages page, HttpContext http) => page.Show(http));
        pages.MapPost("/step-up", (StepUpPages page, HttpContext http, IPasskeyHandler<StaffAccount> handler) => page.StepUp(http, handler));
        pages.MapPost("/step-up/options", (StepUpPages page, HttpContext http, IPasskeyHandler<StaffAccount> handler) => page.Options(http, handler));

        app.MapOidc();

        var doors = pages.MapGroup("").AllowAnonymous();
        doors.MapGet("/sign-in", (SignInPages page, HttpContext http) => page.Show(http));
        doors.MapPost("/sign-in", (SignInPages page, HttpContext http, IPasskeyHandler<StaffAccount> handler) => page.SignIn(http, handler));
        doors.MapPost("/sign-in/options", (SignInPages page, HttpContext http, IPasskeyHandler<StaffAccount> handler) => page.Options(http, handler));
        doors.MapGet("/setup/{secret}", (string secret, SetupPages page, HttpContext http) => page.Show(secret, http));
        doors.MapPost("/setup/{secret}", (string secret, SetupPages page, HttpContext http, IPasskeyHandler<StaffAccount> handler) => page.Register(secret, http, handler));
        doors.MapPost("/setup/{secret}/options", (string secret, SetupPages page, HttpContext http, IPasskeyHandler<StaffAccount> handler) => page.Options(secret, http, handler));
    }
}
