using Microsoft.AspNetCore.Components;
using Scim.Api.CommandCenter.Components;
using Scim.Api.EventStore.Positions;
using Scim.Api.EventStore.Queries;
using Scim.Api.Hosting;

namespace Scim.Api.CommandCenter.Pages.Directory;

/// <summary>A page of the directory, as it is or as it was.</summary>
public abstract class DirectoryPage : CommandPage
{
    [Inject]
    Moments Moments { get; set; } = null!;

    [Inject]
    PublicOrigin Origin { get; set; } = null!;

    internal AsOf Moment { get; private set; } = new(null, null, null, null);

    /// <summary>Whether something can be changed from here: the past cannot.</summary>
    internal bool MayChange => IsAdmin && Moment is { IsPast: false, Problem: null };

    /// <summary>As attributes of what follows the directory while it stands open; the past does not change.</summary>
    internal bool? Live => Moment is { IsPast: false, Problem: null } ? true : null;

    internal Locations Locations => Scim.Api.Audit.DirectoryApi.Locations(Http, Origin, Caller.Organization);

    /// <summary>What the page shows of the moment; of one that cannot be it shows a <see cref="NoMoment"/>.</summary>
    protected abstract Task ShowAsync();

    /// <inheritdoc/>
    protected sealed override async Task LoadAsync()
    {
        Moment = await AsOf.Read(Http, Caller.Organization, Moments);
        if (Moment.Problem is null) await ShowAsync();
    }

    /// <summary>Waits until what is written behind the history has come up to it.</summary>
    internal async Task Settled()
    {
        if (!Moment.IsPast) await Moments.Now(Caller.Organization, Aborted);
    }
}
