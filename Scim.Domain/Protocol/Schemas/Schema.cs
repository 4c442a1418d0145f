using System.Collections.Immutable;

namespace Scim.Domain.Protocol.Schemas;

/// <summary>A named set of attributes (RFC 7643 §3, §7).</summary>
/// <remarks>Example: <c>urn:ietf:params:scim:schemas:core:2.0:User</c>.</remarks>
public sealed record Schema(string Id, string Name, string Description, ImmutableArray<AttributeDefinition> Attributes)
{
    /// <summary>The attribute of that name in any case, or null.</summary>
    public AttributeDefinition? Attribute(string name)
    {
        foreach (var attribute in Attributes)
            if (string.Equals(attribute.Name, name, StringComparison.OrdinalIgnoreCase)) return attribute;
        return null;
    }
}

/// <summary>An extension of a resource type by another schema (RFC 7643 §3.3).</summary>
public sealed record SchemaExtension(Schema Schema, bool Required);

/// <summary>
/// A kind of resource with its endpoint, its core schema and its extensions (RFC 7643 §6). Every parse, check, filter
/// and PATCH takes the organization's resource type, so that an organization's own schemas are data.
/// </summary>
/// <remarks>Example: <c>User</c> at <c>/Users</c> with the enterprise extension.</remarks>
public sealed record ResourceType(string Name, string Endpoint, string Description, Schema Schema, ImmutableArray<SchemaExtension> Extensions)
{
    /// <summary>The core or extension schema of that URN in any case, or null.</summary>
    public Schema? SchemaOf(string urn)
    {
        if (string.Equals(Schema.Id, urn, StringComparison.OrdinalIgnoreCase)) return Schema;
        foreach (var extension in Extensions)
            if (string.Equals(extension.Schema.Id, urn, StringComparison.OrdinalIgnoreCase)) return extension.Schema;
        return null;
    }

    /// <summary>
    /// The attribute of the core schema or of the common attributes (RFC 7643 §3.1: <c>schemas</c>, <c>id</c>,
    /// <c>externalId</c>, <c>meta</c>) of that name in any case, or null.
    /// </summary>
    public AttributeDefinition? Attribute(string name) => Schema.Attribute(name) ?? CommonAttributes.Find(name);
}
