using System.Text.Json;
using Scim.Api.Access;
using Scim.Api.Audit;
using Scim.Api.Audit.Export;
using Scim.Api.Audit.Reads;
using Scim.Api.Audit.Sheets;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Pages.Directory;

/// <summary>What the exports of a directory page have in common: one moment, whoever reads, and a manifest.</summary>
internal sealed class DirectoryExport(Moments moments, Placement placement, Exports exports, ReadRecords reads, TimeProvider clock)
{
    /// <summary>The moment that is asked for, and its position.</summary>
    internal async Task<(AsOf Moment, long Position)> At(HttpContext http)
    {
        var organization = PageCaller.Of(http)!.Organization;
        var moment = await AsOf.Read(http, organization, moments);
        if (moment.Problem is { } problem) throw ScimException.BadRequest(problem);
        return (moment, moment.Position ?? await moments.Now(organization, http.RequestAborted));
    }

    /// <param name="what">As manifests call it.</param>
    /// <param name="parameters">Of the address, which the manifest keeps.</param>
    internal async Task<IResult> Answer(HttpContext http, string what, Sheet sheet, IEnumerable<string> parameters, long position)
    {
        var caller = PageCaller.Of(http)!;
        var format = SheetFormat.Asked(http, "csv", "ndjson");
        await reads.Add(caller.Organization, caller.Actor, "export", [], http.RequestAborted);
        var kept = parameters.Select(n => (Name: n, Value: AskedParameter.One(http, n))).Where(p => p.Value is not null).ToDictionary(p => p.Name, p => p.Value!);
        kept["firstPosition"] = kept["lastPosition"] = new Position(placement.EpochOf(caller.Organization), position).ToString();
        return new ExportAnswer(caller.Organization, "/audit/exports", new(NewId.Next(clock), clock.GetUtcNow(), caller.Actor, what, format, JsonSerializer.Serialize(kept)), sheet, position, position, exports, clock);
    }
}
