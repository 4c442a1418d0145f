using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using FluentValidation;
using Scim.Api.Access;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Api.Hosting;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Timeline;

/// <summary>The timeline as it goes on, as server-sent events: <c>/api/organizations/{organization}/audit/events/live</c>.</summary>
internal static class LiveApi
{
    // A browser comes back by itself, from where it was.
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    internal static void MapLive(this RouteGroupBuilder audit)
    {
        audit.MapGet("/events/live", Watch).WithSummary("Sends events as they happen (server-sent events), one message a command; narrowed as the list is, resumed by Last-Event-ID or after");
    }

    static async Task<IResult> Watch(Guid organization, [AsParameters] AskedEvents asked, string? after, TimelineQuestions questions, LiveStream live, Moments moments, Placement placement, ApiAccess access,
        IHostApplicationLifetime lifetime, Leaving leaving, HttpContext http)
    {
        var result = await new AskedEventsRules<AskedEvents>().ValidateAsync(asked);
        if (!result.IsValid) throw new ValidationException(result.Errors);
        if (leaving.HasBegun || lifetime.ApplicationStopping.IsCancellationRequested) throw ScimException.Unavailable("This node is stopping. Another one answers.", retryAfter: 1);
        var epoch = placement.EpochOf(organization);
        var seen = await Seen(organization, http, after, moments, placement);
        var filter = await questions.Filter(organization, asked, http.RequestAborted);
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<RequestPlace>()?.Leave();
        return TypedResults.ServerSentEvents(Until(ct => live.Of(organization, epoch, filter, seen, ct), ct => access.MayGoOn(ApiCaller.Of(http), organization, ct), lifetime.ApplicationStopping));
    }

    static async Task<long> Seen(Guid organization, HttpContext http, string? after, Moments moments, Placement placement)
    {
        // A browser that resumes sends the header to the address that it was given, after among it.
        var text = http.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last : AskedEvents.Given(after);
        if (text is null)
        {
            // What was acknowledged before this request is not new.
            return await moments.Now(organization, http.RequestAborted);
        }
        var seen = AskedMoment.Number(text, organization, placement);
        var progress = await moments.Progress(organization, http.RequestAborted);
        return seen <= progress.Last ? seen : throw ScimException.BadRequest($"The position {text} is in the future. Resume from one that was sent, or begin without any.");
    }

    /// <summary>Ends in order, whatever the reason: what was sent is whole, and the rest is asked for by its last id.</summary>
    /// <param name="may">Asked before each message: whoever may read no more gets none.</param>
    internal static async IAsyncEnumerable<SseItem<T>> Until<T>(Func<CancellationToken, IAsyncEnumerable<SseItem<T>>> messages, Func<CancellationToken, Task<bool>> may, CancellationToken stopping, [EnumeratorCancellation] CancellationToken aborted = default)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping);
        ends.CancelAfter(Longest);
        await using var each = messages(ends.Token).GetAsyncEnumerator(CancellationToken.None);
        while (await Moves(each, may, ends.Token)) yield return each.Current;
    }

    static async Task<bool> Moves<T>(IAsyncEnumerator<SseItem<T>> each, Func<CancellationToken, Task<bool>> may, CancellationToken ct)
    {
        try
        {
            return await each.MoveNextAsync() && await may(ct);
        }
        catch (Exception e) when (e is OperationCanceledException || StoreFailure.Of(e) is not (FailureKind.None or FailureKind.Bug))
        {
            return false;
        }
    }
}
