using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Protocol.Filters;

/// <summary>The literal of a comparison in the form in which its attribute's values are compared.</summary>
readonly struct FilterLiteral(ResolvedPath path, Comparison comparison, Notes notes)
{
    /// <summary>The literal; 400 <c>invalidFilter</c> when it does not fit the attribute's type.</summary>
    internal ScimValue Value => path.Leaf!.Type switch
    {
        AttributeType.Boolean => Boolean(),
        AttributeType.Integer or AttributeType.Decimal => comparison.Value as ScimNumber ?? throw Unfit("a number such as 5"),
        AttributeType.DateTime => ScimDateTime.TryParse(Text()) is { } instant ? ScimValue.Of(ScimDateTime.Print(instant))
            : throw Unfit("a date with time and offset such as \"2026-05-13T04:42:34Z\""),
        _ => ScimValue.Of(path.Leaf!.CaseExact ? Text() : CanonicalKey.Of(Text())),
    };

    ScimValue Boolean()
    {
        if (comparison.Value is ScimBoolean) return comparison.Value;
        if (!bool.TryParse(comparison.Value.AsString, out var truth)) throw Unfit("true or false");
        FilterRepairs.Apply(notes, FilterRepairs.TextForBoolean,
            $"At position {comparison.ValuePosition} of the filter a boolean is written as text; right would be {ScimValue.Of(truth)}.");
        return ScimValue.Of(truth);
    }

    string Text()
    {
        if (comparison.Value.AsString is { } text) return text;
        if (comparison.Unquoted is not { } word) throw Unfit("a string such as \"bjensen\"");
        FilterRepairs.Apply(notes, FilterRepairs.Unquoted,
            $"At position {comparison.ValuePosition} of the filter stands a value without quotation marks; right would be {ScimReader.Shown(ScimValue.Of(word).ToString())}.");
        return word;
    }

    ScimException Unfit(string right) =>
        FilterChecker.Unfit(comparison.ValuePosition, $"{path} is of type {path.Leaf!.Type.Keyword()} and is compared with {right}");
}
