using Scim.Api.Access;
using Scim.Api.Audit;
using Scim.Api.Audit.Export;
using Scim.Api.Audit.Reads;
using Scim.Api.Audit.Review;
using Scim.Api.Audit.Sheets;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;

namespace Scim.Api.CommandCenter.Pages.Audit;

/// <summary>
/// Files and sheets to print for whoever is signed in: the same as the JSON API's, each recorded as a reading, files as an
/// export with its manifest.
/// </summary>
internal static class ExportPages
{
    internal static void MapExportPages(this IEndpointRouteBuilder app)
    {
        app.MapGet("/audit/export/{what}", Export).ExcludeFromDescription();
        app.MapGet("/audit/reviews/print", PrintReview).ExcludeFromDescription();
        app.MapGet("/audit/reviews/leavers/print", PrintLeavers).ExcludeFromDescription();
    }

    static async Task<IResult> Export(string what, HttpContext http, ExportSheets sheets, Exports exports, ReadRecords reads, Placement placement, TimeProvider clock)
    {
        var caller = PageCaller.Of(http)!;
        var answer = await ExportApi.Answer(caller.Organization, caller.Actor, "/audit/exports", what, http, sheets, exports, placement, clock);
        await reads.Add(caller.Organization, caller.Actor, "export", RecordedReads.ReadBy(http) ?? (AskedParameter.Id(http, "person") is { } person ? [person] : []), http.RequestAborted);
        return answer;
    }

    static async Task<IResult> PrintReview(HttpContext http, AccessReview review, ReadRecords reads, Moments moments, Placement placement)
    {
        var caller = PageCaller.Of(http)!;
        var position = await AskedMoment.Of(http, caller.Organization, moments, placement);
        var sheet = await review.Printed(caller.Organization, position, http.RequestAborted);
        await reads.Add(caller.Organization, caller.Actor, "review", [], http.RequestAborted);
        return new SheetAnswer(sheet, SheetFormat.Of("html"));
    }

    static async Task<IResult> PrintLeavers(HttpContext http, Leavers leavers, ReadRecords reads, Moments moments, Placement placement)
    {
        var caller = PageCaller.Of(http)!;
        var query = await ReviewApi.Asked(caller.Organization, http, moments, placement);
        var sheet = await leavers.Printed(caller.Organization, query, http.RequestAborted);
        await reads.Add(caller.Organization, caller.Actor, "leavers", query.Person is { } person ? [person] : [], http.RequestAborted);
        return new SheetAnswer(sheet, SheetFormat.Of("html"));
    }
}
