using System.Collections.Immutable;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Messages;

namespace Scim.Domain.Protocol.Schemas;

/// <summary>What the service can do today; the document and whoever enforces it read the same numbers.</summary>
/// <param name="MaxResults">Resources that a page may have.</param>
/// <param name="BulkMaxOperations">Operations that a bulk request may have; null while there is no bulk.</param>
/// <param name="BulkMaxPayloadSize">Bytes that a bulk request may have.</param>
public sealed record ServiceCapabilities(int MaxResults = 1000, int? BulkMaxOperations = null, int BulkMaxPayloadSize = 0)
{
    /// <summary>Where the service is described for people; null leaves it out.</summary>
    public string? DocumentationUri { get; init; }
}

/// <summary>
/// The discovery documents of RFC 7644 §4, generated from the definitions that enforce.
/// </summary>
/// <param name="baseUrl">The organization's base URL, with or without a slash at its end.</param>
/// <param name="types">The organization's resource types.</param>
/// <param name="full">
/// Whether /Schemas shows <c>password</c>, and <c>display</c> and <c>$ref</c> of multi-valued attributes. Microsoft's
/// validator expects back what it finds there, and stops on them.
/// </param>
public sealed class Discovery(string baseUrl, ImmutableArray<ResourceType> types, bool full = false)
{
    readonly string _base = baseUrl.TrimEnd('/');

    /// <summary>/ServiceProviderConfig, RFC 7643 §5.</summary>
    public ScimObject ServiceProviderConfig(ServiceCapabilities can)
    {
        List<(string, ScimValue)> members = [Schemas(DiscoverySchemas.ServiceProviderConfig)];
        if (can.DocumentationUri is not null) members.Add(("documentationUri", ScimValue.Of(can.DocumentationUri)));
        members.AddRange(
        [
            ("patch", Supported(true)),
            ("bulk", Supported(can.BulkMaxOperations is not null).With("maxOperations", Number(can.BulkMaxOperations ?? 0)).With("maxPayloadSize", Number(can.BulkMaxPayloadSize))),
            ("filter", Supported(true).With("maxResults", Number(can.MaxResults))),
            ("changePassword", Supported(false)),
            ("sort", Supported(true)),
            ("etag", Supported(true)),
            ("authenticationSchemes", ScimValue.Of(BearerToken)),
            ("meta", Meta("ServiceProviderConfig", $"{_base}/ServiceProviderConfig")),
        ]);
        return ScimValue.Of(members);
    }

    /// <summary>/ResourceTypes.</summary>
    public ScimObject ResourceTypes() => List(types.Select(Describe));

    /// <summary>/ResourceTypes/{name}, the name in any case; null when there is none.</summary>
    public ScimObject? ResourceType(string name) =>
        types.FirstOrDefault(t => t.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } type ? Describe(type) : null;

    /// <summary>/Schemas.</summary>
    public ScimObject Schemas() => List(All().Select(Describe));

    /// <summary>/Schemas/{urn}, the URN in any case; null when there is none.</summary>
    public ScimObject? Schema(string urn) =>
        All().FirstOrDefault(s => s.Id.Equals(urn, StringComparison.OrdinalIgnoreCase)) is { } schema ? Describe(schema) : null;

    IEnumerable<Schema> All() => types
        .SelectMany(t => t.Extensions.Select(e => e.Schema).Prepend(t.Schema))
        .Append(DiscoverySchemas.ServiceProviderConfig).Append(DiscoverySchemas.ResourceType).Append(DiscoverySchemas.Schema)
        .DistinctBy(s => s.Id, StringComparer.OrdinalIgnoreCase);

