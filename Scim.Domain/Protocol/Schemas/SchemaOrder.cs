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
        if (members.Take(CommonAttributes.ExternalId.Name) is { } externalId) members.Add(CommonAttributes.ExternalId.Name, externalId);
        members.Add(type.Schema.Attributes);
        foreach (var (schema, _) in type.Extensions)
            if (members.Take(schema.Id) is { } value) members.Add(schema.Id, value is ScimObject parts ? Arrange(parts, schema.Attributes) : value);
        return members.Rest();
    }

    /// <summary>An object whose members are these attributes, in order.</summary>
    internal static ScimObject Arrange(ScimObject parts, ImmutableArray<AttributeDefinition> attributes)
    {
        var members = new Ordered(parts);
        members.Add(attributes);
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
        readonly bool[] _taken = new bool[source.Members.Length];

        internal ScimValue? Take(string name)
        {
            var at = source.IndexOf(name);
            if (at < 0 || _taken[at]) return null;
            _taken[at] = true;
            return source.Members[at].Value;
        }

        internal void Add(string name, ScimValue value) => _members.Add(KeyValuePair.Create(name, value));

        internal void Add(ImmutableArray<AttributeDefinition> attributes)
        {
            foreach (var attribute in attributes)
            {
                if (_members.Count == _taken.Length) return;
                if (Take(attribute.Name) is { } value) Add(attribute.Name, Arrange(value, attribute));
            }
        }

        internal ScimObject Rest()
        {
            for (var i = 0; i < _taken.Length && _members.Count < _taken.Length; i++)
                if (!_taken[i]) _members.Add(source.Members[i]);
            return new ScimObject(_members.DrainToImmutable());
        }
    }
}
