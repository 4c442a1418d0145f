using System.Collections.Immutable;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Protocol.Schemas;

/// <summary>
/// The one order and spelling in which a resource is stored and answered: <c>externalId</c>, the core schema's attributes,
/// the extensions under their URNs, each as its schema lists it.
/// </summary>
static class SchemaOrder
{
    /// <summary>The resource in order. What no schema knows any more, such as a withdrawn extension, stays at the end.</summary>
    internal static ScimObject Arrange(ScimObject resource, ResourceType type)
    {
        var members = new Ordered(resource);
        members.Take(CommonAttributes.ExternalId.Name);
        foreach (var attribute in type.Schema.Attributes) members.Take(attribute.Name, value => Arrange(value, attribute));
        foreach (var (schema, _) in type.Extensions)
            members.Take(schema.Id, value => value is ScimObject parts ? Arrange(parts, schema.Attributes) : value);
        return members.Rest();
    }

    /// <summary>An object whose members are these attributes, in order.</summary>
    internal static ScimObject Arrange(ScimObject parts, ImmutableArray<AttributeDefinition> attributes)
    {
        var members = new Ordered(parts);
        foreach (var attribute in attributes) members.Take(attribute.Name, value => Arrange(value, attribute));
        return members.Rest();
    }

    // The store keeps members in an order of its own, so what is inside is put in order as well.
    static ScimValue Arrange(ScimValue value, AttributeDefinition attribute) => value switch
    {
        _ when attribute.SubAttributes.IsEmpty => value,
        ScimObject parts => Arrange(parts, attribute.SubAttributes),
        ScimArray elements => ScimValue.Of(elements.Items.Select(e => Arrange(e, attribute))),
        _ => value,
    };

    sealed class Ordered(ScimObject source)
    {
        readonly ImmutableArray<KeyValuePair<string, ScimValue>>.Builder _members = ImmutableArray.CreateBuilder<KeyValuePair<string, ScimValue>>(source.Members.Length);
        readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

        internal void Take(string name, Func<ScimValue, ScimValue>? arrange = null)
        {
            if (source[name] is not { } value || !_taken.Add(name)) return;
            _members.Add(KeyValuePair.Create(name, arrange is null ? value : arrange(value)));
        }

        internal ScimObject Rest()
        {
            if (_taken.Count < source.Members.Length)
                foreach (var member in source.Members)
                    if (!_taken.Contains(member.Key)) _members.Add(member);
            return new ScimObject(_members.ToImmutable());
        }
    }
}
