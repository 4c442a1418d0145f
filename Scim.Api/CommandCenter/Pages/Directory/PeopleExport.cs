using Scim.Api.Access;
using Scim.Api.Audit;
using Scim.Api.Audit.Export;
using Scim.Api.CommandCenter.Components;
using Scim.Api.EventStore.Queries;
using Scim.Api.Hosting;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Pages.Directory;

/// <summary><c>/directory/users/export</c>: everybody whom a page's filters let through, as a file with a manifest.</summary>
internal static class PeopleExport
{
    internal static void MapPeopleExport(this IEndpointRouteBuilder app) => app.MapGet("/directory/users/export", Export).ExcludeFromDescription();

    static async Task<IResult> Export(HttpContext http, UserDirectory people, GroupBrowser groups, DirectoryExport export, PublicOrigin origin)
    {
        var organization = PageCaller.Of(http)!.Organization;
        var (moment, position) = await export.At(http);
        var asked = await AskedPeople.Read(name => AskedParameter.One(http, name), groups.At(position), organization, PageZone.Of(http), moment.At, http.RequestAborted);
        if (asked.Query is not { } query) throw ScimException.BadRequest(string.Join(" ", asked.Problems.Values));
        var locations = DirectoryApi.Locations(http, origin, organization);
        var rows = people.At(position).All(organization, query, locations, http.RequestAborted).Select(u => ExportedPerson.Row(u, locations));
        return await export.Answer(http, "directory", new("users", "users", [], ExportedPerson.Columns, rows), AskedPeople.Names.Append("at"), position);
    }
}
