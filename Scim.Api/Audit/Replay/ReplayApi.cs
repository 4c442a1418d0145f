using Scim.Api.Access;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Replay;

/// <summary>Replays of an organization: <c>/api/organizations/{organization}/replay</c>.</summary>
internal static class ReplayApi
{
    internal static void MapReplay(this RouteGroupBuilder replay)
    {
        replay.MapPost("", Start).WithSummary("Begins to hold the directory against its history: to, an instant or a position, for what it was then; repair puts right what is wrong now");
        replay.MapGet("", List).WithSummary("Lists the last fifty replays, newest first");
        replay.MapGet("/{run:guid}", Read).WithSummary("Reads one replay: how far it is and what it found");
        replay.MapDelete("/{run:guid}", Cancel).WithSummary("Cancels a replay that is under way");
    }

    static async Task<IResult> Start(Guid organization, ReplayRequest? asked, HttpContext http, ReplayRuns runs, ReplayWorker worker, Moments moments, Placement placement)
    {
        var ct = http.RequestAborted;
        long? to = string.IsNullOrWhiteSpace(asked?.To) ? null : await AskedMoment.InWords(asked.To.Trim(), organization, moments, placement, ct);
        var repair = asked?.Repair ?? false;
        if (repair && ApiCaller.Of(http).Role != Roles.Operator) throw new ScimException(403, null, "Only the operator repairs.");
        if (repair && to is not null) throw ScimException.BadRequest("What the directory was is not repaired apart: ask for repair without to.");
        var run = await runs.Start(organization, ApiCaller.Of(http).Actor, repair, to, holder: null, ct);
        worker.Wake();
        return Results.Json(ReplayView.Of(run, []), EventStoreOptions.Json, statusCode: 202);
    }

    static async Task<IResult> List(Guid organization, HttpContext http, ReplayRuns runs) =>
        Results.Json((await runs.List(organization, http.RequestAborted)).Select(r => ReplayView.Of(r, null)), EventStoreOptions.Json);

    static async Task<IResult> Read(Guid organization, Guid run, HttpContext http, ReplayRuns runs)
    {
        var found = await runs.Find(organization, run, http.RequestAborted) ?? throw ScimException.NotFound("Replay", run.ToString("D"));
        return Results.Json(ReplayView.Of(found, await runs.Differences(found, http.RequestAborted)), EventStoreOptions.Json);
    }

    static async Task<IResult> Cancel(Guid organization, Guid run, HttpContext http, ReplayRuns runs)
    {
        var found = await runs.Find(organization, run, http.RequestAborted) ?? throw ScimException.NotFound("Replay", run.ToString("D"));
        var ofRepairs = ApiCaller.Of(http).Role != Roles.Auditor;
        if (found.Repair && !ofRepairs) throw new ScimException(403, null, "An auditor changes nothing, and ends no repair.");
        await runs.Cancel(organization, run, ofRepairs, http.RequestAborted);
        return await Read(organization, run, http, runs);
    }
}

/// <summary>What is asked of a replay.</summary>
/// <param name="To">An instant with its zone, or a position; without it, now.</param>
/// <param name="Repair">Whether what is wrong is put right.</param>
internal sealed record ReplayRequest(string? To, bool? Repair);

/// <summary>A replay as it is answered; in lists without what it found.</summary>
internal sealed record ReplayView(Guid Id, Guid Organization, ReplayState State, string By, bool Repair, long? To, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, long Events, long Streams, long Total,
    long EventsPerSecond, long? RemainingSeconds, bool Identical, long Found, long Repaired, string? Failure, IReadOnlyList<ReplayDifference>? Differences)
{
    internal static ReplayView Of(ReplayRun run, IReadOnlyList<ReplayDifference>? differences) => new(run.Id, run.Organization, run.State, run.By, run.Repair, run.To, run.StartedAt, run.FinishedAt, run.Events, run.Streams, run.Total,
        run.PerSecond, run.Remaining, run.IsIdentical, run.Found, run.Repaired, run.Failure, differences);
}
