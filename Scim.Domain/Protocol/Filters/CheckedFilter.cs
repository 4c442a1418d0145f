using System.Collections.Immutable;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Protocol.Filters;

/// <summary>
/// A filter whose every name is a definition and whose every literal fits it: what the two interpreters, memory and SQL,
/// read. <see cref="Root"/> is relative to a resource, or to one element of an attribute.
/// </summary>
public sealed record CheckedFilter(ResourceType Type, Test Root)
{
    /// <summary>Whether active people come first when no order is asked for: a look-up by e-mail that several may match.</summary>
    public bool ActiveFirst { get; init; }
}

/// <summary>One node of a checked filter.</summary>
public abstract record Test
{
    private protected Test() { }
}

/// <summary>All of the terms hold.</summary>
public sealed record AllOf(ImmutableArray<Test> Terms) : Test;

/// <summary>One of the terms holds at least.</summary>
public sealed record AnyOf(ImmutableArray<Test> Terms) : Test;

/// <summary>The term does not hold.</summary>
public sealed record NotTest(Test Term) : Test;

/// <summary>What holds for every resource or for none, whatever it contains.</summary>
public sealed record Always(bool Holds) : Test;

/// <summary>There is an assigned value at the path.</summary>
public sealed record PresentTest(ResolvedPath Path) : Test;

/// <summary>
/// A value at the path stands in this relation to the literal. The literal is already what is compared: a canonical key
/// unless the attribute is caseExact, a date as it is stored.
/// </summary>
public sealed record ValueTest(ResolvedPath Path, FilterOperator Operator, ScimValue Literal) : Test
{
    /// <summary>The definition of what is compared.</summary>
    public AttributeDefinition Leaf => Path.Leaf!;
}

/// <summary>One element of the multi-valued attribute satisfies the inner test, whose paths are relative to the element.</summary>
public sealed record ElementTest(ResolvedPath Path, Test Inner) : Test;
