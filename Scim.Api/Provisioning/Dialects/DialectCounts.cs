using Scim.Api.Access;
using Scim.Api.EventStore;

namespace Scim.Api.Provisioning.Dialects;

/// <summary>
/// What identity providers were forgiven, counted by organization, provider and day, and the names that no schema knew:
/// held in memory, written every second (less often where that takes long) and at the end, never in a request's way. What
/// waits for a database that is away is bounded, the rest is lost; they are counts for people.
/// </summary>
internal sealed class DialectCounts(Placement placement, TimeProvider clock, ILogger<DialectCounts> log) : BackgroundService
{
    /// <summary>Names of one organization; the others are counted together.</summary>
    internal const int MaxNames = 200;

    /// <summary>Under which the others are counted.</summary>
    internal const string More = "(more)";

    const int MaxWaiting = 20_000, DaysKept = 400;
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    readonly Lock _counting = new();
    Batch _waiting = new();
    DateOnly _swept;
    bool _failed;

    /// <summary>Counts what one request was forgiven, once each.</summary>
    internal void Note(Caller caller, string provider)
    {
        var notes = caller.Notes;
        var (tenant, now) = (Placement.Tenant(caller.Organization), clock.GetUtcNow());
        lock (_counting)
        {
            foreach (var repair in notes.Repairs)
                if (_waiting.Repairs.Count < MaxWaiting) _waiting.Add(new(tenant, provider, repair, DateOnly.FromDateTime(now.UtcDateTime)), new(1, now, caller.Token));
            foreach (var (name, type) in notes.Skipped)
                if (_waiting.Names < MaxWaiting) _waiting.Add(tenant, name, new(provider, type, 1, now, caller.RequestId));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = Every;
        try
        {
            while (true)
            {
                await Task.Delay(pause, clock, stoppingToken);
                var begun = clock.GetTimestamp();
                await FlushAsync(stoppingToken);
                // A database that is slow has its connections for requests.
                pause = TimeSpan.FromTicks(Math.Clamp(clock.GetElapsedTime(begun).Ticks * 4, Every.Ticks, 30 * Every.Ticks));
            }
        }
        catch (OperationCanceledException)
        {
            // The last of it is written by the end.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
    }

    /// <summary>Writes what is waiting; what cannot be written waits on.</summary>
    internal async Task FlushAsync(CancellationToken ct)
    {
        Batch batch;
        lock (_counting)
        {
            if (_waiting.IsEmpty) return;
            (batch, _waiting) = (_waiting, new());
        }
        try
        {
            await DialectTables.WriteAsync(placement, batch, ct);
            var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
            if (_swept != today) await DialectTables.ForgetAsync(placement, today.AddDays(-DaysKept), ct);
            (_swept, _failed) = (today, false);
        }
        catch (Exception e) when (e is not OutOfMemoryException) // whatever it is, counts stop nothing
        {
            if (!_failed) log.LogWarning("Counts of dialects could not be written ({Failure}); they wait", string.Join(" < ", StoreFailure.Names(e)));
            _failed = true;
            lock (_counting) _waiting.TakeBack(batch, MaxWaiting);
        }
    }
}
