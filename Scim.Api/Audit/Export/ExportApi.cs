using System.Globalization;
using System.Text.Json;
using Scim.Api.Access;
using Scim.Api.Audit.Sheets;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Export;

/// <summary>Everything that can be read of the past, as a file with a manifest: <c>/audit/export/{what}</c>, <c>/audit/exports</c>.</summary>
internal static class ExportApi
{
    const int DefaultCount = 100, MaxCount = 1000;

    internal static RouteGroupBuilder MapExports(this RouteGroupBuilder audit)
    {
        audit.MapGet("/export/{what}", Export).WithSummary("Exports events, requests, difference, leavers or access (from, to), or directory or review (at), as ndjson or csv, events and requests narrowed as their lists are; Scim-Export names the manifest");
        audit.MapGet("/exports", List).WithSummary("Lists the manifests of exports, newest first");
        audit.MapGet("/exports/{id:guid}", Read).WithSummary("Reads the manifest of one export: who, when, which query, how many rows, from which position to which, and the SHA-256 of all bytes before compression");
        return audit;
    }

    static Task<IResult> Export(Guid organization, string what, HttpContext http, ExportSheets sheets, Exports exports, Placement placement, TimeProvider clock) =>
        Answer(organization, ApiCaller.Of(http).Actor, $"/api/organizations/{organization:D}/audit/exports", what, http, sheets, exports, placement, clock);

    /// <summary>What a request asks for as a file, recorded as somebody's export.</summary>
    /// <param name="manifests">The address behind which its manifest is read.</param>
    internal static async Task<IResult> Answer(Guid organization, string actor, string manifests, string what, HttpContext http, ExportSheets sheets, Exports exports, Placement placement, TimeProvider clock)
    {
        var format = SheetFormat.Asked(http, "ndjson", "csv");
        var (sheet, first, last) = await sheets.Of(organization, what, http);
        var epoch = placement.EpochOf(organization);
        var asked = ExportSheets.Parameters.Select(p => (p, Value: AskedParameter.One(http, p))).Where(p => p.Value is not null).ToDictionary(p => p.p, p => p.Value!);
        if (first is { } begin) asked["firstPosition"] = new Position(epoch, begin).ToString();
        if (last is { } end) asked["lastPosition"] = new Position(epoch, end).ToString();
        var begun = new ExportBegun(NewId.Next(clock), clock.GetUtcNow(), actor, what, format, JsonSerializer.Serialize(asked));
        return new ExportAnswer(organization, manifests, begun, sheet, first, last, exports, clock);
    }

    static async Task<IResult> List(Guid organization, HttpContext http, Exports exports, OrganizationAdministration organizations)
    {
        var count = AskedParameter.Count(http, DefaultCount, MaxCount);
        var cursor = AskedParameter.One(http, "cursor") is not { } text ? (Guid?)null : Guid.TryParseExact(text, "N", out var before) ? before : throw ScimException.BadRequest("cursor is what the page before gave as next.");
        var found = await exports.List(organization, cursor, count + 1, http.RequestAborted);
        var labels = new ActorLabels(await organizations.Find(organization, http.RequestAborted));
        return Results.Json(new ManifestsView([.. found.Take(count).Select(e => ManifestView.Of(e.Begun, e.Ended, labels))], found.Count > count ? found[count - 1].Begun.Id.ToString("N", CultureInfo.InvariantCulture) : null), EventStoreOptions.Json);
    }

    static async Task<IResult> Read(Guid organization, Guid id, HttpContext http, Exports exports, OrganizationAdministration organizations)
    {
        var (begun, ended) = await exports.Find(organization, id, http.RequestAborted) ?? throw ScimException.NotFound("Export", id.ToString("D"));
        return Results.Json(ManifestView.Of(begun, ended, new ActorLabels(await organizations.Find(organization, http.RequestAborted))), EventStoreOptions.Json);
    }
}

/// <summary>A page of manifests.</summary>
internal sealed record ManifestsView(ManifestView[] Exports, string? Next);
