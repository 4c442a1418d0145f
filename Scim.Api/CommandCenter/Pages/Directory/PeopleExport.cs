using System.Text.Json;
using Scim.Api.Access;
using Scim.Api.Audit;
using Scim.Api.Audit.Export;
using Scim.Api.Audit.Reads;
using Scim.Api.Audit.Sheets;
using Scim.Api.CommandCenter.Components;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Api.EventStore.Queries;
using Scim.Api.Hosting;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Pages.Directory;

/// <summary><c>/directory/users/export</c>: everybody whom a page's filters let through, as a file with a manifest.</summary>
internal static class PeopleExport
{
    internal static void MapPeopleExport(this IEndpointRouteBuilder app) => app.MapGet("/directory/users/export", Export).ExcludeFromDescription();

    static async Task<IResult> Export(HttpContext http, UserDirectory people, GroupBrowser groups, Moments moments, Placement placement, Exports exports, ReadRecords reads, PublicOrigin origin, TimeProvider clock)
    {
        var (caller, ct) = (PageCaller.Of(http)!, http.RequestAborted);
        var (organization, format) = (caller.Organization, SheetFormat.Asked(http, "csv", "ndjson"));
        var moment = await AsOf.Read(http, organization, moments);
        if (moment.Problem is { } problem) throw ScimException.BadRequest(problem);
        var position = moment.Position ?? await moments.Now(organization, ct);
        var asked = await AskedPeople.Read(name => AskedParameter.One(http, name), groups.At(position), organization, PageZone.Of(http), moment.At, ct);
        if (asked.Query is not { } query) throw ScimException.BadRequest(string.Join(" ", asked.Problems.Values));
        await reads.Add(organization, caller.Actor, "export", [], ct);
        var locations = DirectoryApi.Locations(http, origin, organization);
        var sheet = new Sheet("users", "users", [], ExportedPerson.Columns, people.At(position).All(organization, query, locations, ct).Select(u => ExportedPerson.Row(u, locations)));
        var kept = AskedPeople.Names.Append("at").Select(n => (Name: n, Value: AskedParameter.One(http, n))).Where(p => p.Value is not null).ToDictionary(p => p.Name, p => p.Value!);
        kept["firstPosition"] = kept["lastPosition"] = new Position(placement.EpochOf(organization), position).ToString();
        return new ExportAnswer(organization, "/audit/exports", new(NewId.Next(clock), clock.GetUtcNow(), caller.Actor, "directory", format, JsonSerializer.Serialize(kept)), sheet, position, position, exports, clock);
    }
}
