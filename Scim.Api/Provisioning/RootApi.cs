using Scim.Api.EventStore;
using Scim.Api.EventStore.Queries;
using Scim.Api.Hosting;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.Provisioning;

/// <summary>People and groups in one list: RFC 7644 §3.4.2.1 and §3.4.3 at <c>/scim/v2/{organization}</c> itself.</summary>
internal static class RootApi
{
    static readonly IReadOnlyList<ResourceType> Types = [UserSchema.ResourceType, GroupSchema.ResourceType];

    internal static void MapRoot(this RouteGroupBuilder scim)
    {
        scim.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], List);
        scim.MapPost("/.search", Search);
    }

    static Task<IResult> List(HttpContext http, RootDirectory directory, PublicOrigin origin) => Page(http, new ScimQuery(http.Request.Query), directory, origin);

    static async Task<IResult> Search(HttpContext http, RootDirectory directory, PublicOrigin origin) => await Page(http, await ScimCall.Search(http), directory, origin);

    static async Task<IResult> Page(HttpContext http, ScimQuery query, RootDirectory directory, PublicOrigin origin)
    {
        var (caller, locations) = (ScimCall.Caller(http), ScimCall.Locations(http, origin));
        var (tenant, people) = (Placement.Tenant(caller.Organization), query.Projection(UserSchema.ResourceType));
        var answer = new GroupAnswer(locations, query.Projection(GroupSchema.ResourceType));
        var page = await directory.List(caller.Organization,
            new TypeQuery(ResourceTable.OfUsers(tenant, DirectoryTables.Now, locations), query.Filter is { } text ? UsersApi.ReadFilter(text, caller.Notes, Types) : null, Sort.Of(query.SortBy, query.SortOrder, UserSchema.ResourceType)),
            new TypeQuery(ResourceTable.OfGroups(tenant, DirectoryTables.Now, locations), query.Filter is { } same ? GroupsApi.ReadFilter(same, caller.Notes, Types) : null, Sort.Of(query.SortBy, query.SortOrder, GroupSchema.ResourceType)),
            query.StartIndex, query.Count, http.RequestAborted);
        var groups = answer.ShowsMembers ? await page.WithMembers(caller.Organization, http.RequestAborted) : null;
        var at = (User: 0, Group: 0);
        return new ListAnswer(page.Total, query.StartIndex, page.AreGroups.Count, groups is null || groups.Groups.Sum(g => g.MemberCount) <= GroupDirectory.Part, async (writer, place, send) =>
        {
            if (!page.AreGroups[place]) people.Apply(new UserAnswer(page.Users[at.User++], locations).Resource).WriteTo(writer);
            else
            {
                await answer.Write(writer, page.Groups[at.Group], groups?.MembersOf(at.Group), send);
                at.Group++;
            }
        }, groups is null ? page : groups);
    }
}
