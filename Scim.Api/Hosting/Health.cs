using Npgsql;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Api.EventStore.Schema;

namespace Scim.Api.Hosting;

/// <summary>Whether the process lives, and whether it can answer; the only routes without a caller.</summary>
internal static class Health
{
    const string Ready = "ready";

    internal static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => Results.Json(new { status = "live", build = BuildVersion.Text }, EventStoreOptions.Json)).ExcludeFromDescription();
        app.MapGet("/health/ready", async (Readiness readiness, Leaving leaving, HttpContext http) =>
        {
            var (obstacle, numbering) = leaving.HasBegun ? ("stopping", null) : await readiness.Look(http.RequestAborted);
            var status = obstacle ?? Ready;
            if (status != Ready) http.Response.Headers.RetryAfter = "5";
            return numbering is null ? Results.Json(new { status }, statusCode: status == Ready ? 200 : 503) : Results.Json(new { status, numbering }, EventStoreOptions.Json);
        }).ExcludeFromDescription();
    }
}

/// <summary>Asks each database for its schema's version, for two seconds at most.</summary>
internal sealed class Readiness(Placement placement, TimeProvider clock)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    readonly Lock _lock = new();
    Task<(string? Obstacle, IReadOnlyDictionary<string, NumberingReport>? Numbering)>? _looking;

    const string Lags = """
        select (select min(at) from history.commit_log where position is null),
            (select count(*) from history.last_position l left join directory.version_progress p using (tenant_id) where l.last > coalesce(p.position, 0)),
            coalesce((select until > clock_timestamp() from history.lease where name = $1), false)
        """;

    /// <summary>What stands in the way, and where nothing does how far the numbering is. However many ask at once, one looks: nobody proves who asks.</summary>
    internal Task<(string? Obstacle, IReadOnlyDictionary<string, NumberingReport>? Numbering)> Look(CancellationToken ct)
    {
        lock (_lock)
        {
            if (_looking is not { IsCompleted: false }) _looking = Task.Run(Once, CancellationToken.None);
            return _looking.WaitAsync(ct);
        }
    }

    async Task<(string? Obstacle, IReadOnlyDictionary<string, NumberingReport>? Numbering)> Once() =>
        await Obstacle(CancellationToken.None) is { } obstacle ? (obstacle, null) : (null, await Numbering(CancellationToken.None));

    /// <summary>
    /// How far the positions and the versions of each database are behind what is committed; part of the report, never a
    /// reason to be not ready: identity providers do not wait for them.
    /// </summary>
    async Task<IReadOnlyDictionary<string, NumberingReport>?> Numbering(CancellationToken ct)
    {
        try
        {
            var reports = new Dictionary<string, NumberingReport>();
            foreach (var shard in placement.Shards)
                reports[shard.Id] = await Deadline.Within(Patience, async ct =>
                {
                    await using var command = shard.Write.CreateCommand(Lags);
                    command.Parameters.Add(new() { Value = PositionWorker.LeaseName });
                    await using var reader = await command.ExecuteReaderAsync(ct);
                    await reader.ReadAsync(ct);
                    var oldest = reader.IsDBNull(0) ? (DateTimeOffset?)null : reader.GetFieldValue<DateTimeOffset>(0);
                    return new NumberingReport(oldest is { } at ? Math.Max(0, (long)(clock.GetUtcNow() - at).TotalMilliseconds) : 0, reader.GetInt64(1), reader.GetBoolean(2));
                }, ct);
            return reports;
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Why no request can be answered now; null when all can.</summary>
    /// <remarks>A newer schema is none: changes only add, so that nodes of the build before go on during an upgrade.</remarks>
    async Task<string?> Obstacle(CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(Patience);
        try
        {
            foreach (var (source, schema) in placement.Shards.Select(s => (s.Write, "history")).Append((placement.Registry, "registry")))
            {
                await using var connection = await source.OpenConnectionAsync(deadline.Token);
                if (await SchemaVersion.ReadAsync(connection, schema, deadline.Token) is not { } version || version < SchemaVersion.Current)
                    return "the database's schema is older than this build";
            }
            return null;
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            return "the directory cannot be reached";
        }
    }
}

/// <summary>The numbering of one database.</summary>
/// <param name="BehindMilliseconds">How long the oldest commit has waited for its position.</param>
/// <param name="OrganizationsBehind">How many organizations' versions are not written up to their last position.</param>
/// <param name="HasNode">Whether a node does it now.</param>
internal sealed record NumberingReport(long BehindMilliseconds, long OrganizationsBehind, bool HasNode);
