using Scim.Api.Hosting;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.Provisioning;

/// <summary>What the service can do and which schemas it knows: RFC 7644 §4, generated from the definitions that enforce.</summary>
internal static class DiscoveryApi
{
    static readonly ServiceCapabilities Capabilities = new(ScimQuery.MaxCount);

    /// <summary>Everything that identity providers call.</summary>
    internal static void MapScim(this WebApplication app)
    {
        var scim = app.MapGroup("/scim/v2/{organization}").ExcludeFromDescription();
        scim.MapUsers();
        scim.MapGroups();
        scim.MapRoot();
        scim.MapDiscovery();
        // RFC 7644 section 3.11: there is no "me", the caller is a provider.
        scim.Map("/Me", IResult () => throw new ScimException(501, null, "There is no /Me here: the caller is an identity provider, not a person."));
    }

    static void MapDiscovery(this RouteGroupBuilder scim)
    {
        string[] reads = [HttpMethods.Get, HttpMethods.Head];
        scim.MapMethods("/ServiceProviderConfig", reads, (HttpContext http, PublicOrigin origin) => ScimResults.Ok(Of(http, origin).ServiceProviderConfig(Capabilities)));
        scim.MapMethods("/ResourceTypes", reads, (HttpContext http, PublicOrigin origin) => ScimResults.Ok(Unfiltered(http, origin).ResourceTypes()));
        scim.MapMethods("/ResourceTypes/{name}", reads, (string name, HttpContext http, PublicOrigin origin) =>
            ScimResults.Ok(Of(http, origin).ResourceType(name) ?? throw ScimException.NotFound("ResourceType", name)));
        scim.MapMethods("/Schemas", reads, (HttpContext http, PublicOrigin origin) => ScimResults.Ok(Unfiltered(http, origin).Schemas()));
        scim.MapMethods("/Schemas/{urn}", reads, (string urn, HttpContext http, PublicOrigin origin) =>
            ScimResults.Ok(Of(http, origin).Schema(urn) ?? throw ScimException.NotFound("Schema", urn)));
    }

    // RFC 7644 section 4: a filter here is refused with 403.
    static Discovery Unfiltered(HttpContext http, PublicOrigin origin) => new ScimQuery(http.Request.Query).Filter is null
        ? Of(http, origin)
        : throw new ScimException(403, null, "Discovery cannot be filtered (RFC 7644 section 4).");

    static Discovery Of(HttpContext http, PublicOrigin origin) => new(origin.Of(http) + http.Features.Get<ScimRequest>()!.Organization!.BasePath, [UserSchema.ResourceType, GroupSchema.ResourceType]);
}
