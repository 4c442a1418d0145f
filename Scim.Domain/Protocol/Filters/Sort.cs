using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Protocol.Filters;

/// <summary>
/// The order of a list (RFC 7644 §3.4.2.3): by the value at a path, of a multi-valued attribute that of the primary
/// element, else the first. Resources without one stand last ascending and first descending; equals stand by id.
/// </summary>
/// <remarks>Example: <c>sortBy=name.familyName&amp;sortOrder=descending</c>.</remarks>
public sealed record Sort(ResolvedPath Path, bool Descending) : IComparer<ScimObject>
{
    /// <summary>The definition of what is compared.</summary>
    public AttributeDefinition Leaf => Path.Leaf!;

    /// <summary>
    /// The order that the parameters ask for, or null for none: <paramref name="sortBy"/> that names nothing that has an
    /// order is ignored. A complex attribute stands for its <c>value</c>.
    /// </summary>
    /// <exception cref="ScimException">400 <c>invalidValue</c> when <paramref name="sortOrder"/> is no order.</exception>
    public static Sort? Of(string? sortBy, string? sortOrder, ResourceType type)
    {
        var descending = sortOrder?.Trim().ToLowerInvariant() switch
        {
            null or "" or "ascending" => false,
            "descending" => true,
            _ => throw ScimException.InvalidValue("sortOrder is neither \"ascending\" nor \"descending\"."),
        };
        if (string.IsNullOrWhiteSpace(sortBy) || AttributePath.TryParse(sortBy.Trim(), type) is not { } path) return null;
        if ((path.Resolve(type) ?? path.ResolveInExtensions(type)) is not { Attribute: { } attribute, IsReadable: true } resolved) return null;
        if (resolved.Sub is { MultiValued: true }) return null;
        if (resolved.Leaf!.Type != AttributeType.Complex) return new Sort(resolved, descending);
        return attribute.Sub("value") is { Type: not AttributeType.Complex, IsReadable: true } value ? new Sort(resolved with { Sub = value }, descending) : null;
    }

    /// <inheritdoc />
    public int Compare(ScimObject? x, ScimObject? y)
    {
        var order = Order(ValueOf(x!), ValueOf(y!));
        if (order != 0) return Descending ? -order : order;
        return CodePointOrder.Compare(x!["id"]?.AsString ?? "", y!["id"]?.AsString ?? "");
    }

    // Missing counts as the greatest.
    static int Order(ScimValue? x, ScimValue? y) => (x, y) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        (ScimString a, ScimString b) => CodePointOrder.Compare(a.Value, b.Value),
        (ScimNumber a, ScimNumber b) => a.Value.CompareTo(b.Value),
        (ScimBoolean a, ScimBoolean b) => a.Value.CompareTo(b.Value),
        _ => 0,
    };

    ScimValue? ValueOf(ScimObject resource)
    {
        var elements = Path.Elements(resource).ToList();
        var chosen = elements.Find(e => (e as ScimObject)?["primary"] is ScimBoolean { Value: true }) ?? elements.FirstOrDefault();
        var value = Path.Sub is null ? chosen : (chosen as ScimObject)?[Path.Sub.Name];
        if (value is null or { IsUnassigned: true }) return null;
        return value is ScimString text ? ScimValue.Of(ComparedText.Of(Leaf, text.Value)) : value;
    }
}

/// <summary>Strings as they are compared: dates by instant, caseExact ones as they are, all others by their canonical key.</summary>
static class ComparedText
{
    internal static string Of(AttributeDefinition leaf, string text) =>
        leaf.Type == AttributeType.DateTime ? ScimDateTime.Normalise(text)
        : leaf.CaseExact ? text
        : CanonicalKey.Of(text);
}
