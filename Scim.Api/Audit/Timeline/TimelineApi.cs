using System.Globalization;
using FluentValidation;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;

namespace Scim.Api.Audit.Timeline;

/// <summary>Everything that ever happened in an organization, each as a sentence and as data: <c>/api/organizations/{organization}/audit/events</c>.</summary>
internal static class TimelineApi
{
    const int DefaultCount = 50;

    internal static void MapTimeline(this RouteGroupBuilder audit)
    {
        audit.MapGet("/events", List).WithSummary("Lists events, newest first (order=asc for oldest first); narrowed by person, group, type, actor, token, request, name, from and to (an instant or a day), fromPosition and toPosition");
        audit.MapLive();
    }

    static async Task<IResult> List(Guid organization, [AsParameters] AskedPage asked, TimelineReader timeline, TimelineQuestions questions, Moments moments, Placement placement, HttpContext http)
    {
        var result = await new AskedPageRules().ValidateAsync(asked);
        if (!result.IsValid) throw new ValidationException(result.Errors);
        var (ct, epoch) = (http.RequestAborted, placement.EpochOf(organization));
        EventPlace? after = EventPlace.TryParse(AskedEvents.Given(asked.Cursor), out var cursor) ? new(cursor.Value.Position.Of(epoch).Number, cursor.Value.Place) : null;

        // What was acknowledged before this request is in its answer.
        var now = await moments.Now(organization, ct);
        var filter = await questions.Filter(organization, asked, ct);
        var count = AskedEvents.Given(asked.Count) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : DefaultCount;
        var page = await timeline.Page(organization, filter with { Last = Math.Min(filter.Last, now) }, after, AskedEvents.Given(asked.Order) == "asc", count, ct);
        return Results.Json(new ToldPage(page.Events, page.Next?.ToString(epoch), new Position(epoch, now).ToString()), EventStoreOptions.Json);
    }
}
