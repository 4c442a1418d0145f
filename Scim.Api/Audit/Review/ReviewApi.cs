using Scim.Api.Audit.Comparison;
using Scim.Api.Audit.Sheets;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Review;

/// <summary>Reports that people sign: who had access at a moment, and who lost it (<c>/audit/review</c>, <c>/audit/leavers</c>).</summary>
internal static class ReviewApi
{
    const int DefaultCount = 100, MaxCount = 1000;

    internal static RouteGroupBuilder MapReview(this RouteGroupBuilder audit)
    {
        audit.MapGet("/review", Review).WithSummary("Lists everybody who had access at an instant (at) or a position, with since when, by whom and which groups; format is json in pages, or csv or html with all of them");
        audit.MapGet("/leavers", LostAccess).WithSummary("Lists who lost access from one instant to another (from, to), or one person: when it was told, when it took effect, by which request, and whether it was restored; format is json in pages, csv or html");
        return audit;
    }

    static async Task<IResult> Review(Guid organization, HttpContext http, AccessReview review, Moments moments, Placement placement)
    {
        var (format, count, epoch) = (SheetFormat.Asked(http, "json", "csv", "html"), AskedParameter.Count(http, DefaultCount, MaxCount), placement.EpochOf(organization));
        var cursor = AskedParameter.One(http, "cursor") is { } text ? Cursor(text, epoch) : ((long Position, Guid Person)?)null;
        var position = cursor?.Position ?? await AskedMoment.Of(http, organization, moments, placement);
        if (cursor is not null) await moments.Written(organization, position, http.RequestAborted);
        if (format != "json") return new SheetAnswer(format == "html" ? await review.Printed(organization, position, http.RequestAborted) : review.Sheet(organization, position, http.RequestAborted), SheetFormat.Of(format));
        var people = await review.People(organization, position, cursor?.Person, count + 1, http.RequestAborted).ToListAsync(http.RequestAborted);
        var page = people.Take(count).ToArray();
        var next = people.Count > count ? Cursor(epoch, position, page[^1].Id) : null;
        return Results.Json(new ReviewView(new(new Position(epoch, position).ToString(), await moments.InstantOf(organization, position, http.RequestAborted)),
            cursor is null ? await review.Count(organization, position, http.RequestAborted) : null, page, next), EventStoreOptions.Json);
    }

    static async Task<IResult> LostAccess(Guid organization, HttpContext http, Leavers leavers, Moments moments, Placement placement)
    {
        var (format, count, epoch) = (SheetFormat.Asked(http, "json", "csv", "html"), AskedParameter.Count(http, DefaultCount, MaxCount), placement.EpochOf(organization));
        var query = await Asked(organization, http, moments, placement);
        if (format != "json") return new SheetAnswer(format == "html" ? await leavers.Printed(organization, query, http.RequestAborted) : leavers.Sheet(organization, query, http.RequestAborted), SheetFormat.Of(format));
        if (AskedParameter.One(http, "cursor") is { } text) query = query with { After = Cursor(text, epoch) };
        var rows = await leavers.Rows(organization, query with { Count = count + 1 }, http.RequestAborted).ToListAsync(http.RequestAborted);
        var page = rows.Take(count).ToArray();
        var next = rows.Count > count ? Cursor(epoch, page[^1].Position, page[^1].View.Id) : null;
        return Results.Json(new LeaversView(new(new Position(epoch, query.From).ToString(), await moments.InstantOf(organization, query.From, http.RequestAborted)),
            new(new Position(epoch, query.To).ToString(), await moments.InstantOf(organization, query.To, http.RequestAborted)), [.. page.Select(p => p.View)], next), EventStoreOptions.Json);
    }

    /// <summary>The period and the person of a request; of one person it is the whole history unless it says otherwise.</summary>
    internal static async Task<LeaversQuery> Asked(Guid organization, HttpContext http, Moments moments, Placement placement)
    {
        var person = AskedParameter.Id(http, "person");
        var (from, to) = await AskedPeriod.Of(http, organization, moments, placement, fromBeginning: person is not null);
        return new(from, to, person);
    }

    /// <summary>Where a page ended: <c>epoch.position.person</c>.</summary>
    internal static string Cursor(int epoch, long position, Guid person) => $"{new Position(epoch, position)}.{person:N}";

    /// <exception cref="ScimException">400: it is none, or of another epoch.</exception>
    internal static (long Position, Guid Person) Cursor(string text, int epoch) =>
        text.LastIndexOf('.') is > 0 and var at && Position.TryParse(text[..at], out var position) && Guid.TryParseExact(text[(at + 1)..], "N", out var person)
            ? (position.Value.Of(epoch).Number, person) : throw ScimException.BadRequest("cursor is what the page before gave as next.");
}

/// <summary>A page of who had access; the counts are on the first one.</summary>
internal sealed record ReviewView(MomentView Moment, ReviewCounts? Counts, ReviewedPerson[] People, string? Next);

/// <summary>A page of who lost access; a later one is asked for with the same period.</summary>
internal sealed record LeaversView(MomentView From, MomentView To, LeaverView[] Leavers, string? Next);
