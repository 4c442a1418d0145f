using System.Collections.Immutable;

namespace Scim.Domain.Protocol.Schemas;

/// <summary>The data types of RFC 7643 §2.3.</summary>
public enum AttributeType
{
    /// <summary>§2.3.1.</summary>
    String,

    /// <summary>§2.3.2.</summary>
    Boolean,

    /// <summary>§2.3.3.</summary>
    Decimal,

    /// <summary>§2.3.4.</summary>
    Integer,

    /// <summary>§2.3.5: an xsd:dateTime, normalised to UTC milliseconds when written.</summary>
    DateTime,

    /// <summary>§2.3.6: base64.</summary>
    Binary,

    /// <summary>§2.3.7: a URI.</summary>
    Reference,

    /// <summary>§2.3.8: has sub-attributes.</summary>
    Complex,
}

/// <summary>The data types as they are written.</summary>
static class AttributeTypes
{
    /// <summary>The keyword of RFC 7643 §2.3, such as <c>dateTime</c>.</summary>
    internal static string Keyword(this AttributeType type) => type == AttributeType.DateTime ? "dateTime" : type.ToString().ToLowerInvariant();
}

/// <summary>When a value may be written, RFC 7643 §7.</summary>
public enum Mutability { ReadOnly, ReadWrite, Immutable, WriteOnly }

/// <summary>When a value stands in an answer, RFC 7643 §7.</summary>
public enum Returned { Always, Never, Default, Request }

/// <summary>How unique a value is, RFC 7643 §7.</summary>
public enum Uniqueness { None, Server, Global }

/// <summary>
/// One attribute of a schema with every characteristic of RFC 7643 §2.2 and §7. Whatever enforces, prints or publishes
/// an attribute asks this definition.
/// </summary>
/// <remarks>Example: <c>userName</c>: String, required, caseExact false, uniqueness server.</remarks>
public sealed record AttributeDefinition(string Name, AttributeType Type, string Description)
{
    /// <summary>Whether the attribute holds an array of values (§2.4).</summary>
    public bool MultiValued { get; init; }

    /// <summary>Whether a resource must have it.</summary>
    public bool Required { get; init; }

    /// <summary>Whether strings compare with regard to case.</summary>
    public bool CaseExact { get; init; }

    /// <summary>Suggested values; never enforced.</summary>
    public ImmutableArray<string> CanonicalValues { get; init; } = [];

    /// <summary>When it may be written.</summary>
    public Mutability Mutability { get; init; } = Mutability.ReadWrite;

    /// <summary>When it is returned.</summary>
    public Returned Returned { get; init; } = Returned.Default;

    /// <summary>How unique it is.</summary>
    public Uniqueness Uniqueness { get; init; } = Uniqueness.None;

    /// <summary>What a reference may point at: resource types, <c>external</c>, <c>uri</c>.</summary>
    public ImmutableArray<string> ReferenceTypes { get; init; } = [];

    /// <summary>The parts of a complex attribute, in the order in which they are written.</summary>
    public ImmutableArray<AttributeDefinition> SubAttributes { get; init; } = [];

    /// <summary>The part of that name in any case, or null.</summary>
    public AttributeDefinition? Sub(string name)
    {
        foreach (var sub in SubAttributes)
            if (string.Equals(sub.Name, name, StringComparison.OrdinalIgnoreCase)) return sub;
        return null;
    }

    /// <summary>Whether anybody may read it: what may not be read may not be filtered or sorted by either.</summary>
    public bool IsReadable => Returned != Returned.Never && Mutability != Mutability.WriteOnly;

    /// <summary>Derived by the service from other resources when answering, so never stored with this one.</summary>
    public bool IsDerived { get; init; }

    /// <summary>What its text is expected to look like; never enforced.</summary>
    public AttributeFormat Format { get; init; }

    /// <summary>Once it has a value it keeps one: removing it is refused, because a guess would give or take access.</summary>
    public bool IsNeverGuessed { get; init; }

    /// <summary>Elements that a multi-valued attribute may have; more is 400 <c>tooMany</c>.</summary>
    public int MaxElements { get; init; } = 1000;
}
