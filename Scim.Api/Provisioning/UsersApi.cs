using Scim.Api.EventStore.Queries;
using Scim.Api.Hosting;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Messages;
using Scim.Domain.Protocol.Patch;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.Provisioning;

/// <summary>People, as identity providers manage them: RFC 7644 §3 at <c>/scim/v2/{organization}/Users</c>.</summary>
internal static class UsersApi
{
    static ResourceType Type => UserSchema.ResourceType;

    internal static void MapUsers(this RouteGroupBuilder scim)
    {
        var users = scim.MapGroup("/Users");
        users.MapPost("", Create);
        users.MapMethods("", [HttpMethods.Get, HttpMethods.Head], List);
        users.MapMethods("/{id}", [HttpMethods.Get, HttpMethods.Head], Read);
        users.MapPost("/.search", Search);
        users.MapPut("/{id}", Replace);
        users.MapPatch("/{id}", Patch);
        users.MapDelete("/{id}", Delete);
    }

    // RFC 7644 section 3.3; 201 also for somebody who comes back.
    static async Task<IResult> Create(HttpContext http, UserProvisioning users, PublicOrigin origin)
    {
        var (caller, projection) = (ScimCall.Caller(http), Asked(http));
        var body = await ScimBody.ReadAsync(http);
        var user = await users.Provision(caller, ResourceReader.Read(body, Type, caller.Notes), current => ResourceReader.ReadReplacement(body, current, Type, caller.Notes));
        return Answer(201, user, http, origin, projection);
    }

    // RFC 7644 section 3.4.1.
    static async Task<IResult> Read(string id, HttpContext http, UserDirectory directory, PublicOrigin origin)
    {
        var projection = Asked(http);
        var found = await directory.Find(ScimCall.Caller(http).Organization, Id(id), directory.AsAnswered, http.RequestAborted) ?? throw Unknown(id);
        var answer = new UserAnswer(found, ScimCall.Locations(http, origin));
        return answer.IsKnownTo(http.Request) ? ScimResults.NotModified(answer.ETag) : answer.Answer(200, projection);
    }

    // RFC 7644 section 3.4.2.
    static Task<IResult> List(HttpContext http, UserDirectory directory, PublicOrigin origin) => Page(http, new ScimQuery(http.Request.Query), directory, origin);

    // RFC 7644 section 3.4.3.
    static async Task<IResult> Search(HttpContext http, UserDirectory directory, PublicOrigin origin) => await Page(http, await ScimCall.Search(http), directory, origin);

    static async Task<IResult> Page(HttpContext http, ScimQuery query, UserDirectory directory, PublicOrigin origin)
    {
        var (caller, locations, projection) = (ScimCall.Caller(http), ScimCall.Locations(http, origin), query.Projection(Type));
        var filter = query.Filter is { } text ? ReadFilter(text, caller.Notes) : null;
        var page = await directory.List(caller.Organization, filter, Sort.Of(query.SortBy, query.SortOrder, Type), query.StartIndex, query.Count, locations, directory.AsAnswered, http.RequestAborted);
        return ScimResults.Ok(ListResponse.Compose(page.Total, query.StartIndex, [.. page.Items.Select(u => projection.Apply(new UserAnswer(u, locations).Resource))]));
    }

    // RFC 7644 section 3.5.1.
    static async Task<IResult> Replace(string id, HttpContext http, UserProvisioning users, PublicOrigin origin)
    {
        var (caller, projection) = (ScimCall.Caller(http), Asked(http));
        var body = await ScimBody.ReadAsync(http);
        var user = await users.Put(caller, Id(id), ScimCall.IfMatch(http), current => ResourceReader.ReadReplacement(body, current, Type, caller.Notes));
        return Answer(200, user, http, origin, projection);
    }

    // RFC 7644 section 3.5.2.
    static async Task<IResult> Patch(string id, HttpContext http, UserProvisioning users, PublicOrigin origin)
    {
        var (caller, projection) = (ScimCall.Caller(http), Asked(http));
        var patch = PatchRequest.Parse(await ScimBody.ReadAsync(http), Type, caller.Notes);
        var user = await users.Replace(caller, Id(id), ScimCall.IfMatch(http), patch.Apply);
        return Answer(200, user, http, origin, projection);
    }

    // RFC 7644 section 3.6.
    static async Task<IResult> Delete(string id, HttpContext http, UserProvisioning users)
    {
        await users.Delete(ScimCall.Caller(http), Id(id), ScimCall.IfMatch(http));
        return ScimResults.NoContent();
    }

    /// <summary>A filter as text, read with what identity providers are forgiven, checked against the schema.</summary>
    /// <param name="across">The types of a query across several.</param>
    internal static CheckedFilter ReadFilter(string text, Notes notes, params IReadOnlyList<ResourceType> across)
    {
        var (filter, activeFirst) = EmailMatching.Rewrite(FilterParser.Parse(text, Type, notes), matchOnEmail: true, notes);
        return FilterChecker.Check(filter, Type, notes, across) with { ActiveFirst = activeFirst };
    }

    static IResult Answer(int status, DirectoryUser user, HttpContext http, PublicOrigin origin, Projection projection) =>
        new UserAnswer(user.Stored, ScimCall.Locations(http, origin)).Answer(status, projection);

    static Projection Asked(HttpContext http) => new ScimQuery(http.Request.Query).Projection(Type);

    static Guid Id(string id) => ScimCall.Id(id) ?? throw Unknown(id);

    static ScimException Unknown(string id) => ScimException.NotFound(Type.Name, id);
}
