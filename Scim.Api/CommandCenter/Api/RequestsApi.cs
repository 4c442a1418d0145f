using Scim.Api.Audit.Reads;
using Scim.Api.EventStore;
using Scim.Api.Provisioning.RequestLog;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Api;

/// <summary>What an organization's identity provider sent and what became of it: <c>/api/organizations/{organization}/requests</c>.</summary>
internal static class RequestsApi
{
    internal static void MapRequests(this RouteGroupBuilder requests)
    {
        requests.MapGet("", List).WithSummary("Lists requests, newest first; kind is all, errors or writes, status may be a class such as 4xx, person an id, a userName or an externalId");
        requests.MapGet("/errors", Errors).WithSummary("Groups recurring errors, with what to do next");
        requests.MapGet("/{id:guid}", Read).WithSummary("Reads one request with its bodies, its events and what to do next");
    }

    static async Task<IResult> List(Guid organization, [AsParameters] AskedRequests query, RequestLogReader log, HttpContext http)
    {
        var filter = await query.Filter(organization, log, http.RequestAborted);
        if (filter.Person is { } people) http.ReadsOf(people.Ids);
        return Json(await log.List(organization, filter, query.Rows, http.RequestAborted));
    }

    static async Task<IResult> Read(Guid organization, Guid id, RequestLogReader log, HttpContext http)
    {
        var found = await log.Find(organization, id, http.RequestAborted) ?? throw ScimException.NotFound("Request", id.ToString("D"));
        if (found.Person is { } person) http.ReadsOf(person);
        return Json(found);
    }

    static async Task<IResult> Errors(Guid organization, string? from, RequestLogReader log, TimeProvider clock, HttpContext http)
    {
        var asked = new AskedRequests(From: from);
        await asked.Validate();
        return Json(await log.Errors(organization, AskedRequests.Begin(from) ?? clock.GetUtcNow().AddDays(-30), http.RequestAborted));
    }

    static IResult Json<T>(T value) => Results.Json(value, EventStoreOptions.Json);
}
