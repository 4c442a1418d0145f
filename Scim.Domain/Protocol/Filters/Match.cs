using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
namespace Scim.Domain.Protocol.Filters;
/// <summary>Interim.</summary>
public static class Match
{
    /// <summary>Interim.</summary>
    public static ScimObject Of(ScimObject resource, ResourceType type) => resource;
}