    // RFC 7643 section 6; the id is the name, by which the document is found.
    ScimObject Describe(ResourceType type) => ScimValue.Of(
        Schemas(DiscoverySchemas.ResourceType),
        ("id", ScimValue.Of(type.Name)),
        ("name", ScimValue.Of(type.Name)),
        ("description", ScimValue.Of(type.Description)),
        ("endpoint", ScimValue.Of(type.Endpoint)),
        ("schema", ScimValue.Of(type.Schema.Id)),
        ("schemaExtensions", ScimValue.Of(type.Extensions.Select(e => ScimValue.Of(("schema", ScimValue.Of(e.Schema.Id)), ("required", ScimValue.Of(e.Required)))))),
        ("meta", Meta("ResourceType", $"{_base}/ResourceTypes/{type.Name}")));

    // RFC 7643 section 7.
    ScimObject Describe(Schema schema) => ScimValue.Of(
        Schemas(DiscoverySchemas.Schema),
        ("id", ScimValue.Of(schema.Id)),
        ("name", ScimValue.Of(schema.Name)),
        ("description", ScimValue.Of(schema.Description)),
        ("attributes", ScimValue.Of(schema.Attributes.Where(a => full || a.IsReadable).Select(Describe))),
        ("meta", Meta("Schema", $"{_base}/Schemas/{schema.Id}")));

    ScimObject Describe(AttributeDefinition attribute)
    {
        List<(string, ScimValue)> members =
        [
            ("name", ScimValue.Of(attribute.Name)),
            ("type", ScimValue.Of(attribute.Type.Keyword())),
            ("multiValued", ScimValue.Of(attribute.MultiValued)),
            ("description", ScimValue.Of(attribute.Description)),
            ("required", ScimValue.Of(attribute.Required)),
        ];
        if (!attribute.CanonicalValues.IsEmpty) members.Add(("canonicalValues", Texts(attribute.CanonicalValues)));
        if (attribute.Type is AttributeType.String or AttributeType.Reference or AttributeType.Binary) members.Add(("caseExact", ScimValue.Of(attribute.CaseExact)));
        members.Add(("mutability", Keyword(attribute.Mutability)));
        members.Add(("returned", Keyword(attribute.Returned)));
        members.Add(("uniqueness", Keyword(attribute.Uniqueness)));
        if (!attribute.ReferenceTypes.IsEmpty) members.Add(("referenceTypes", Texts(attribute.ReferenceTypes)));
        var parts = attribute.SubAttributes.Where(s => full || s.IsReadable && !(attribute.MultiValued && s.Name is ("display" or "$ref"))).ToList();
        if (parts.Count > 0) members.Add(("subAttributes", ScimValue.Of(parts.Select(Describe))));
        return ScimValue.Of(members);
    }

    static ScimObject List(IEnumerable<ScimObject> resources)
    {
        var all = resources.ToList();
        return ListResponse.Compose(all.Count, 1, all);
    }

    static (string, ScimValue) Schemas(Schema schema) => ("schemas", ScimValue.Of(ScimValue.Of(schema.Id)));

    static ScimObject Meta(string resourceType, string location) =>
        ScimValue.Of(("resourceType", ScimValue.Of(resourceType)), ("location", ScimValue.Of(location)));

    static ScimObject Supported(bool supported) => ScimValue.Of(("supported", ScimValue.Of(supported)));

    static ScimValue Number(int number) => ScimValue.Of((decimal)number);

    static ScimArray Texts(IEnumerable<string> texts) => ScimValue.Of(texts.Select(ScimValue.Of));

    // The keywords of RFC 7643 section 7 are the names in lower camel case.
    static ScimValue Keyword<T>(T value) where T : struct, Enum
    {
        var name = value.ToString();
        return ScimValue.Of(char.ToLowerInvariant(name[0]) + name[1..]);
    }

    static ScimObject BearerToken { get; } = ScimValue.Of(
        ("type", ScimValue.Of("oauthbearertoken")),
        ("name", ScimValue.Of("OAuth Bearer Token")),
        ("description", ScimValue.Of("A token of the organization, sent as Authorization: Bearer.")),
        ("specUri", ScimValue.Of("https://www.rfc-editor.org/rfc/rfc6750")),
        ("primary", ScimValue.True));
}
