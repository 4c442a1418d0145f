using System.Collections.Immutable;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Protocol.Filters;

/// <summary>The comparisons of RFC 7644 §3.4.2.2 table 3, except <c>pr</c>.</summary>
public enum FilterOperator { Eq, Ne, Co, Sw, Ew, Gt, Ge, Lt, Le }

/// <summary>
/// A filter as it was written, not yet held against a schema: the tree of RFC 7644 §3.4.2.2. It prints itself back with
/// as few parentheses as precedence allows, and what it prints reads as an equal tree. Positions count from 1 and are no
/// part of equality.
/// </summary>
/// <remarks>Example: <c>userName eq "bjensen" and not (emails[type eq "work"])</c>.</remarks>
public abstract record Filter
{
    private protected Filter() { }

    /// <summary>Where it begins in the text, from 1; 0 when it was never text.</summary>
    public int Position { get; init; }

    /// <summary>All of them; conjunctions among them are taken apart, one alone is itself.</summary>
    public static Filter All(params IEnumerable<Filter> terms)
    {
        var flat = terms.SelectMany(t => t is And and ? and.Terms : [t]).ToImmutableArray();
        return flat.Length == 1 ? flat[0] : new And(flat) { Position = flat[0].Position };
    }

    /// <summary>One of them at least; disjunctions among them are taken apart, one alone is itself.</summary>
    public static Filter Any(params IEnumerable<Filter> terms)
    {
        var flat = terms.SelectMany(t => t is Or or ? or.Terms : [t]).ToImmutableArray();
        return flat.Length == 1 ? flat[0] : new Or(flat) { Position = flat[0].Position };
    }

    /// <inheritdoc />
    public virtual bool Equals(Filter? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc />
    public override int GetHashCode() => EqualityContract.GetHashCode();
}

/// <summary>Two terms or more, all of which must hold; none is itself an <see cref="And"/>.</summary>
public sealed record And : Filter
{
    internal And(ImmutableArray<Filter> terms) => Terms = terms;

    /// <summary>The terms in order.</summary>
    public ImmutableArray<Filter> Terms { get; }

    /// <inheritdoc />
    public bool Equals(And? other) => other is not null && Terms.SequenceEqual(other.Terms);

    /// <inheritdoc />
    public override int GetHashCode() => Terms.Aggregate(1, HashCode.Combine);

    /// <inheritdoc />
    public override string ToString() => string.Join(" and ", Terms.Select(t => t is Or ? $"({t})" : t.ToString()));
}

/// <summary>Two terms or more, one of which must hold; none is itself an <see cref="Or"/>.</summary>
public sealed record Or : Filter
{
    internal Or(ImmutableArray<Filter> terms) => Terms = terms;

    /// <summary>The terms in order.</summary>
    public ImmutableArray<Filter> Terms { get; }

    /// <inheritdoc />
    public bool Equals(Or? other) => other is not null && Terms.SequenceEqual(other.Terms);

    /// <inheritdoc />
    public override int GetHashCode() => Terms.Aggregate(2, HashCode.Combine);

    /// <inheritdoc />
    public override string ToString() => string.Join(" or ", Terms);
}

/// <summary>Holds exactly when the term does not.</summary>
public sealed record Not(Filter Term) : Filter
{
    /// <inheritdoc />
    public bool Equals(Not? other) => other is not null && Term.Equals(other.Term);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(3, Term);

    /// <inheritdoc />
    public override string ToString() => $"not ({Term})";
}

/// <summary>An attribute compared with a literal: <c>userName eq "bjensen"</c>.</summary>
public sealed record Comparison(AttributePath Path, FilterOperator Operator, ScimValue Value) : Filter
{
    /// <summary>Where the literal begins in the text, from 1.</summary>
    public int ValuePosition { get; init; }

    /// <summary>The literal as written when it stood without quotation marks and is no JSON string.</summary>
    public string? Unquoted { get; init; }

    /// <inheritdoc />
    public bool Equals(Comparison? other) =>
        other is not null && Path == other.Path && Operator == other.Operator && Value.Equals(other.Value);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Path, Operator, Value);

    /// <inheritdoc />
    public override string ToString() => $"{Path} {FilterOperators.Keyword(Operator)} {Value}";
}

/// <summary>An attribute that has a value: <c>title pr</c>.</summary>
public sealed record Present(AttributePath Path) : Filter
{
    /// <inheritdoc />
    public bool Equals(Present? other) => other is not null && Path == other.Path;

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(4, Path);

    /// <inheritdoc />
    public override string ToString() => $"{Path} pr";
}

/// <summary>
/// One single element of an attribute that satisfies the inner filter, whose paths are relative to the element; and
/// <see cref="Then"/>, when Entra wrote on after the bracket: <c>emails[type eq "work"].value eq "b@example.com"</c>.
/// </summary>
public sealed record ValuePath(AttributePath Path, Filter Inner, Filter? Then = null) : Filter
{
    /// <inheritdoc />
    public bool Equals(ValuePath? other) => other is not null && Path == other.Path && Inner.Equals(other.Inner) && Equals(Then, other.Then);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Path, Inner, Then);

    /// <inheritdoc />
    public override string ToString() => Then is null ? $"{Path}[{Inner}]" : $"{Path}[{Inner}].{Then}";
}

/// <summary>The keywords of the operators.</summary>
static class FilterOperators
{
    internal const string All = "eq, ne, co, sw, ew, gt, ge, lt, le or pr";

    internal static string Keyword(FilterOperator op) => op switch
    {
        FilterOperator.Eq => "eq",
        FilterOperator.Ne => "ne",
        FilterOperator.Co => "co",
        FilterOperator.Sw => "sw",
        FilterOperator.Ew => "ew",
        FilterOperator.Gt => "gt",
        FilterOperator.Ge => "ge",
        FilterOperator.Lt => "lt",
        _ => "le",
    };

    internal static FilterOperator? Find(string keyword)
    {
        foreach (var op in Enum.GetValues<FilterOperator>())
            if (keyword.Equals(Keyword(op), StringComparison.OrdinalIgnoreCase)) return op;
        return null;
    }
}
