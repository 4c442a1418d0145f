using Scim.Api.CommandCenter.Assets;
using Scim.Api.CommandCenter.Components;
using Scim.Api.CommandCenter.Live;
using Scim.Api.CommandCenter.Pages.Audit;
using Scim.Api.CommandCenter.Pages.Directory;
using Scim.Api.CommandCenter.Pages.Overview;
using Scim.Api.CommandCenter.Pages.Settings;
using Scim.Api.CommandCenter.People;
using Scim.Api.CommandCenter.SignIn;
using Scim.Api.Demo;

namespace Scim.Api.CommandCenter.Pages;

internal static class PagesRegistration
{
    internal static void AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddSingleton<FrameFactsReader>().AddSingleton<SetupSignals>().AddSingleton<ComingsAndGoings>();
        services.AddSingleton<DirectoryExport>().AddSingleton<PersonAdministration>().AddSingleton<DemoRuns>();
        services.AddSingleton<PageWatch>().AddHostedService(s => s.GetRequiredService<PageWatch>());
    }

    internal static void MapPages(this WebApplication app)
    {
        app.MapAssets();
        app.MapPageLive();
        app.MapPalette();
        app.MapPeopleExport();
        app.MapGroupExport();
        app.MapExportPages();
        app.MapPost("/look", (Delegate)SetLook).WithMetadata(new OpenToAuditors()).ExcludeFromDescription();
        app.MapRazorComponents<App>().DisableAntiforgery().ExcludeFromDescription(); // PagePipeline has checked every form
    }

    static async Task<IResult> SetLook(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        PageLook.Of(form["theme"], form["density"], form["keys"]).Write(http);
        return Results.Redirect("/settings/look");
    }
}
