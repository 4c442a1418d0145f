using System.Collections.Immutable;

namespace Scim.Domain.Protocol.Schemas;

/// <summary>The schemas of the discovery documents themselves, RFC 7643 §8.7.2.</summary>
public static class DiscoverySchemas
{
    /// <summary>What /ServiceProviderConfig answers, RFC 7643 §5.</summary>
    public static Schema ServiceProviderConfig { get; } = new("urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig", "ServiceProviderConfig", "What the service supports",
    [
        Reference("documentationUri", "Where the service is described for people."),
        Complex("patch", "Whether PATCH is supported.", Supported),
        Complex("bulk", "Whether bulk requests are supported, and how large they may be.", Supported,
            Integer("maxOperations", "Operations that a bulk request may have."), Integer("maxPayloadSize", "Bytes that a bulk request may have.")),
        Complex("filter", "Whether filters are supported, and how many resources a page may have.", Supported, Integer("maxResults", "Resources that a page may have.")),
        Complex("changePassword", "Whether passwords can be changed.", Supported),
        Complex("sort", "Whether sorting is supported.", Supported),
        Complex("etag", "Whether entity tags are supported.", Supported),
        Complex("authenticationSchemes", "How clients prove who they are.",
            Text("type", "The scheme.") with { CanonicalValues = ["oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"] },
            Text("name", "The name of the scheme."), Text("description", "What the scheme is."),
            Reference("specUri", "Where the scheme is specified."), Reference("documentationUri", "Where the use of the scheme is described."),
            new("primary", AttributeType.Boolean, "Whether the scheme is the preferred one.") { Mutability = Mutability.ReadOnly }) with { MultiValued = true },
    ]);

    /// <summary>What /ResourceTypes answers, RFC 7643 §6.</summary>
    public static Schema ResourceType { get; } = new("urn:ietf:params:scim:schemas:core:2.0:ResourceType", "ResourceType", "A kind of resource",
    [
        Text("name", "The name of the resource type."), Text("description", "What the resource type is.") with { Required = false },
        Reference("endpoint", "Where its resources are, after the base URL.") with { Required = true },
        Reference("schema", "The URN of its core schema.") with { Required = true },
        Complex("schemaExtensions", "The extensions of its core schema.",
            Reference("schema", "The URN of the extension.") with { Required = true },
            new("required", AttributeType.Boolean, "Whether every resource must have it.") { Required = true, Mutability = Mutability.ReadOnly }) with { MultiValued = true, Required = false },
    ]);

    /// <summary>What /Schemas answers, RFC 7643 §7.</summary>
    public static Schema Schema { get; } = new("urn:ietf:params:scim:schemas:core:2.0:Schema", "Schema", "A set of attributes",
    [
        Text("name", "The name of the schema."), Text("description", "What the schema is for.") with { Required = false },
        Complex("attributes", "The attributes.", [.. Characteristics, Complex("subAttributes", "The parts of a complex attribute.", [.. Characteristics]) with { MultiValued = true, Required = false }]) with { MultiValued = true },
    ]);

    static AttributeDefinition[] Characteristics =>
    [
        Text("name", "The name of the attribute.") with { CaseExact = true },
        Text("type", "The data type.") with { CanonicalValues = ["string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"] },
        new("multiValued", AttributeType.Boolean, "Whether it holds an array.") { Required = true, Mutability = Mutability.ReadOnly },
        Text("description", "What the attribute means.") with { Required = false },
        new("required", AttributeType.Boolean, "Whether a resource must have it.") { Mutability = Mutability.ReadOnly },
        new("canonicalValues", AttributeType.String, "Suggested values.") { MultiValued = true, CaseExact = true, Mutability = Mutability.ReadOnly },
        new("caseExact", AttributeType.Boolean, "Whether strings compare with regard to case.") { Mutability = Mutability.ReadOnly },
        Text("mutability", "When it may be written.") with { Required = false, CaseExact = true, CanonicalValues = ["readOnly", "readWrite", "immutable", "writeOnly"] },
        Text("returned", "When it is returned.") with { Required = false, CaseExact = true, CanonicalValues = ["always", "never", "default", "request"] },
        Text("uniqueness", "How unique it is.") with { Required = false, CaseExact = true, CanonicalValues = ["none", "server", "global"] },
        new("referenceTypes", AttributeType.String, "What a reference may point at.") { MultiValued = true, CaseExact = true, Mutability = Mutability.ReadOnly },
    ];

    static AttributeDefinition Supported => new("supported", AttributeType.Boolean, "Whether it is supported.") { Required = true, Mutability = Mutability.ReadOnly };

    static AttributeDefinition Text(string name, string description) =>
        new(name, AttributeType.String, description) { Required = true, Mutability = Mutability.ReadOnly };

    static AttributeDefinition Integer(string name, string description) =>
        new(name, AttributeType.Integer, description) { Required = true, Mutability = Mutability.ReadOnly };

    static AttributeDefinition Reference(string name, string description) =>
        new(name, AttributeType.Reference, description) { CaseExact = true, Mutability = Mutability.ReadOnly, ReferenceTypes = ["uri"] };

    static AttributeDefinition Complex(string name, string description, params ImmutableArray<AttributeDefinition> parts) =>
        new(name, AttributeType.Complex, description) { Required = true, Mutability = Mutability.ReadOnly, SubAttributes = parts };
}
