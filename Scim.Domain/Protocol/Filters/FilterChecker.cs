using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Protocol.Filters;

/// <summary>
/// Holds a filter against the schema: every attribute exists and may be read, every operator suits its type, every
/// literal fits. What passes means the same to every interpreter; what does not is 400 <c>invalidFilter</c> with the place
/// (RFC 7644 §3.4.2.2, §3.12).
/// </summary>
public sealed class FilterChecker
{
    readonly ResourceType _type;
    readonly Notes _notes;
    readonly ResolvedPath? _element; // the attribute to whose elements paths are relative
    readonly IReadOnlyList<ResourceType> _across;

    FilterChecker(ResourceType type, Notes notes, ResolvedPath? element, IReadOnlyList<ResourceType> across) =>
        (_type, _notes, _element, _across) = (type, notes, element, across);

    /// <summary>Checks a filter on resources of the type.</summary>
    /// <param name="across">
    /// The types of a query across several: an attribute that only another of them knows has no value here.
    /// </param>
    /// <exception cref="ScimException">400 <c>invalidFilter</c>.</exception>
    public static CheckedFilter Check(Filter filter, ResourceType type, Notes notes, params IReadOnlyList<ResourceType> across) =>
        new(type, new FilterChecker(type, notes, null, across).Test(filter));

    /// <summary>Checks what stands in the brackets of a value path, as on the elements of the attribute.</summary>
    /// <exception cref="ScimException">400 <c>invalidFilter</c>.</exception>
    public static CheckedFilter CheckElement(Filter inner, ResolvedPath attribute, ResourceType type, Notes notes) =>
        new(type, new FilterChecker(type, notes, attribute, []).Test(inner));

    Test Test(Filter filter) => filter switch
    {
        And and => new AllOf([.. and.Terms.Select(Test)]),
        Or or => new AnyOf([.. or.Terms.Select(Test)]),
        Not not => new NotTest(Test(not.Term)),
        Present present => Resolve(present.Path, present.Position) is { } path ? new PresentTest(path) : new Always(false),
        Comparison comparison => Compare(comparison),
        _ => Element((ValuePath)filter),
    };

    Test Element(ValuePath value)
    {
        if (Resolve(value.Path, value.Position) is not { } path) return new Always(false);
        if (path.Attribute is null || path.Sub is not null)
            throw Unfit(value.Position, $"{path} has no elements; brackets follow an attribute, as in emails[type eq \"work\"]");
        var within = new FilterChecker(_type, _notes, path, []);
        var inner = within.Test(value.Inner);
        if (value.Then is not null) inner = new AllOf([inner, within.Test(value.Then)]);
        return path.Attribute.MultiValued ? new ElementTest(path, inner) : new AllOf([new PresentTest(path), Within(path, inner)]);
    }

    // A single complex value is its only element: name[familyName eq "x"] is name.familyName eq "x" where there is a name.
    static Test Within(ResolvedPath path, Test test) => test switch
    {
        AllOf all => new AllOf([.. all.Terms.Select(t => Within(path, t))]),
        AnyOf any => new AnyOf([.. any.Terms.Select(t => Within(path, t))]),
        NotTest not => new NotTest(Within(path, not.Term)),
        PresentTest present => new PresentTest(Absolute(path, present.Path)),
        ValueTest value => value with { Path = Absolute(path, value.Path) },
        _ => test,
    };

    static ResolvedPath Absolute(ResolvedPath path, ResolvedPath relative) =>
        path.Attribute!.Type == AttributeType.Complex ? path with { Sub = relative.Attribute } : path;

    Test Compare(Comparison comparison)
    {
        var path = Resolve(comparison.Path, comparison.Position);
        if (comparison.Value is ScimNull) return Null(path, comparison);
        if (path is null) return new Always(comparison.Operator == FilterOperator.Ne);
        path = Comparable(path, comparison);
        CheckOperator(path, comparison);
        return new ValueTest(path, comparison.Operator, new FilterLiteral(path, comparison, _notes).Value);
    }

