using Microsoft.Net.Http.Headers;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Messages;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.Provisioning;

/// <summary>A person as the protocol answers it: the composed resource, its ETag and its location.</summary>
internal sealed class UserAnswer(StoredUser found, Locations locations)
{
    internal string ETag { get; } = $"W/\"{found.Version}-{DerivedHash.Of(found.Derived)}\"";

    string Location => $"{locations.Users}{found.Id:D}";

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
        var derived = ScimObject.Empty;
        if (found.Derived.GroupsJson is not null) derived = derived.With("groups", ScimValue.Of(found.Derived.Groups.Select(Group)));
        if (found.Derived.ManagerName is { } name && ManagerOf(found.Resource) is { } manager)
            derived = derived.With(EnterpriseUserSchema.Urn, ScimValue.Of(("manager", ScimValue.Of(
                ("$ref", ScimValue.Of($"{locations.Users}{manager:D}")), ("displayName", ScimValue.Of(name))))));
        return derived.Members.IsEmpty ? null : derived;
    }

    ScimValue Group(MembershipOf group)
    {
        var id = group.Id.ToString("D");
        return ScimValue.Of(("value", ScimValue.Of(id)), ("$ref", ScimValue.Of(locations.Groups + id)), ("display", ScimValue.Of(group.Display)), ("type", ScimValue.Of(group.Type)));
    }
}
