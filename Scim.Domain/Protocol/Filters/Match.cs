using System.Collections.Immutable;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Protocol.Filters;

/// <summary>
/// The match document: the resource with every string as its canonical key, in the schema's spelling, without what is
/// unassigned and without what is not stored with it (<c>schemas</c>, <c>id</c>, <c>meta</c>, derived attributes). SQL
/// reads it where case does not matter, and the resource itself where it does; arrays keep their positions, so that both
/// can be read element by element.
/// </summary>
public static class Match
{
    /// <summary>The match document of a resource of that type; a function of these two alone.</summary>
    public static ScimObject Of(ScimObject resource, ResourceType type)
    {
        var members = ImmutableArray.CreateBuilder<KeyValuePair<string, ScimValue>>();
        Add(members, resource, [CommonAttributes.ExternalId, .. type.Schema.Attributes]);
        foreach (var (schema, _) in type.Extensions)
        {
            if (resource[schema.Id] is not ScimObject extension) continue;
            var inner = ImmutableArray.CreateBuilder<KeyValuePair<string, ScimValue>>();
            Add(inner, extension, schema.Attributes);
            if (inner.Count > 0) members.Add(KeyValuePair.Create<string, ScimValue>(schema.Id, new ScimObject(inner.DrainToImmutable())));
        }
        return new ScimObject(members.DrainToImmutable());
    }

    static void Add(ImmutableArray<KeyValuePair<string, ScimValue>>.Builder members, ScimObject holder, ImmutableArray<AttributeDefinition> attributes)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.IsDerived || !attribute.IsReadable || holder[attribute.Name] is not { IsUnassigned: false } value) continue;
            var folded = value is ScimArray array ? ScimValue.Of(array.Items.Select(i => Fold(i, attribute))) : Fold(value, attribute);
            if (!folded.IsUnassigned) members.Add(KeyValuePair.Create(attribute.Name, folded));
        }
    }

    static ScimValue Fold(ScimValue value, AttributeDefinition attribute)
    {
        if (value is ScimString text) return ScimValue.Of(CanonicalKey.Of(text.Value));
        if (value is not ScimObject complex) return value;
        var parts = ImmutableArray.CreateBuilder<KeyValuePair<string, ScimValue>>();
        Add(parts, complex, attribute.SubAttributes);
        return new ScimObject(parts.DrainToImmutable());
    }
}
