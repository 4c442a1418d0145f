using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Logging.Console;
using Scim.Api.Access;
using Scim.Api.Access.DataProtection;
using Scim.Api.Access.Pages;
using Scim.Api.Audit;
using Scim.Api.CommandCenter.Api;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.CommandCenter.Pages;
using Scim.Api.CommandCenter.SignIn;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Api.EventStore.Queries;
using Scim.Api.EventStore.Versions;
using Scim.Api.Hosting.Embedded;
using Scim.Api.Operator;
using Scim.Api.Provisioning;
using Scim.Api.Provisioning.Dialects;
using Scim.Api.Provisioning.RequestLog;
using Scim.Domain.Protocol;

namespace Scim.Api.Hosting;

/// <summary>The service from its configuration to its end: foundation, registrations, pipeline.</summary>
internal sealed class ScimService : IAsyncDisposable
{
    ScimService(WebApplication app, Foundation foundation) => (App, Foundation) = (app, foundation);

    internal WebApplication App { get; }

    internal Foundation Foundation { get; }

    /// <summary>Runs until told to stop; 1 with one line where it cannot start.</summary>
    internal static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await using var service = await BuildAsync(args, CancellationToken.None);
            await service.StartAsync(Console.Out, CancellationToken.None);
            await service.App.WaitForShutdownAsync();
            return 0;
        }
        catch (StartupException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (ScimException e)
        {
            await Console.Error.WriteLineAsync($"The first organization could not be made: {e.Message}");
            return 1;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{e.Message} Stop what listens there, or choose another by --urls http://localhost:5001");
            return 1;
        }
    }

    internal static async Task<ScimService> BuildAsync(string[] args, CancellationToken ct, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        Log(builder.Logging);
        configure?.Invoke(builder);
        using var startLog = LoggerFactory.Create(Log);
        var foundation = await Foundation.LayAsync(builder.Configuration, FolderRole.Service, TimeProvider.System, startLog.CreateLogger("Scim.Start"), ct);
        try
        {
            return new ScimService(Compose(builder, foundation, TimeProvider.System), foundation);
        }
        catch
        {
            await foundation.DisposeAsync();
            throw;
        }
    }

    /// <summary>The service over a foundation; a clock that is not the system's also dates what the database would.</summary>
    internal static WebApplication Compose(WebApplicationBuilder builder, Foundation foundation, TimeProvider clock)
    {
        Register(builder, foundation, clock);
        var app = builder.Build();
        Pipeline(app);
        return app;
    }

    /// <summary>Starts to listen; an empty installation gets its first organization, and its next steps are printed.</summary>
    internal async Task StartAsync(TextWriter output, CancellationToken ct)
    {
        var first = await FirstOrganization.EnsureAsync(Foundation.Placement, App.Services.GetRequiredService<OrganizationAdministration>(), TimeProvider.System, ct);
        await App.StartAsync(ct);
        var origin = App.Services.GetRequiredService<PublicOrigin>().OrAddress(App.Urls.First());
        if (first is not null) await output.WriteLineAsync(FirstOrganization.NextSteps(first, origin, FirstOrganization.Program(App.Configuration)));
        ServiceAddress.Announce(Foundation.Folder, App.Urls.First());
        await output.WriteLineAsync($"Listening at {string.Join(", ", App.Urls)}");
        if (await App.Services.GetRequiredService<StaffAccounts>().FirstLink(await Foundation.Placement.OrganizationsAsync(ct), ct) is { } secret)
            await output.WriteLineAsync($"Nobody can sign in yet. Become the first administrator within {Invitations.GoodFor.TotalMinutes:0} minutes: {App.Services.GetRequiredService<PublicOrigin>().ForBrowser(App.Urls.First())}/setup/{secret}");
    }

    static void Register(WebApplicationBuilder builder, Foundation foundation, TimeProvider clock)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        var limits = Limits.Of(configuration);
        builder.WebHost.ConfigureKestrel(o => ServerLimits.Apply(o, limits));
        services.Configure<HostOptions>(o => Leaving.Configure(o, limits));
        services.AddSingleton(limits).AddSingleton<Overload>().AddSingleton<CallRates>().AddSingleton<Leaving>().AddHostedService(s => s.GetRequiredService<Leaving>());
        services.AddSingleton(clock);
        services.AddSingleton(foundation).AddSingleton(foundation.Placement).AddSingleton(foundation.Store).AddSingleton(foundation.Events);
        services.AddSharedProtection(foundation.Events.Keys.Master, foundation.Placement);
        services.AddSignIn(configuration);
        services.AddPages();
        services.AddAudit();
        services.AddSingleton<CommitSignal>().AddSingleton<Moments>().AddSingleton<VersionWriter>().AddSingleton<PositionWorker>();
        if (configuration.GetValue("Positions:Enabled", true)) services.AddHostedService(s => s.GetRequiredService<PositionWorker>());
        services.AddSingleton<Turns>().AddSingleton<History>().AddSingleton<Departure>().AddSingleton<HistoryReader>().AddSingleton<UserDirectory>().AddSingleton<GroupDirectory>().AddSingleton<GroupBrowser>().AddSingleton<RootDirectory>();
        services.AddSingleton<OrganizationCache>().AddSingleton<TokenUse>().AddSingleton<ScimAccess>().AddSingleton<ApiAccess>();
        services.AddSingleton<OrganizationAdministration>().AddSingleton<UserProvisioning>().AddSingleton<GroupProvisioning>();
        services.AddSingleton<DialectReport>().AddSingleton<DialectCounts>().AddHostedService(s => s.GetRequiredService<DialectCounts>());
        services.AddRequestLog(configuration, foundation.Events.Keys.Master, keepsUp: clock == TimeProvider.System);
        services.AddSingleton(new PublicOrigin(configuration["Scim:PublicOrigin"]));
        services.AddSingleton(new OperatorAccess(OperatorKey(configuration, foundation.Folder), clock));
        services.AddSingleton<Readiness>();
        services.AddRequestDecompression();
        services.AddResponseCompression(o =>
        {
            o.EnableForHttps = true; // no answer mixes a secret with what a stranger chose
            o.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, ScimResults.MediaType, "text/csv", "application/x-ndjson"];
        });
        services.AddOpenApi(ReferencePage.DescribeAccess);
        TrustedProxies.Configure(services, configuration);
        Telemetry.Configure(builder);
    }

    static void Pipeline(WebApplication app)
    {
        TrustedProxies.Use(app);
        app.Use((http, next) =>
        {
            // Repeated and trailing slashes are a matter of how the base URL was pasted.
            var segments = http.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
            if (segments is [var first, ..] && first.Equals("scim", StringComparison.OrdinalIgnoreCase)) http.Request.Path = "/" + string.Join('/', segments);
            return next(http);
        });
        Telemetry.Use(app);
        app.Use(app.Services.GetRequiredService<Leaving>().SayGoodbye);
        app.UseResponseCompression();
        app.UseWhen(http => http.Request.Path.StartsWithSegments("/scim"), scim => scim.UseMiddleware<ScimPipeline>().UseRequestDecompression());
        app.UseWhen(http => http.Request.Path.StartsWithSegments("/api"), api => api.UseMiddleware<ApiPipeline>());
        app.UseRouting(); // after the path was tidied
        app.UseWhen(http => http.Request.Path.StartsWithSegments("/api"), api => api.UseMiddleware<RouteGate>());
        app.UseWhen(PagePipeline.IsPage, pages => pages.UseMiddleware<PagePipeline>());

        app.MapHealth();
        app.MapScim();
        app.MapSignIn();
        app.MapPages();
        var api = app.MapGroup("/api");
        api.MapReference();
        api.MapGroup("/organizations").WithTags("Organizations").MapOrganizations();
        api.MapGroup("/organizations/{organization:guid}/keys").WithTags("Keys").OfKnownOrganization().MapKeys();
        api.MapGroup("/organizations/{organization:guid}/requests").WithTags("Requests").OfKnownOrganization().MapRequests();
        api.MapGroup("/organizations/{organization:guid}/users").WithTags("People").OfKnownOrganization().MapPeople();
        api.MapAudit();
        api.MapGroup("/organizations/{organization:guid}").WithTags("Dialects").OfKnownOrganization().MapDialects();
    }

    internal static string OperatorKey(IConfiguration configuration, DataFolder folder) =>
        configuration["Operator:Key"] is { Length: > 0 } key ? key : folder.Secret(OperatorAccess.Secret, OperatorAccess.NewKey);

    static void Log(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        // The framework's request lines hold query strings, which hold people.
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error); // it says at every page that it forbids caching, as we do
        logging.AddFilter("Npgsql", LogLevel.None);
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None); // what stops a start is told in one line
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        ServiceAddress.Withdraw(Foundation.Folder);
        await Foundation.DisposeAsync();
    }
}
