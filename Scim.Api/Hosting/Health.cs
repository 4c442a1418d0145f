using Npgsql;
using Scim.Api.EventStore;

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
            var status = leaving.HasBegun ? "stopping" : await readiness.IsReady(http.RequestAborted) ? Ready : "the directory cannot be reached";
            if (status != Ready) http.Response.Headers.RetryAfter = "5";
            return Results.Json(new { status }, statusCode: status == Ready ? 200 : 503);
        }).ExcludeFromDescription();
    }
}

/// <summary>Asks each database for a sign of life, for two seconds at most.</summary>
internal sealed class Readiness(Placement placement)
{
    internal async Task<bool> IsReady(CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            foreach (var source in placement.Shards.Select(s => s.Write).Append(placement.Registry).Distinct())
            {
                await using var command = source.CreateCommand("select 1");
                await command.ExecuteScalarAsync(deadline.Token);
            }
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            return false;
        }
    }
}
