using Npgsql;
using Scim.Api.EventStore;
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
            var status = leaving.HasBegun ? "stopping" : await readiness.Obstacle(http.RequestAborted) ?? Ready;
            if (status != Ready) http.Response.Headers.RetryAfter = "5";
            return Results.Json(new { status }, statusCode: status == Ready ? 200 : 503);
        }).ExcludeFromDescription();
    }
}

/// <summary>Asks each database for its schema's version, for two seconds at most.</summary>
internal sealed class Readiness(Placement placement)
{
    /// <summary>Why no request can be answered now; null when all can.</summary>
    /// <remarks>A newer schema is none: changes only add, so that nodes of the build before go on during an upgrade.</remarks>
    internal async Task<string?> Obstacle(CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(TimeSpan.FromSeconds(2));
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
