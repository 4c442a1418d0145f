using System.Collections.Immutable;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Protocol.Schemas;

/// <summary>What the service itself knows about a resource: its id and <c>meta</c> (RFC 7643 §3.1).</summary>
/// <param name="Location">The URI of the resource.</param>
/// <param name="Version">The entity tag, such as <c>W/"3-1f"</c>; null leaves it out.</param>
public sealed record ResourceIdentity(string Id, DateTimeOffset Created, DateTimeOffset LastModified, string Location, string? Version);

/// <summary>
/// The one writer of answers. Whatever shows a resource, live or as it was, shows it as composed here: <c>schemas</c>,
/// <c>id</c>, <c>externalId</c>, <c>meta</c>, the core schema's attributes, the extensions, each in the schema's order.
/// </summary>
public static class CanonicalWriter
{
    /// <summary>The whole resource, before projection.</summary>
    /// <param name="stored">What <see cref="ResourceReader"/> and PATCH make.</param>
    /// <param name="derived">
    /// Values derived from other resources, in the shape of the resource: of it only attributes and sub-attributes are taken
    /// that the schema calls derived, the latter where the attribute itself has a value.
    /// </param>
    /// <param name="deriveDisplayName">
    /// Whether a missing <c>displayName</c> is made from the name or userName. Keycloak's plug-in keeps no mapping without
    /// one. A provider that sends back what it read then stores it.
    /// </param>
    public static ScimObject Compose(ScimObject stored, ResourceIdentity identity, ResourceType type, ScimObject? derived = null, bool deriveDisplayName = false)
    {
        var resource = Overlay(stored, derived ?? ScimObject.Empty, type);
        if (deriveDisplayName) resource = WithDisplayName(resource, type);
        resource = WithoutHidden(SchemaOrder.Arrange(resource, type), type);
        var members = ImmutableArray.CreateBuilder<KeyValuePair<string, ScimValue>>(resource.Members.Length + 3);
        members.Add(Member("schemas", Schemas(resource, type)));
        members.Add(Member("id", ScimValue.Of(identity.Id)));
        if (resource["externalId"] is { } externalId) members.Add(Member("externalId", externalId));
        members.Add(Member("meta", Meta(identity, type)));
        members.AddRange(resource.Members.Where(m => !m.Key.Equals("externalId", StringComparison.OrdinalIgnoreCase)));
        return new ScimObject(members.ToImmutable());
    }

    // RFC 7643 section 3: the core schema, and exactly the extensions that hold a value.
    static ScimArray Schemas(ScimObject resource, ResourceType type) =>
        ScimValue.Of(type.Extensions.Select(e => e.Schema.Id).Where(urn => resource[urn] is { IsUnassigned: false }).Prepend(type.Schema.Id).Select(ScimValue.Of));

    static ScimObject Meta(ResourceIdentity identity, ResourceType type)
    {
        var meta = ScimValue.Of(
            ("resourceType", ScimValue.Of(type.Name)),
            ("created", ScimValue.Of(ScimDateTime.Print(identity.Created))),
            ("lastModified", ScimValue.Of(ScimDateTime.Print(identity.LastModified))),
            ("location", ScimValue.Of(identity.Location)));
        return identity.Version is null ? meta : meta.With("version", ScimValue.Of(identity.Version));
    }

    static ScimObject Overlay(ScimObject stored, ScimObject derived, ResourceType type)
    {
        var resource = Overlay(stored, derived, type.Schema.Attributes);
        foreach (var (schema, _) in type.Extensions)
            if (resource[schema.Id] is ScimObject parts && derived[schema.Id] is ScimObject more)
                resource = resource.With(schema.Id, Overlay(parts, more, schema.Attributes));
        return resource;
    }

    static ScimObject Overlay(ScimObject parts, ScimObject derived, ImmutableArray<AttributeDefinition> attributes)
    {
        foreach (var attribute in attributes)
        {
            if (derived[attribute.Name] is not { } value) continue;
            if (attribute.IsDerived) parts = parts.With(attribute.Name, value);
            else if (parts[attribute.Name] is ScimObject inner && value is ScimObject more)
                parts = parts.With(attribute.Name, SchemaOrder.Arrange(Overlay(inner, more, attribute.SubAttributes), attribute.SubAttributes));
        }
        return parts;
    }

    // RFC 7643 section 7: what is returned never leaves by no door.
    static ScimObject WithoutHidden(ScimObject resource, ResourceType type)
    {
        foreach (var attribute in type.Schema.Attributes)
            if (!attribute.IsReadable) resource = resource.Without(attribute.Name);
        foreach (var (schema, _) in type.Extensions)
            foreach (var attribute in schema.Attributes)
                if (!attribute.IsReadable && resource[schema.Id] is ScimObject parts) resource = resource.With(schema.Id, parts.Without(attribute.Name));
        return resource;
    }

    static ScimObject WithDisplayName(ScimObject resource, ResourceType type)
    {
        if (type.Attribute("displayName") is null || resource["displayName"] is not null) return resource;
        var name = resource["name"] as ScimObject;
        var parts = string.Join(' ', new[] { name?["givenName"]?.AsString, name?["familyName"]?.AsString }.Where(p => p is not null));
        var shown = name?["formatted"]?.AsString ?? (parts.Length > 0 ? parts : resource["userName"]?.AsString);
        return shown is null ? resource : resource.With("displayName", ScimValue.Of(shown));
    }

    static KeyValuePair<string, ScimValue> Member(string name, ScimValue value) => KeyValuePair.Create(name, value);
}
