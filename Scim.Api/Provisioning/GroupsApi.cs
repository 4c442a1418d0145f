using Microsoft.Net.Http.Headers;
using Scim.Api.Access;
using Scim.Api.EventStore.Queries;
using Scim.Api.Hosting;
using Scim.Domain.Dialects;
using Scim.Domain.Groups;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Messages;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.Provisioning;

/// <summary>Groups, as identity providers push them: RFC 7644 §3 at <c>/scim/v2/{organization}/Groups</c>.</summary>
internal static class GroupsApi
{
    static ResourceType Type => GroupSchema.ResourceType;

    internal static void MapGroups(this RouteGroupBuilder scim)
    {
        var groups = scim.MapGroup("/Groups");
        groups.MapPost("", Create);
        groups.MapMethods("", [HttpMethods.Get, HttpMethods.Head], List);
        groups.MapMethods("/{id}", [HttpMethods.Get, HttpMethods.Head], Read);
        groups.MapPut("/{id}", Replace);
        groups.MapPost("/.search", Search);
        groups.MapPatch("/{id}", Patch);
        groups.MapDelete("/{id}", Delete);
    }

    // RFC 7644 section 3.3.
    static async Task<IResult> Create(HttpContext http, GroupProvisioning groups, GroupDirectory directory, PublicOrigin origin)
    {
        var (caller, answer) = (ScimCall.Caller(http), Asked(http, origin));
        var body = GroupBody.Read(await GroupBodyReader.ReadAsync(http), Type, caller.Notes);
        return await Answer(201, await groups.Create(caller, body), caller, directory, answer, http.RequestAborted);
    }

    // RFC 7644 section 3.4.1.
    static async Task<IResult> Read(string id, HttpContext http, GroupDirectory directory, PublicOrigin origin)
    {
        var (organization, answer) = (ScimCall.Caller(http).Organization, Asked(http, origin));
        var tags = http.Request.GetTypedHeaders().IfNoneMatch;
        // Who asks by HEAD enumerates no members, and so would never give back what reads them.
        var readsMembers = answer.ShowsMembers && !HttpMethods.IsHead(http.Request.Method);
        if (tags.Count > 0 || !readsMembers)
        {
            var found = await directory.Find(organization, Id(id), http.RequestAborted) ?? throw Unknown(id);
            var etag = EntityTagHeaderValue.Parse(GroupAnswer.ETag(found.Version));
            if (tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(etag, useStrongComparison: false))) return ScimResults.NotModified(etag.ToString());
            if (!readsMembers) return answer.One(200, found, null);
        }
        var (group, members) = await directory.FindWithMembers(organization, Id(id), http.RequestAborted) ?? throw Unknown(id);
        return answer.One(200, group, members);
    }

    // RFC 7644 section 3.4.2.
    static Task<IResult> List(HttpContext http, GroupDirectory directory, PublicOrigin origin) => Page(http, new ScimQuery(http.Request.Query), directory, origin);

    // RFC 7644 section 3.4.3.
    static async Task<IResult> Search(HttpContext http, GroupDirectory directory, PublicOrigin origin) => await Page(http, await ScimCall.Search(http), directory, origin);

    static async Task<IResult> Page(HttpContext http, ScimQuery query, GroupDirectory directory, PublicOrigin origin)
    {
        var (caller, locations) = (ScimCall.Caller(http), ScimCall.Locations(http, origin));
        var answer = new GroupAnswer(locations, query.Projection(Type));
        var filter = query.Filter is { } text ? ReadFilter(text, caller.Notes) : null;
        var sort = Sort.Of(query.SortBy, query.SortOrder, Type);
        if (answer.ShowsMembers && query.Count > 0)
            return answer.Page(await directory.ListWithMembers(caller.Organization, filter, sort, query.StartIndex, query.Count, locations, http.RequestAborted), query.StartIndex);
        var page = await directory.List(caller.Organization, filter, sort, query.StartIndex, query.Count, locations, http.RequestAborted);
        return ScimResults.Ok(ListResponse.Compose(page.Total, query.StartIndex, [.. page.Items.Select(answer.Header)]));
    }

    // RFC 7644 section 3.5.1.
    static async Task<IResult> Replace(string id, HttpContext http, GroupProvisioning groups, GroupDirectory directory, PublicOrigin origin)
    {
        var (caller, answer) = (ScimCall.Caller(http), Asked(http, origin));
        var body = await GroupBodyReader.ReadAsync(http);
        var group = await groups.Put(caller, Id(id), ScimCall.IfMatch(http), current => GroupBody.ReadReplacement(body, current, Type, caller.Notes), Named(body));
        return await Answer(200, group, caller, directory, answer, http.RequestAborted);
    }

    // RFC 7644 section 3.5.2: without a body unless one is asked for, since it would have all the members.
    static async Task<IResult> Patch(string id, HttpContext http, GroupProvisioning groups, GroupDirectory directory, PublicOrigin origin)
    {
        var (caller, projection) = (ScimCall.Caller(http), Projected(http));
        var patch = GroupPatch.Parse(await GroupBodyReader.ReadAsync(http), Type, caller.Notes);
        var group = await groups.Patch(caller, Id(id), ScimCall.IfMatch(http), patch);
        if (projection.IsGiven) return await Answer(200, group, caller, directory, new GroupAnswer(ScimCall.Locations(http, origin), projection), http.RequestAborted);
        return ScimResults.NoContent(GroupAnswer.ETag(group.Version));
    }

    // RFC 7644 section 3.6.
    static async Task<IResult> Delete(string id, HttpContext http, GroupProvisioning groups)
    {
        await groups.Delete(ScimCall.Caller(http), Id(id), ScimCall.IfMatch(http));
        return ScimResults.NoContent();
    }

    /// <summary>A filter as text, read with what identity providers are forgiven, checked against the schema.</summary>
    /// <param name="across">The types of a query across several.</param>
    internal static CheckedFilter ReadFilter(string text, Notes notes, params IReadOnlyList<ResourceType> across) =>
        FilterChecker.Check(FilterParser.Parse(text, Type, notes), Type, notes, across);

    // With its members, as they are a moment later; where the group has gone meanwhile, as it was written.
    static async Task<IResult> Answer(int status, Group group, Caller caller, GroupDirectory directory, GroupAnswer answer, CancellationToken ct)
    {
        var stored = new StoredGroup(group.Id, group.Resource, group.Created, group.LastModified, group.Version, group.MemberCount);
        if (!answer.ShowsMembers || await directory.FindWithMembers(caller.Organization, group.Id, ct) is not var (found, members)) return answer.One(status, stored, null);
        return answer.One(status, found, members);
    }

    static GroupAnswer Asked(HttpContext http, PublicOrigin origin) => new(ScimCall.Locations(http, origin), Projected(http));

    static Projection Projected(HttpContext http) => new ScimQuery(http.Request.Query).Projection(Type);

    static int Named(Domain.Protocol.Json.ScimObject body) => body["members"] switch
    {
        NamedMembers many => many.Count,
        Domain.Protocol.Json.ScimArray few => few.Items.Length,
        _ => 0,
    };

    static Guid Id(string id) => ScimCall.Id(id) ?? throw Unknown(id);

    static ScimException Unknown(string id) => ScimException.NotFound(Type.Name, id);
}
