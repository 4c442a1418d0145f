using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.History;

/// <summary>
/// The difference between two states of a resource, by attribute path: a single complex attribute by its
/// sub-attributes, a multi-valued one whole, in the schema's order and spelling.
/// </summary>
public static class Difference
{
    /// <summary>The paths that differ and their values; null when nothing does. Attributes named in <paramref name="apart"/> are left out.</summary>
    public static (IReadOnlyList<string> Paths, AttributeChange Change)? Between(ScimObject before, ScimObject after, ResourceType type, params ReadOnlySpan<string> apart)
    {
        var found = new List<(string Path, ScimValue? Before, ScimValue? After)>();
        Compare("", [CommonAttributes.ExternalId, .. type.Schema.Attributes], before, after, apart, found);
        foreach (var extension in type.Extensions)
        {
            var urn = extension.Schema.Id;
            Compare($"{urn}:", extension.Schema.Attributes, before[urn] as ScimObject, after[urn] as ScimObject, [], found);
        }
        if (found.Count == 0) return null;
        return ([.. found.Select(f => f.Path)], new AttributeChange(
            ScimValue.Of(found.Where(f => f.Before is not null).Select(f => (f.Path, f.Before!))),
            ScimValue.Of(found.Where(f => f.After is not null).Select(f => (f.Path, f.After!)))));
    }

    /// <summary>
    /// The resource with every path at its value, absent ones unassigned. A path ends in an attribute or
    /// <c>attribute.sub</c>, which hold neither dot nor colon, so it needs no schema to be taken apart.
    /// </summary>
    public static ScimObject Apply(ScimObject resource, IEnumerable<string> paths, ScimObject values) =>
        paths.Aggregate(resource, (r, path) => Set(r, path, values[path]));

    static void Compare(string prefix, IEnumerable<AttributeDefinition> attributes, ScimObject? before, ScimObject? after, ReadOnlySpan<string> apart, List<(string, ScimValue?, ScimValue?)> found)
    {
        foreach (var attribute in attributes)
        {
            if (apart.Contains(attribute.Name)) continue;
            var (b, a) = (before?[attribute.Name], after?[attribute.Name]);
            if (attribute is { Type: AttributeType.Complex, MultiValued: false })
                Compare($"{prefix}{attribute.Name}.", attribute.SubAttributes, b as ScimObject, a as ScimObject, [], found);
            else if (!Equals(b, a))
                found.Add((prefix + attribute.Name, b, a));
        }
    }

    static ScimObject Set(ScimObject resource, string path, ScimValue? value)
    {
        var colon = path.LastIndexOf(':');
        if (colon >= 0) return SetIn(resource, path[..colon], path[(colon + 1)..], value);
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0) return SetIn(resource, path[..dot], path[(dot + 1)..], value);
        return value is null ? resource.Without(path) : resource.With(path, value);
    }

    static ScimObject SetIn(ScimObject resource, string container, string rest, ScimValue? value)
    {
        var inner = Set(resource[container] as ScimObject ?? ScimObject.Empty, rest, value);
        return inner.Members.Length == 0 ? resource.Without(container) : resource.With(container, inner);
    }
}
