using Scim.Api.Audit.Reads;
using Scim.Api.EventStore;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Api;

/// <summary>
/// What is below an organization's path is 404 where there is no such organization, whatever else is asked; and whoever reads
/// there is recorded.
/// </summary>
internal static class KnownOrganization
{
    internal static RouteGroupBuilder OfKnownOrganization(this RouteGroupBuilder group) => group.AddEndpointFilter(async (call, next) =>
    {
        var http = call.HttpContext;
        var organization = Guid.Parse((string)http.GetRouteValue("organization")!);
        if (await http.RequestServices.GetRequiredService<Placement>().FindAsync(organization, http.RequestAborted) is null) throw ScimException.NotFound("Organization", organization.ToString("D"));
        return await next(call);
    }).AddEndpointFilter(RecordedReads.Record);
}
