using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Protocol.Filters;

/// <summary>
/// Reads the filter language of RFC 7644 §3.4.2.2 as <c>grammar.md</c> says it. The limits hold before anything recurses,
/// so that no text can exhaust the stack; every refusal names the place, counted from 1.
/// </summary>
public sealed class FilterParser
{
    /// <summary>Brackets and parentheses that may stand inside each other.</summary>
    public const int MaxDepth = 32;

    /// <summary>Comparisons and presence tests that a filter may have.</summary>
    public const int MaxTerms = 100;

    /// <summary>Bytes of UTF-8 that a filter may have.</summary>
    public const int MaxBytes = 8192;

    readonly FilterLexer _text;
    readonly ResourceType _type;
    readonly Notes _notes;
    int _depth;
    int _terms;

    FilterParser(string text, ResourceType type, Notes notes) => (_text, _type, _notes) = (new FilterLexer(text), type, notes);

    /// <summary>Reads a whole filter.</summary>
    /// <param name="type">Whose schema URNs say where a URN ends; whether attributes exist is the checker's matter.</param>
    /// <exception cref="ScimException">400 <c>invalidFilter</c>.</exception>
    public static Filter Parse(string text, ResourceType type, Notes notes)
    {
        var parser = Begin(text, type, notes);
        var filter = parser.Disjunction(inElement: false);
        parser._text.ExpectEnd("\"and\", \"or\" or the end of the filter");
        return filter;
    }

    /// <summary>
    /// Reads the path of a PATCH operation (RFC 7644 §3.5.2 figure 7): <c>attrPath / valuePath [subAttr]</c>.
    /// </summary>
    /// <exception cref="ScimException">400 <c>invalidPath</c> for the path, <c>invalidFilter</c> for what stands in brackets.</exception>
    public static ElementPath ParsePath(string text, ResourceType type, Notes notes)
    {
        var bracket = text.IndexOf('[', StringComparison.Ordinal);
        var name = (bracket < 0 ? text : text[..bracket]).Trim();
        var path = AttributePath.TryParse(name, type) ?? throw InvalidPath(text);
        if (bracket < 0) return new ElementPath(path, null, null);

        var parser = Begin(text, type, notes);
        parser._text.MoveTo(bracket);
        var inner = parser.Bracketed();
        var rest = parser._text.Rest.TrimEnd();
        if (rest.Length == 0) return new ElementPath(path, inner, null);
        return rest[0] == '.' && AttributePath.TryParse(rest[1..], type) is { SchemaUrn: null, SubName: null } sub
            ? new ElementPath(path, inner, sub.Name) : throw InvalidPath(text);
    }

    static FilterParser Begin(string text, ResourceType type, Notes notes)
    {
        if (text.Length > MaxBytes || System.Text.Encoding.UTF8.GetByteCount(text) > MaxBytes)
            throw ScimException.InvalidFilter($"The filter is longer than {MaxBytes} bytes; ask in several requests.");
        return new FilterParser(text, type, notes);
    }

    static ScimException InvalidPath(string path) =>
        ScimException.InvalidPath($"The path \"{ScimReader.Shown(path)}\" is malformed; right would be \"name.familyName\" or \"emails[type eq \\\"work\\\"].value\".");

    Filter Disjunction(bool inElement)
    {
        var first = Conjunction(inElement);
        if (!_text.TryWord("or")) return first;
        var terms = new List<Filter> { first };
        do terms.Add(Conjunction(inElement));
        while (_text.TryWord("or"));
        return Filter.Any(terms);
    }

    Filter Conjunction(bool inElement)
    {
        var first = Factor(inElement);
        if (!_text.TryWord("and")) return first;
        var terms = new List<Filter> { first };
        do terms.Add(Factor(inElement));
        while (_text.TryWord("and"));
        return Filter.All(terms);
    }

    Filter Factor(bool inElement)
    {
        var at = _text.Position;
        if (_text.TryWord("not"))
            return _text.TrySymbol('(') ? new Not(Enclosed(')', inElement)) { Position = at }
                : throw _text.Expected("\"(\" after \"not\", as in not (title pr)");
        if (_text.TrySymbol('(')) return Enclosed(')', inElement);
        return Term(inElement);
    }

    Filter Enclosed(char end, bool inElement)
    {
        if (++_depth > MaxDepth) throw _text.Refused($"The filter has more than {MaxDepth} levels of parentheses");
        var filter = Disjunction(inElement);
        if (!_text.TrySymbol(end)) throw _text.Expected($"\"and\", \"or\" or \"{end}\"");
        _depth--;
        return filter;
    }

    Filter Bracketed()
    {
        _text.TrySymbol('[');
        return Enclosed(']', inElement: true);
    }

    Filter Term(bool inElement)
    {
        var at = _text.Position;
        var path = Path();
        if (_text.Peek != '[') return Test(path, at);
        if (inElement) throw _text.Refused("A value path cannot stand inside another one");
        var inner = Bracketed();
        return new ValuePath(path, inner, After(path, inner)) { Position = at };
    }

    // Entra's forms after a value path, which the RFC's grammar has only in PATCH paths.
    Filter? After(AttributePath path, Filter inner)
    {
        var at = _text.Position;
        var sub = _text.TrySubName();
        if (sub is null && !_text.IsAtOperator) return null;
        FilterRepairs.Apply(_notes, FilterRepairs.AfterValuePath,
            $"At position {at} of the filter a comparison follows a value path; right would be {ScimReader.Shown($"{path}[{inner} and {sub ?? "value"} …]")}.");
        return Test(new AttributePath(null, sub ?? "value", null), at);
    }

    AttributePath Path()
    {
        var at = _text.Position;
        var word = _text.Word();
        if (word.ToLowerInvariant() is "" or "and" or "or" or "not") throw FilterLexer.Expected("an attribute, \"not\" or \"(\"", at);
        return AttributePath.TryParse(word, _type)
            ?? throw ScimException.InvalidFilter($"At position {at} of the filter \"{ScimReader.Shown(word)}\" is no attribute name; right would be, for example, userName or name.familyName.");
    }

    Filter Test(AttributePath path, int at)
    {
        if (++_terms > MaxTerms) throw _text.Refused($"The filter has more than {MaxTerms} comparisons");
        var place = _text.Position;
        var keyword = _text.Word();
        if (keyword.Equals("pr", StringComparison.OrdinalIgnoreCase)) return new Present(path) { Position = at };
        if (FilterOperators.Find(keyword) is not { } op) throw FilterLexer.Expected($"one of {FilterOperators.All} after \"{ScimReader.Shown(path.ToString())}\"", place);
        place = _text.Position;
        var (value, unquoted) = _text.Literal(_notes);
        return new Comparison(path, op, value) { Position = at, ValuePosition = place, Unquoted = unquoted };
    }
}

/// <summary>The path of a PATCH operation as written: an attribute, which of its elements, which part of those.</summary>
/// <remarks>Example: <c>emails[type eq "work"].value</c>.</remarks>
public sealed record ElementPath(AttributePath Path, Filter? Inner, string? SubName)
{
    /// <summary>The path as text, names as they were written.</summary>
    public override string ToString() => $"{Path}{(Inner is null ? "" : $"[{Inner}]")}{(SubName is null ? "" : $".{SubName}")}";
}
