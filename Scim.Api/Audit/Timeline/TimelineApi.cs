using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;

namespace Scim.Api.Audit.Timeline;

/// <summary>Everything that ever happened in an organization, each as a sentence and as data: <c>/api/organizations/{organization}/audit/events</c>.</summary>
internal static class TimelineApi
{
    internal static void MapTimeline(this RouteGroupBuilder audit)
    {
        audit.MapGet("/events", List).WithSummary("Lists events, newest first (order=asc for oldest first); narrowed by person, group, type, actor, token, request, name, from and to (an instant or a day), fromPosition and toPosition");
        audit.MapLive();
    }

    static async Task<IResult> List(Guid organization, [AsParameters] AskedPage asked, TimelineQuestions questions, Moments moments, Placement placement, HttpContext http)
    {
        var (ct, epoch) = (http.RequestAborted, placement.EpochOf(organization));

        // What was acknowledged before this request is in its answer.
        var now = await moments.Now(organization, ct);
        var (_, page) = await questions.Page(organization, asked, now, epoch, ct);
        return Results.Json(new ToldPage(page.Events, page.Next?.ToString(epoch), new Position(epoch, now).ToString()), EventStoreOptions.Json);
    }
}
