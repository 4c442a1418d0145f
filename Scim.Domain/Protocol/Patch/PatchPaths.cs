using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Protocol.Patch;

/// <summary>Finds the places that the paths of PATCH operations name (RFC 7644 §3.5.2 figure 7).</summary>
sealed class PatchPaths(ResourceType type, Notes notes)
{
    /// <summary>The place, or null when no schema knows it.</summary>
    /// <exception cref="ScimException">400 <c>invalidPath</c> or <c>invalidFilter</c> when the path is malformed.</exception>
    internal PatchTarget? Find(string text)
    {
        if (IsUnknownUrn(text)) return null;
        var written = FilterParser.ParsePath(text, type, notes);
        if (written.Inner is not null && (written.Path.SubName is not null || written.Path.Name.Length == 0)) throw Malformed(text, "brackets follow an attribute");
        if ((written.Path.Resolve(type) ?? InExtension(written.Path)) is not { } path) return null;
        if (written.SubName is not null)
        {
            if (path.Attribute!.Sub(written.SubName) is not { } sub) return null;
            path = path with { Sub = sub };
        }
        return written.Inner is null ? new PatchTarget(path) : Filtered(path, written.Inner, text);
    }

    // Entra's malformed "…:enterprise:2.0User" is a name that nobody knows, not a broken path.
    bool IsUnknownUrn(string text) =>
        text.StartsWith("urn:", StringComparison.OrdinalIgnoreCase) && !text.Contains('[', StringComparison.Ordinal)
        && AttributeNames.IsWellFormed(text) && AttributePath.TryParse(text, type) is null && !text.EndsWith(':') && !text.EndsWith('.');

    ResolvedPath? InExtension(AttributePath path)
    {
        if (path.ResolveInExtensions(type) is not { } found) return null;
        Repairs.WithoutUrn.Note(notes, $"The path names an extension's attribute without its URN; right would be {found}.");
        return found;
    }

    PatchTarget Filtered(ResolvedPath path, Filter inner, string text)
    {
        var attribute = path with { Sub = null };
        if (!attribute.Attribute!.MultiValued && attribute.Attribute.Type != AttributeType.Complex)
            throw Malformed(text, $"{attribute} has a single value and no elements");
        var filter = FilterChecker.CheckElement(inner, attribute, type, notes);
        return new PatchTarget(path, filter, Template(attribute.Attribute, inner, filter), Count(filter.Root));
    }

    // The element that the eq terms describe, unless the other terms do not hold for it.
    static ScimValue? Template(AttributeDefinition attribute, Filter inner, CheckedFilter filter)
    {
        ScimValue? element = attribute.Type == AttributeType.Complex ? ScimObject.Empty : null;
        foreach (var term in inner is And and ? and.Terms : [inner])
        {
            if (term is not Comparison { Operator: FilterOperator.Eq } comparison) continue;
            if (element is not ScimObject parts) element = Typed(attribute, comparison);
            else if (attribute.Sub(comparison.Path.Name) is { } sub && !ValueReader.IsIgnored(sub)) element = parts.With(sub.Name, Typed(sub, comparison));
        }
        if (element is ScimObject { Members.IsEmpty: true }) return null;
        if (element is ScimObject made) element = SchemaOrder.Arrange(made, attribute.SubAttributes);
        return element is not null && FilterEvaluator.MatchesElement(filter, element) ? element : null;
    }

    // The checker has noted text for a boolean and missing quotation marks, and that the literal fits.
    static ScimValue Typed(AttributeDefinition leaf, Comparison comparison) => leaf.Type switch
    {
        AttributeType.Integer or AttributeType.Decimal => comparison.Value,
        AttributeType.Boolean => bool.TryParse(comparison.Value.AsString, out var truth) ? ScimValue.Of(truth) : comparison.Value,
        AttributeType.DateTime => ScimValue.Of(ScimDateTime.Normalise(Text(comparison))),
        _ => ScimValue.Of(Text(comparison)),
    };

    static string Text(Comparison comparison) => comparison.Unquoted ?? comparison.Value.AsString ?? "";

    static int Count(Test test) => test switch
    {
        AllOf all => all.Terms.Sum(Count),
        AnyOf any => any.Terms.Sum(Count),
        NotTest not => Count(not.Term),
        _ => 1,
    };

    static ScimException Malformed(string path, string why) =>
        ScimException.InvalidPath($"The path \"{ScimReader.Shown(path)}\" is malformed: {why}.");
}
