using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Protocol.Filters;

/// <summary>
/// The filter language in memory, the reference for SQL. <c>grammar.md</c> says what each operator means for absent and
/// multi-valued attributes.
/// </summary>
public static class FilterEvaluator
{
    /// <summary>Whether the resource, whole as it is answered, matches.</summary>
    public static bool Matches(CheckedFilter filter, ScimObject resource) => Holds(filter.Root, resource);

    /// <summary>Whether one element of the attribute, against which the filter was checked, matches.</summary>
    public static bool MatchesElement(CheckedFilter filter, ScimValue element) => Holds(filter.Root, AsObject(element));

    static bool Holds(Test test, ScimObject resource) => test switch
    {
        AllOf all => all.Terms.All(t => Holds(t, resource)),
        AnyOf any => any.Terms.Any(t => Holds(t, resource)),
        NotTest not => !Holds(not.Term, resource),
        Always always => always.Holds,
        PresentTest present => present.Path.Values(resource).Any(),
        ElementTest element => element.Path.Elements(resource).Any(e => Holds(element.Inner, AsObject(e))),
        ValueTest { Operator: FilterOperator.Ne } value => Differs(value, resource),
        _ => Compares((ValueTest)test, resource),
    };

    // Elements of an attribute that is not complex are what "value" names in brackets.
    static ScimObject AsObject(ScimValue element) => element as ScimObject ?? ScimValue.Of(("value", element));

    static bool Compares(ValueTest test, ScimObject resource) => test.Path.Values(resource).Any(v => Compares(test, v));

    // Some element differs, or there is none: "ne" is not the negation of "eq" where there are several values.
    static bool Differs(ValueTest test, ScimObject resource)
    {
        var any = false;
        foreach (var element in test.Path.Elements(resource))
        {
            any = true;
            var values = test.Path.Sub is null ? [element] : (test.Path with { Extension = null }).Values(ScimValue.Of((test.Path.Attribute!.Name, element)));
            if (!values.Any(v => Compares(test with { Operator = FilterOperator.Eq }, v))) return true;
        }
        return !any;
    }

    static bool Compares(ValueTest test, ScimValue value) => (value, test.Literal) switch
    {
        (ScimString text, ScimString literal) => Compares(test.Operator, ComparedText.Of(test.Leaf, text.Value), literal.Value),
        (ScimNumber number, ScimNumber literal) => Ordered(test.Operator, number.Value.CompareTo(literal.Value)),
        (ScimBoolean, ScimBoolean) => value.Equals(test.Literal),
        _ => false,
    };

    static bool Compares(FilterOperator op, string value, string literal) => op switch
    {
        FilterOperator.Co => value.Contains(literal, StringComparison.Ordinal),
        FilterOperator.Sw => value.StartsWith(literal, StringComparison.Ordinal),
        FilterOperator.Ew => value.EndsWith(literal, StringComparison.Ordinal),
        _ => Ordered(op, CodePointOrder.Compare(value, literal)),
    };

    static bool Ordered(FilterOperator op, int order) => op switch
    {
        FilterOperator.Eq => order == 0,
        FilterOperator.Ne => order != 0,
        FilterOperator.Gt => order > 0,
        FilterOperator.Ge => order >= 0,
        FilterOperator.Lt => order < 0,
        FilterOperator.Le => order <= 0,
        _ => false,
    };
}
