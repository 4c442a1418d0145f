using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Api.EventStore.Queries;
using Scim.Api.Hosting;
using Scim.Api.Provisioning;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Messages;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.Audit;

/// <summary>
/// The directory as of a moment, answered as SCIM answers it: <c>/api/organizations/{organization}/directory</c>. Past and
/// present are one query, on versions instead of what is now.
/// </summary>
internal static class DirectoryApi
{
    /// <summary>How many people of that moment have been erased since; they are not in the answer.</summary>
    internal const string Erased = "Scim-Erased-People";

    internal static void MapDirectory(this RouteGroupBuilder directory)
    {
        directory.MapGet("/Users", Users).WithSummary("Lists people as of an instant (at) or a position: filter, sortBy, sortOrder, startIndex, count, attributes as in SCIM");
        directory.MapGet("/Users/{id}", ReadUser).WithSummary("Reads one person as of a moment, as SCIM answered then");
        directory.MapGet("/Groups", Groups).WithSummary("Lists groups as of a moment");
        directory.MapGet("/Groups/{id}", ReadGroup).WithSummary("Reads one group with its direct members as of a moment");
        directory.MapGet("/Groups/{id}/members", Members).WithSummary("Lists everybody in a group as of a moment, directly or through others (effective, the default), or only its direct members (effective=false)");
    }

    static async Task<IResult> ReadUser(Guid organization, string id, HttpContext http, UserDirectory directory, Moments moments, Placement placement, PublicOrigin origin)
    {
        var position = await AskedMoment.Of(http, organization, moments, placement);
        var then = directory.At(position);
        var known = ScimCall.Id(id) ?? throw Unknown(UserSchema.ResourceType, id);
        var found = await then.Find(organization, known, then.AsAnswered, http.RequestAborted)
            ?? throw (await IsErased(organization, known, placement, http.RequestAborted) ? new ScimException(404, null, $"The person {id} was erased; of that person nothing but the history's frame is kept.") : Unknown(UserSchema.ResourceType, id));
        var answer = new UserAnswer(found, Locations(http, origin, organization));
        return answer.IsKnownTo(http.Request) ? ScimResults.NotModified(answer.ETag) : answer.Answer(200, new ScimQuery(http.Request.Query).Projection(UserSchema.ResourceType));
    }

    static async Task<IResult> Users(Guid organization, HttpContext http, UserDirectory directory, Moments moments, Placement placement, PublicOrigin origin)
    {
        var (query, locations, type) = (new ScimQuery(http.Request.Query), Locations(http, origin, organization), UserSchema.ResourceType);
        var projection = query.Projection(type);
        var filter = query.Filter is { } text ? UsersApi.ReadFilter(text, new Notes()) : null;
        var position = await AskedMoment.Of(http, organization, moments, placement);
        var then = directory.At(position);
        var page = await then.List(organization, filter, Sort.Of(query.SortBy, query.SortOrder, type), query.StartIndex, query.Count, locations, then.AsAnswered, http.RequestAborted);
        await CountErased(http, organization, position, placement);
        return ScimResults.Ok(ListResponse.Compose(page.Total, query.StartIndex, [.. page.Items.Select(u => projection.Apply(new UserAnswer(u, locations).Resource))]));
    }

    static async Task<IResult> ReadGroup(Guid organization, string id, HttpContext http, GroupDirectory directory, Moments moments, Placement placement, PublicOrigin origin)
    {
        var then = directory.At(await AskedMoment.Of(http, organization, moments, placement));
        var answer = new GroupAnswer(Locations(http, origin, organization), new ScimQuery(http.Request.Query).Projection(GroupSchema.ResourceType));
        var known = ScimCall.Id(id) ?? throw Unknown(GroupSchema.ResourceType, id);
        if (!answer.ShowsMembers) return answer.One(200, await then.Find(organization, known, http.RequestAborted) ?? throw Unknown(GroupSchema.ResourceType, id), null);
        var (group, members) = await then.FindWithMembers(organization, known, http.RequestAborted) ?? throw Unknown(GroupSchema.ResourceType, id);
        return answer.One(200, group, members);
    }

    static async Task<IResult> Groups(Guid organization, HttpContext http, GroupDirectory directory, Moments moments, Placement placement, PublicOrigin origin)
    {
        var (query, locations, type) = (new ScimQuery(http.Request.Query), Locations(http, origin, organization), GroupSchema.ResourceType);
        var answer = new GroupAnswer(locations, query.Projection(type));
        var (filter, sort) = (query.Filter is { } text ? GroupsApi.ReadFilter(text, new Notes()) : null, Sort.Of(query.SortBy, query.SortOrder, type));
        var then = directory.At(await AskedMoment.Of(http, organization, moments, placement));
        if (answer.ShowsMembers && query.Count > 0)
            return answer.Page(await then.ListWithMembers(organization, filter, sort, query.StartIndex, query.Count, locations, http.RequestAborted), query.StartIndex);
        var page = await then.List(organization, filter, sort, query.StartIndex, query.Count, locations, http.RequestAborted);
        return ScimResults.Ok(ListResponse.Compose(page.Total, query.StartIndex, [.. page.Items.Select(answer.Header)]));
    }

    // Whose members a group's members are too: people once each, with whether they are in it themselves.
    static async Task<IResult> Members(Guid organization, string id, HttpContext http, GroupDirectory directory, GroupBrowser browser, Moments moments, Placement placement, PublicOrigin origin)
    {
        var (query, locations) = (new ScimQuery(http.Request.Query), Locations(http, origin, organization));
        var effective = AskedParameter.One(http, "effective") switch { null or "true" => true, "false" => false, _ => throw ScimException.BadRequest("effective is true or false.") };
        var then = await AskedMoment.Of(http, organization, moments, placement);
        var known = ScimCall.Id(id) ?? throw Unknown(GroupSchema.ResourceType, id);
        _ = await directory.At(then).Find(organization, known, http.RequestAborted) ?? throw Unknown(GroupSchema.ResourceType, id);
        var page = await browser.At(then).MembersOf(organization, known, effective, query.StartIndex, query.Count, http.RequestAborted);
        return ScimResults.Ok(ListResponse.Compose(page.Total, query.StartIndex, [.. page.Items.Select(m => Show(m, locations))]));
    }

    static ScimObject Show(MemberOfGroup found, Locations locations)
    {
        var (id, isGroup, display) = found.Member;
        var member = ScimValue.Of(("value", ScimValue.Of(id.ToString("D"))), ("$ref", ScimValue.Of((isGroup ? locations.Groups : locations.Users) + id.ToString("D"))),
            ("type", ScimValue.Of(isGroup ? "Group" : "User")), ("direct", ScimValue.Of(found.Direct)));
        return display is null ? member : member.With("display", ScimValue.Of(display));
    }

    static async Task CountErased(HttpContext http, Guid organization, long position, Placement placement)
    {
        await using var command = placement.Command(organization, "select count(*) from directory.user_version where tenant_id = $1 and data is null and from_position <= $2 and to_position > $2", position);
        if (await command.ExecuteScalarAsync(http.RequestAborted) is long erased and > 0) http.Response.Headers[Erased] = erased.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    static async Task<bool> IsErased(Guid organization, Guid person, Placement placement, CancellationToken ct)
    {
        await using var command = placement.Command(organization, "select 1 from history.person_erased where tenant_id = $1 and person_id = $2", person);
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    internal static Locations Locations(HttpContext http, PublicOrigin origin, Guid organization) => new($"{origin.Of(http)}/scim/v2/{organization:D}");

    static ScimException Unknown(ResourceType type, string id) => ScimException.NotFound(type.Name, id);
}
