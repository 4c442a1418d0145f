using Scim.Api.Access.Pages;
using Scim.Api.EventStore;
using Scim.Api.Hosting;
using Scim.Domain.Protocol;

namespace Scim.Api.Demo;

/// <summary>A demonstration in the making, for the organization whose administrator asked for it.</summary>
internal sealed class DemoRun(Guid askedBy)
{
    internal Guid AskedBy { get; } = askedBy;

    internal DemoProgress? Progress { get; set; }

    /// <summary>Why it ended before its end.</summary>
    internal string? Failure { get; set; }

    /// <summary>What was made, and the path of the link by which its first administrator comes in.</summary>
    internal (DemoMade Made, string Link)? Done { get; set; }

    internal bool IsRunning => Failure is null && Done is null;
}

/// <summary>Makes a demonstration for who asks in the Command Center of an installation that holds nothing yet; one at a time, while this node runs.</summary>
internal sealed class DemoRuns(Foundation foundation, Placement placement, Invitations invitations, IHostApplicationLifetime life, ILogger<DemoRuns> log)
{
    readonly Lock _beginning = new();
    DemoRun? _run;

    /// <summary>How many people it makes; fewer where somebody cannot wait.</summary>
    internal int People { get; set; } = Demonstration.DefaultPeople;

    /// <summary>The run that the organization's administrator asked for on this node.</summary>
    internal DemoRun? Of(Guid organization) => _run is { } run && run.AskedBy == organization ? run : null;

    /// <summary>Whether the installation holds nothing that a demonstration could stand beside: one organization, and nobody in it.</summary>
    internal async Task<bool> IsOffered(Guid organization, CancellationToken ct)
    {
        if (_run is { IsRunning: true } || (await placement.OrganizationsAsync(ct)).Count != 1) return false;
        await using var command = placement.Command(organization, "select not exists (select from directory.mt_doc_user where tenant_id = $1) and not exists (select from directory.mt_doc_group where tenant_id = $1)");
        return await command.ExecuteScalarAsync(ct) is true;
    }

    /// <summary>Begins it; it goes on when the request has been answered.</summary>
    /// <param name="origin">Under which the service is reached.</param>
    /// <exception cref="ScimException">409: the installation is not empty, or one is being made.</exception>
    internal async Task Begin(Guid organization, string origin, CancellationToken ct)
    {
        if (!await IsOffered(organization, ct)) throw ScimException.Conflict("A demonstration is made only in an installation that holds nothing yet. An operator makes one beside others by the command demo.");
        DemoRun run;
        lock (_beginning)
        {
            if (_run is { IsRunning: true }) throw ScimException.Conflict("A demonstration is being made already.");
            _run = run = new(organization);
        }
        _ = Task.Run(() => Make(run, origin), CancellationToken.None);
    }

    async Task Make(DemoRun run, string origin)
    {
        try
        {
            var made = await new Demonstration(foundation, origin).Make(People, progress => run.Progress = progress, life.ApplicationStopping);
            await placement.FindAsync(made.Organization.Id, CancellationToken.None);
            run.Done = (made, $"/setup/{await invitations.Make(made.Organization.Id, staff: null, CancellationToken.None)}");
        }
        catch (Exception e) // it is told where it was asked for
        {
            log.LogError("The demonstration was not made ({Failure})", string.Join(" < ", StoreFailure.Names(e)));
            run.Failure = e is ScimException ? e.Message : "Something failed; the service's log says what.";
        }
    }
}
