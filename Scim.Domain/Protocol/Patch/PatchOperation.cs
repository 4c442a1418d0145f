using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Protocol.Patch;

/// <summary>The verbs of RFC 7644 §3.5.2.</summary>
public enum PatchVerb
{
    /// <summary>§3.5.2.1.</summary>
    Add,

    /// <summary>§3.5.2.2.</summary>
    Remove,

    /// <summary>§3.5.2.3.</summary>
    Replace,
}

/// <summary>
/// One change to one place, after every leniency: names are definitions, values have their types. What a value without
/// path changes in several places is several operations; what replaces by nothing is a remove.
/// </summary>
/// <param name="Value">
/// Never null for add and replace. For a remove null means all that is there; else the elements to remove.
/// </param>
/// <remarks>Example: <c>replace emails[type eq "work"].value "b@example.com"</c>.</remarks>
public sealed record PatchOperation(PatchVerb Verb, PatchTarget Target, ScimValue? Value);

/// <summary>The place that an operation changes.</summary>
/// <param name="Path">The attribute, or a whole extension in a remove, and the part of it.</param>
/// <param name="Filter">Which elements; null for all.</param>
/// <param name="Template">
/// What an element that satisfies the filter holds at least, by the filter's <c>eq</c> terms; null when the filter does not say.
/// </param>
/// <param name="Terms">Comparisons in the filter, for the measure of work.</param>
/// <remarks>Example: <c>emails[type eq "work"].value</c>, whose template is <c>{"type":"work"}</c>.</remarks>
public sealed record PatchTarget(ResolvedPath Path, CheckedFilter? Filter = null, ScimValue? Template = null, int Terms = 0)
{
    /// <summary>The attribute that is changed; null for a whole extension.</summary>
    public AttributeDefinition? Attribute => Path.Attribute;

    /// <summary>The path as errors name it.</summary>
    public override string ToString() => Filter is null ? Path.ToString() : $"{Path with { Sub = null }}[…]{(Path.Sub is null ? "" : $".{Path.Sub.Name}")}";
}
