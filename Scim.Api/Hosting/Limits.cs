namespace Scim.Api.Hosting;

/// <summary>How much one node takes on, from the section <c>Limits</c>; docs/operations.md gives the reasons.</summary>
internal sealed record Limits
{
    /// <summary>Requests a second that one token may make, and how many at once after a pause.</summary>
    public int TokenRate { get; init; } = 250;

    public int TokenBurst { get; init; } = 500;

    /// <summary>The same for an address whose requests carry no valid token or key.</summary>
    public int StrangerRate { get; init; } = 20;

    public int StrangerBurst { get; init; } = 100;

    /// <summary>Requests under <c>/scim</c> and <c>/api</c> that run at once, that wait, and how long those wait.</summary>
    public int InFlight { get; init; } = 200;

    public int Queued { get; init; } = 400;

    public int QueuedMilliseconds { get; init; } = 1000;

    /// <summary>Open connections, idle ones included.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>For the request line and all headers to arrive.</summary>
    public int HeaderSeconds { get; init; } = 15;

    /// <summary>The slowest pace of a body, counted after the seconds of grace.</summary>
    public int BodyBytesPerSecond { get; init; } = 500;

    public int BodyGraceSeconds { get; init; } = 5;

    /// <summary>Between "not ready any more" and "no new requests"; may be 0.</summary>
    public int LeavingSeconds { get; init; } = 2;

    /// <summary>For the requests in flight to end when the service stops.</summary>
    public int FinishSeconds { get; init; } = 30;

    /// <exception cref="StartupException">A value that is no number, or too small.</exception>
    internal static Limits Of(IConfiguration configuration)
    {
        Limits limits;
        try
        {
            limits = configuration.GetSection("Limits").Get<Limits>() ?? new();
        }
        catch (InvalidOperationException e)
        {
            throw new StartupException($"A setting of Limits is no whole number: {e.Message}", e);
        }
        foreach (var property in typeof(Limits).GetProperties().Where(p => p.PropertyType == typeof(int)))
        {
            var least = property.Name is nameof(Queued) or nameof(LeavingSeconds) ? 0 : property.Name is nameof(BodyGraceSeconds) ? 2 : 1;
            if ((int)property.GetValue(limits)! < least) throw new StartupException($"Limits:{property.Name} must be {least} or more.");
        }
        return limits;
    }
}