    // RFC 7643 section 2.5: null is the same as unassigned.
    static Test Null(ResolvedPath? path, Comparison comparison)
    {
        Test present = path is null ? new Always(false) : new PresentTest(path);
        return comparison.Operator switch
        {
            FilterOperator.Eq => new NotTest(present),
            FilterOperator.Ne => present,
            _ => throw Unfit(comparison.ValuePosition, "null has no order and no parts; it is compared with eq or ne"),
        };
    }

    // Null when the attribute belongs to another type of a query across types.
    ResolvedPath? Resolve(AttributePath path, int position)
    {
        if (_element is not null) return Relative(path, position);
        var resolved = path.Resolve(_type) ?? InExtension(path, position);
        if (resolved is null && _across.Any(t => path.Resolve(t)?.IsReadable == true)) return null;
        if (resolved is null) throw Unfit(position, $"{Shown(path)} is no attribute of {_type.Name}; /Schemas lists them");
        return resolved.IsReadable ? resolved : throw Unfit(position, $"{resolved} may not be read, so it cannot be compared");
    }

    ResolvedPath? InExtension(AttributePath path, int position)
    {
        if (path.ResolveInExtensions(_type) is not { } found) return null;
        FilterRepairs.Apply(_notes, FilterRepairs.WithoutUrn, $"At position {position} of the filter an extension's attribute stands without its URN; right would be {found}.");
        return found;
    }

    ResolvedPath Relative(AttributePath path, int position)
    {
        var attribute = _element!.Attribute!;
        var sub = attribute.Type == AttributeType.Complex ? attribute.Sub(path.Name)
            : path.Name.Equals("value", StringComparison.OrdinalIgnoreCase) ? ResolvedPath.ItemOf(attribute) : null;
        if (path.SchemaUrn is not null || path.SubName is not null || sub is null)
            throw Unfit(position, $"{Shown(path)} is no part of {_element}; in brackets stand its sub-attributes alone, such as type or value");
        return sub.IsReadable ? new ResolvedPath(null, sub, null) : throw Unfit(position, $"{_element}.{sub.Name} may not be read, so it cannot be compared");
    }

    ResolvedPath Comparable(ResolvedPath path, Comparison comparison)
    {
        if (path.Leaf?.Type is not (null or AttributeType.Complex)) return path;
        if (path.Attribute?.Sub("value") is not { Type: not AttributeType.Complex } value || path.Sub is not null)
            throw Unfit(comparison.Position, $"{path} is complex; it takes pr, and its parts take comparisons{Example(path)}");
        FilterRepairs.Apply(_notes, FilterRepairs.BareComplex, $"At position {comparison.Position} of the filter a complex attribute is compared; right would be {path}.value.");
        return path with { Sub = value };
    }

    static string Example(ResolvedPath path) =>
        path.Attribute is { SubAttributes: [var first, ..] } ? $", as in {path}.{first.Name}" : "";

    void CheckOperator(ResolvedPath path, Comparison comparison)
    {
        var type = path.Leaf!.Type;
        if (path.Sub?.MultiValued == true || (_element is not null && path.Attribute!.MultiValued)) throw Unfit(comparison.Position, $"{path} is a multi-valued part, which takes pr alone");
        var suits = comparison.Operator switch
        {
            FilterOperator.Eq or FilterOperator.Ne => true,
            FilterOperator.Co or FilterOperator.Sw or FilterOperator.Ew => type is AttributeType.String or AttributeType.Reference,
            _ => type is not (AttributeType.Boolean or AttributeType.Binary), // RFC 7644 section 3.4.2.2, table 3
        };
        if (!suits) throw Unfit(comparison.Position, $"{path} is of type {type.Keyword()}, which \"{FilterOperators.Keyword(comparison.Operator)}\" does not suit; {Suiting(type)} do");
    }

    static string Suiting(AttributeType type) =>
        type is AttributeType.Boolean or AttributeType.Binary ? "eq, ne and pr" : "eq, ne, gt, ge, lt, le and pr";

    static string Shown(AttributePath path) => $"\"{ScimReader.Shown(path.ToString())}\"";

    internal static ScimException Unfit(int position, string what) => ScimException.InvalidFilter($"At position {position} of the filter: {what}.");
}
