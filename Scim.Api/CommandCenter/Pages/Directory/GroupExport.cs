using System.Globalization;
using System.Text.Json;
using Scim.Api.Access;
using Scim.Api.Audit;
using Scim.Api.Audit.Export;
using Scim.Api.Audit.Reads;
using Scim.Api.Audit.Sheets;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Api.EventStore.Queries;
using Scim.Api.Hosting;
using Scim.Api.Provisioning;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Messages;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.CommandCenter.Pages.Directory;

/// <summary><c>/directory/groups/export</c>: every group that a page's search finds, as a file with a manifest; members are counted, not listed.</summary>
internal static class GroupExport
{
    /// <summary>What a search looks for at most.</summary>
    internal const int Longest = 256;

    static readonly string[] Columns = ["id", "displayName", "externalId", "members", "created", "lastModified"];

    internal static void MapGroupExport(this IEndpointRouteBuilder app) => app.MapGet("/directory/groups/export", Export).ExcludeFromDescription();

    static async Task<IResult> Export(HttpContext http, GroupBrowser groups, Moments moments, Placement placement, Exports exports, ReadRecords reads, PublicOrigin origin, TimeProvider clock)
    {
        var (caller, ct) = (PageCaller.Of(http)!, http.RequestAborted);
        var (organization, format) = (caller.Organization, SheetFormat.Asked(http, "csv", "ndjson"));
        var moment = await AsOf.Read(http, organization, moments);
        if (moment.Problem is { } problem) throw ScimException.BadRequest(problem);
        var position = moment.Position ?? await moments.Now(organization, ct);
        var text = AskedParameter.One(http, "q");
        if (text is { Length: > Longest } || text?.Contains('\0', StringComparison.Ordinal) == true) throw ScimException.BadRequest($"q has at most {Longest} characters, and none of them is U+0000.");
        await reads.Add(organization, caller.Actor, "export", [], ct);
        var answer = new GroupAnswer(DirectoryApi.Locations(http, origin, organization), Projection.Default(GroupSchema.ResourceType));
        var sheet = new Sheet("groups", "groups", [], Columns, groups.At(position).All(organization, text, ct).Select(g => Row(g, answer)));
        var kept = new[] { "q", "at" }.Select(n => (Name: n, Value: AskedParameter.One(http, n))).Where(p => p.Value is not null).ToDictionary(p => p.Name, p => p.Value!);
        kept["firstPosition"] = kept["lastPosition"] = new Position(placement.EpochOf(organization), position).ToString();
        return new ExportAnswer(organization, "/audit/exports", new(NewId.Next(clock), clock.GetUtcNow(), caller.Actor, "groups", format, JsonSerializer.Serialize(kept)), sheet, position, position, exports, clock);
    }

    static SheetRow Row(StoredGroup group, GroupAnswer answer) => new(answer.Header(group), null, group.Id.ToString("D"), group.Resource["displayName"]?.AsString, group.Resource["externalId"]?.AsString,
        group.MemberCount.ToString(CultureInfo.InvariantCulture), ScimDateTime.Print(group.Created), ScimDateTime.Print(group.LastModified));
}
