using Scim.Api.Access;
using Scim.Api.EventStore.Queries;
using Scim.Api.Hosting;
using Scim.Api.Provisioning;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Messages;
using Scim.Domain.Protocol.Schemas;
using Scim.Domain.Users;

namespace Scim.Api.CommandCenter.Api;

/// <summary>The directory as administrators read it, by the same queries as SCIM's, and one person's events.</summary>
internal static class PeopleApi
{
    internal static void MapPeople(this RouteGroupBuilder people)
    {
        people.MapGet("", List).WithSummary("Lists people: filter, sortBy, sortOrder, startIndex, count as in SCIM");
        people.MapGet("/{id:guid}", Read).WithSummary("Reads one person: the SCIM resource and the state around it");
        people.MapGet("/{id:guid}/events", Events).WithSummary("Lists the events of one person, also of one who is deleted");
    }

    static async Task<IResult> List(Guid organization, HttpContext http, UserDirectory directory, PublicOrigin origin)
    {
        var query = new ScimQuery(http.Request.Query);
        var filter = query.Filter is { } text ? UsersApi.ReadFilter(text, ApiCaller.Of(http).For(organization)) : null;
        var locations = Locations(http, origin, organization);
        var page = await directory.List(organization, filter, Sort.Of(query.SortBy, query.SortOrder, UserSchema.ResourceType), query.StartIndex, query.Count, locations, UserDirectory.WithState, http.RequestAborted);
        var list = ListResponse.Compose(page.Total, query.StartIndex, [.. page.Items.Select(u => View(u, locations))]);
        return Json(list.Without("schemas"));
    }

    static async Task<IResult> Read(Guid organization, Guid id, HttpContext http, UserDirectory directory, PublicOrigin origin)
    {
        var found = await directory.Find(organization, id, UserDirectory.WithState, http.RequestAborted) ?? throw UserProvisioning.NotFound(id);
        return Json(View(found, Locations(http, origin, organization)));
    }

    static async Task<IResult> Events(Guid organization, Guid id, HttpContext http, HistoryReader history)
    {
        var events = await history.Stream(organization, id, http.RequestAborted);
        if (events.Count == 0 || events[0].Event is not UserEvent) throw UserProvisioning.NotFound(id);
        return TypedResults.Ok(events.Select(ShownEvent.Of).ToArray());
    }

    static ScimObject View(DirectoryUser found, Locations locations)
    {
        var user = found.User;
        var state = ScimValue.Of(
            ("active", ScimValue.Of(user.Active)), ("suspended", ScimValue.Of(user.Suspended)), ("access", ScimValue.Of(user.HasAccess)),
            ("accessSince", ScimValue.Of(ScimDateTime.Print(user.AccessSince))), ("accessBy", user.AccessBy is { } by ? ScimValue.Of(by) : ScimValue.Null),
            ("deactivatedAt", user.DeactivatedAt is { } at ? ScimValue.Of(ScimDateTime.Print(at)) : ScimValue.Null),
            ("provisionedByScim", ScimValue.Of(user.ProvisionedByScim)), ("sources", ScimValue.Of(user.Sources.Select(ScimValue.Of))),
            ("userNameReleased", ScimValue.Of(user.IsUserNameReleased)), ("version", ScimValue.Of((decimal)user.Version)));
        return ScimValue.Of(("id", ScimValue.Of(user.Id.ToString("D"))), ("state", state), ("resource", new UserAnswer(found.Stored, locations).Resource));
    }

    static IResult Json(ScimObject value) => Results.Bytes(value.ToUtf8(), "application/json");

    static Locations Locations(HttpContext http, PublicOrigin origin, Guid organization) => new($"{origin.Of(http)}/scim/v2/{organization:D}");
}
