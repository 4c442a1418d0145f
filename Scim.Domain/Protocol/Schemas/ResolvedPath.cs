using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Protocol.Schemas;

/// <summary>
/// A path whose every name is a definition: of the core or the common attributes when there is no extension, of a whole
/// extension when there is no attribute. Prints itself in the schema's spelling.
/// </summary>
/// <remarks>Example: <c>name.familyName</c>.</remarks>
public sealed record ResolvedPath(Schema? Extension, AttributeDefinition? Attribute, AttributeDefinition? Sub)
{
    /// <summary>The definition of the value at the end of the path; null for a whole extension.</summary>
    public AttributeDefinition? Leaf => Sub ?? Attribute;

    /// <summary>Whether there may be several values at the end of the path.</summary>
    public bool IsMultiValued => Attribute?.MultiValued == true || Sub?.MultiValued == true;

    /// <summary>Whether the path's attribute and sub-attribute may be read.</summary>
    public bool IsReadable => Attribute?.IsReadable != false && Sub?.IsReadable != false;

    /// <summary>The assigned values there, in order: every element of a multi-valued attribute, one at most of any other.</summary>
    public IEnumerable<ScimValue> Values(ScimObject resource)
    {
        foreach (var element in Elements(resource))
        {
            if (Sub is null) yield return element;
            else if ((element as ScimObject)?[Sub.Name] is { } value)
                foreach (var item in Items(value)) yield return item;
        }
    }

    /// <summary>The assigned elements of the attribute itself, whatever its sub-attribute holds.</summary>
    public IEnumerable<ScimValue> Elements(ScimObject resource)
    {
        var holder = Extension is null ? resource : resource[Extension.Id] as ScimObject;
        return Items(Attribute is null ? holder : holder?[Attribute.Name]);
    }

    /// <summary>What <c>value</c> means in the brackets after an attribute whose elements are not complex: the element itself.</summary>
    internal static AttributeDefinition ItemOf(AttributeDefinition attribute) => attribute with { Name = "value", MultiValued = false };

    static IEnumerable<ScimValue> Items(ScimValue? value)
    {
        if (value is null || value.IsUnassigned) return [];
        return value is ScimArray array ? array.Items.Where(i => !i.IsUnassigned) : [value];
    }

    /// <summary>The path in the schema's spelling, with the URN of an extension.</summary>
    public override string ToString() => new AttributePath(Extension?.Id, Attribute?.Name ?? "", Sub?.Name).ToString();
}
