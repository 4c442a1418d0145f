using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.EventStore.Queries;

/// <summary>
/// Comparisons of one element that jsonb containment answers, <c>match->'emails' @> '[{"value":"b@example.com"}]'</c>, and
/// with it a GIN index.
/// </summary>
static class Contained
{
    /// <summary>Whether every element that passes the comparison contains its literal.</summary>
    internal static bool Serves(ValueTest test) => test.Operator == FilterOperator.Eq && test.Leaf.Type != AttributeType.DateTime;

    /// <summary>Whether also every element that contains the literal passes: not where case matters, for the document holds keys.</summary>
    internal static bool Decides(ValueTest test) => test.Literal is not ScimString || !DocumentPath.IsExact(test.Leaf);

    /// <summary>The array with one element that equals all the literals.</summary>
    internal static string Pattern(IEnumerable<ValueTest> equal, AttributeDefinition attribute)
    {
        ScimValue element = attribute.Type == AttributeType.Complex
            ? ScimValue.Of(equal.Select(t => (t.Path.Attribute!.Name, Key(t))))
            : Key(equal.First());
        return ScimValue.Of(element).ToString();
    }

    static ScimValue Key(ValueTest test) => test.Literal.AsString is { } text ? ScimValue.Of(CanonicalKey.Of(text)) : test.Literal;
}
