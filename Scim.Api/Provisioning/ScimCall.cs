using Scim.Api.Access;
using Scim.Api.EventStore.Queries;
using Scim.Api.Hosting;

namespace Scim.Api.Provisioning;

/// <summary>What every endpoint of the protocol asks of its request.</summary>
internal static class ScimCall
{
    internal static Caller Caller(HttpContext http) => http.Features.Get<ScimRequest>()!.Caller!;

    /// <summary>Where the organization's resources are, by the origin that the request came to or the configured one.</summary>
    internal static Locations Locations(HttpContext http, PublicOrigin origin) => new($"{origin.Of(http)}{http.Features.Get<ScimRequest>()!.Organization!.BasePath}");

    /// <summary>The body of a search.</summary>
    internal static async Task<ScimQuery> Search(HttpContext http) => new(await ScimBody.ReadAsync(http), Caller(http).Notes);

    internal static EventStore.IfMatch? IfMatch(HttpContext http) => EventStore.IfMatch.Parse(http.Request.Headers.IfMatch, Caller(http).Notes.Strict);

    /// <summary>The id, or null: a malformed one is as unknown as a random one.</summary>
    internal static Guid? Id(string id) => Guid.TryParseExact(id, "D", out var known) && known.ToString("D") == id ? known : null;
}
