using System.CommandLine;
using Scim.Api.Access;
using Scim.Api.Access.Pages;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.CommandCenter.SignIn.OpenIdConnect;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Api.Hosting;
using Scim.Api.Hosting.Embedded;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.Operator;

/// <summary>The installation as one command sees it: the same foundation as the service's, let go at the command's end.</summary>
internal sealed class Installation : IAsyncDisposable
{
    readonly Foundation _foundation;
    readonly ILoggerFactory _log;
    readonly OperatorAccess _access;
    readonly ScimMetrics _metrics = new(); // nobody watches a command
    readonly Turns _turns = new();
    readonly string? _name;

    Installation(Foundation foundation, ILoggerFactory log, IConfiguration configuration, string? name)
    {
        (_foundation, _log, _name) = (foundation, log, name);
        var history = new History(foundation.Store, foundation.Placement, foundation.Events, _turns, new CommitSignal(), _metrics, Clock, log.CreateLogger<History>());
        Organizations = new OrganizationAdministration(history, foundation.Placement, new OrganizationCache(history, foundation.Placement, _metrics, Clock), Clock);
        Uses = new TokenUse(foundation.Placement, log.CreateLogger<TokenUse>());
        var sessions = new Sessions(foundation.Placement, Clock);
        Invitations = new Invitations(foundation.Placement, Clock);
        Staff = new StaffAccounts(Organizations, Invitations, new StaffPasskeys(foundation.Placement, Clock), sessions, OidcSettings.Of(configuration), Clock);
        var (origin, address) = (new PublicOrigin(configuration["Scim:PublicOrigin"]), ServiceAddress.TryRead(foundation.Folder) ?? ServiceAddress.Default);
        (Origin, PageOrigin) = (origin.OrAddress(address), origin.ForBrowser(address));
        _access = new OperatorAccess(ScimService.OperatorKey(configuration, foundation.Folder), Clock);
    }

    internal Foundation Foundation => _foundation;

    internal static TimeProvider Clock => TimeProvider.System;

    internal OrganizationAdministration Organizations { get; }

    internal TokenUse Uses { get; }

    internal StaffAccounts Staff { get; }

    internal Invitations Invitations { get; }

    /// <summary>The same as <see cref="Origin"/> for a browser on this machine.</summary>
    internal string PageOrigin { get; }

    /// <summary>Under which scheme and host the service is reached, as far as a command can know.</summary>
    internal string Origin { get; }

    /// <summary>The settings from where the service has them, except its command line.</summary>
    internal static IConfiguration Configuration()
    {
        var settings = new ConfigurationBuilder().AddEnvironmentVariables("DOTNET_").AddEnvironmentVariables("ASPNETCORE_").Build();
        return new ConfigurationBuilder()
            .SetBasePath(Path.GetFullPath(settings["ContentRoot"] ?? "."))
            .AddJsonFile("appsettings.json", optional: true)
            .AddJsonFile($"appsettings.{settings["Environment"] ?? "Production"}.json", optional: true)
            .AddEnvironmentVariables()
            .Build();
    }

    /// <summary>Only what needs attention, and beside the answer.</summary>
    internal static ILoggerFactory Log() => LoggerFactory.Create(logging => logging
        .SetMinimumLevel(LogLevel.Warning)
        .AddSimpleConsole(o => o.SingleLine = true)
        .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace));

    internal static Task<Installation> OpenAsync(ParseResult parsed, CancellationToken ct) =>
        OpenAsync(parsed, (configuration, log) => Foundation.LayAsync(configuration, FolderRole.Command, Clock, log, ct));

    /// <summary>The same in the middle of a restore, when organizations are closed to everybody else.</summary>
    internal static Task<Installation> OpenRestoredAsync(ParseResult parsed, CancellationToken ct) =>
        OpenAsync(parsed, (configuration, log) => Foundation.LayRestoredAsync(configuration, Clock, log, ct));

    static async Task<Installation> OpenAsync(ParseResult parsed, Func<IConfiguration, ILogger, Task<Foundation>> lay)
    {
        var (configuration, log) = (Configuration(), Log());
        return new Installation(await lay(configuration, log.CreateLogger("Scim.Start")), log, configuration, parsed.GetValue(Arguments.As));
    }

    /// <summary>Who does this to the organization, as it stands on the event.</summary>
    internal Caller Caller(Guid organization) => _access.Caller(organization, _name);

    /// <summary>The organization that an argument means.</summary>
    internal async Task<Organization> Find(string idOrName, CancellationToken ct)
    {
        if (Guid.TryParseExact(idOrName, "D", out var id))
            return await Organizations.Find(id, ct) ?? throw ScimException.NotFound("Organization", idOrName);
        var named = (await Organizations.List(ct)).Where(o => o.Name == idOrName).ToList();
        return named switch
        {
            [var one] => one,
            [] => throw ScimException.NotFound("Organization", idOrName),
            _ => throw new UsageException($"{named.Count} organizations are named '{idOrName}'; say which by its id: {string.Join(", ", named.Select(o => o.Id.ToString("D")))}"),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _foundation.DisposeAsync();
        _log.Dispose();
        _metrics.Dispose();
        _turns.Dispose();
    }
}
