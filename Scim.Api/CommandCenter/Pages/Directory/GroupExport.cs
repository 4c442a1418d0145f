using System.Globalization;
using Scim.Api.Access;
using Scim.Api.Audit;
using Scim.Api.Audit.Sheets;
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

    static async Task<IResult> Export(HttpContext http, GroupBrowser groups, DirectoryExport export, PublicOrigin origin)
    {
        var organization = PageCaller.Of(http)!.Organization;
        var (_, position) = await export.At(http);
        var text = AskedParameter.One(http, "q");
        if (text is { Length: > Longest } || text?.Contains('\0', StringComparison.Ordinal) == true) throw ScimException.BadRequest($"q has at most {Longest} characters, and none of them is U+0000.");
        var answer = new GroupAnswer(DirectoryApi.Locations(http, origin, organization), Projection.Default(GroupSchema.ResourceType));
        var rows = groups.At(position).All(organization, text, http.RequestAborted).Select(g => Row(g, answer));
        return await export.Answer(http, "groups", new("groups", "groups", [], Columns, rows), ["q", "at"], position);
    }

    static SheetRow Row(StoredGroup group, GroupAnswer answer) => new(answer.Header(group), null, group.Id.ToString("D"), group.Resource["displayName"]?.AsString, group.Resource["externalId"]?.AsString,
        group.MemberCount.ToString(CultureInfo.InvariantCulture), ScimDateTime.Print(group.Created), ScimDateTime.Print(group.LastModified));
}
