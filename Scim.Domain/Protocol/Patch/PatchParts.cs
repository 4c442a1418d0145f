using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Protocol.Patch;

/// <summary>Changes the parts of one complex value.</summary>
static class PatchParts
{
    /// <summary>The value after the operation on it or on one part of it; null when nothing is left.</summary>
    /// <exception cref="ScimException">400 <c>mutability</c> when an immutable part would change or a required one would go.</exception>
    internal static ScimObject? Change(AttributeDefinition attribute, ScimObject? old, PatchOperation operation)
    {
        var (verb, target, value) = operation;
        var parts = old ?? ScimObject.Empty;
        if (target.Path.Sub is { } sub) parts = Set(parts, attribute, sub, verb == PatchVerb.Remove ? null : Joined(sub, verb, parts[sub.Name], value!));
        else if (verb == PatchVerb.Remove) return null;
        else parts = Merge(attribute, parts, (ScimObject)value!);
        return parts.Members.IsEmpty ? null : parts;
    }

    /// <summary>RFC 7644 §3.5.2.3: of a complex value those parts are set that are given; null unassigns one.</summary>
    internal static ScimObject Merge(AttributeDefinition attribute, ScimObject parts, ScimObject given)
    {
        foreach (var (name, value) in given.Members)
            parts = Set(parts, attribute, attribute.Sub(name)!, value is ScimNull ? null : value);
        return parts;
    }

    /// <summary>The replacement of a whole element; its immutable parts must stay as they are.</summary>
    internal static ScimObject Replace(AttributeDefinition attribute, ScimObject old, ScimObject value)
    {
        var parts = Merge(attribute, ScimObject.Empty, value);
        foreach (var sub in attribute.SubAttributes)
            if (sub.Mutability == Mutability.Immutable && old[sub.Name] is { } kept && parts[sub.Name] is { } set && !kept.Equals(set)) throw Immutable(attribute, sub);
        return parts;
    }

    static ScimObject Set(ScimObject parts, AttributeDefinition attribute, AttributeDefinition sub, ScimValue? value)
    {
        var old = parts[sub.Name];
        if (old is null ? value is null : old.Equals(value)) return parts;
        if (value is null && sub.Required) throw ScimException.Mutability($"{attribute.Name}.{sub.Name} is required and cannot be removed.");
        if (old is not null && sub.Mutability == Mutability.Immutable) throw Immutable(attribute, sub);
        return value is null ? parts.Without(sub.Name) : SchemaOrder.Arrange(parts.With(sub.Name, value), attribute.SubAttributes);
    }

    static ScimValue Joined(AttributeDefinition sub, PatchVerb verb, ScimValue? old, ScimValue value) =>
        verb == PatchVerb.Add && old is ScimArray before && value is ScimArray more ? new ScimArray([.. before.Items.Union(more.Items)]) : value;

    static ScimException Immutable(AttributeDefinition attribute, AttributeDefinition sub) =>
        ScimException.Mutability($"{attribute.Name}.{sub.Name} is immutable and already has another value.");
}
