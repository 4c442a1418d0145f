using System.Collections.Immutable;

namespace Scim.Domain.Protocol.Schemas;

/// <summary>The attributes that every resource has beside its schemas (RFC 7643 §3, §3.1).</summary>
public static class CommonAttributes
{
    /// <summary>The URNs of the schemas that hold a value; the service computes it.</summary>
    public static AttributeDefinition Schemas { get; } = new("schemas", AttributeType.Reference, "The URIs of the schemas of this resource.")
    { MultiValued = true, Required = true, CaseExact = false, Returned = Returned.Always, ReferenceTypes = ["uri"] };

    /// <summary>The service's own identifier, single-use.</summary>
    public static AttributeDefinition Id { get; } = new("id", AttributeType.String, "The service provider's unique identifier of the resource.")
    { CaseExact = true, Mutability = Mutability.ReadOnly, Returned = Returned.Always, Uniqueness = Uniqueness.Server };

    /// <summary>The provisioning client's identifier; not unique here.</summary>
    public static AttributeDefinition ExternalId { get; } = new("externalId", AttributeType.String, "The provisioning client's identifier of the resource.")
    { CaseExact = true };

    /// <summary>What the service knows about the resource itself.</summary>
    public static AttributeDefinition Meta { get; } = new("meta", AttributeType.Complex, "Metadata of the resource.")
    {
        Mutability = Mutability.ReadOnly,
        SubAttributes =
        [
            new("resourceType", AttributeType.String, "The name of the resource type.") { CaseExact = true, Mutability = Mutability.ReadOnly },
            new("created", AttributeType.DateTime, "When the resource was added.") { Mutability = Mutability.ReadOnly },
            new("lastModified", AttributeType.DateTime, "When the resource was last changed.") { Mutability = Mutability.ReadOnly },
            new("location", AttributeType.Reference, "The URI of the resource.") { CaseExact = true, Mutability = Mutability.ReadOnly, ReferenceTypes = ["uri"] },
            new("version", AttributeType.String, "The version of the resource, as in its ETag.") { CaseExact = true, Mutability = Mutability.ReadOnly },
        ],
    };

    /// <summary>All of them, in the order in which they are written before the schema's own.</summary>
    public static ImmutableArray<AttributeDefinition> All { get; } = [Schemas, Id, ExternalId, Meta];

    /// <summary>The common attribute of that name in any case, or null.</summary>
    public static AttributeDefinition? Find(string name)
    {
        foreach (var attribute in All)
            if (string.Equals(attribute.Name, name, StringComparison.OrdinalIgnoreCase)) return attribute;
        return null;
    }
}
