using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Messages;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.Provisioning;

/// <summary>A person as the protocol answers it: the composed resource, its ETag and its location.</summary>
/// <param name="usersUrl">The collection's URL, which the id follows.</param>
internal sealed class UserAnswer(StoredUser found, string usersUrl)
{
    internal string ETag { get; } = $"W/\"{found.Version}-{DerivedHash(found.ManagerName)}\"";

    string Location => $"{usersUrl}/{found.Id:D}";

    internal ScimObject Resource => CanonicalWriter.Compose(
        found.Resource, new ResourceIdentity(found.Id.ToString("D"), found.Created, found.LastModified, Location, ETag), UserSchema.ResourceType, Derived());

    internal IResult Answer(int status, Projection projection) => ScimResults.Resource(status, projection.Apply(Resource), ETag, Location);

    /// <summary>Whether a reader already has this answer; here the whole tag counts.</summary>
    internal bool IsKnownTo(HttpRequest request) =>
        request.GetTypedHeaders().IfNoneMatch.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(EntityTagHeaderValue.Parse(ETag), useStrongComparison: false));

    /// <summary>The manager's id, where it can be one of ours.</summary>
    internal static Guid? ManagerOf(ScimObject resource) =>
        Manager(resource)?["value"]?.AsString is { } text && Guid.TryParseExact(text, "D", out var id) && id.ToString("D") == text ? id : null;

    static ScimObject? Manager(ScimObject resource) => (resource[EnterpriseUserSchema.Urn] as ScimObject)?["manager"] as ScimObject;

    ScimObject? Derived()
    {
        if (found.ManagerName is null || ManagerOf(found.Resource) is not { } manager) return null;
        return ScimValue.Of((EnterpriseUserSchema.Urn, ScimValue.Of(("manager", ScimValue.Of(
            ("$ref", ScimValue.Of($"{usersUrl}/{manager:D}")), ("displayName", ScimValue.Of(found.ManagerName)))))));
    }

    // What changes without an event of this person, in the ETag so that a cache learns of it.
    static string DerivedHash(string? managerName) =>
        managerName is null ? "0" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(managerName)).AsSpan(0, 4));
}
