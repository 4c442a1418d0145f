using System.Globalization;
using System.Text;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Protocol.Filters;

/// <summary>The words, symbols and literals of a filter, one after the other. Runs of blanks count as one.</summary>
sealed class FilterLexer(string text)
{
    int _at = SkipBlanks(text, 0);

    /// <summary>The place of what comes next, from 1.</summary>
    internal int Position => _at + 1;

    internal bool AtEnd => _at >= text.Length;

    /// <summary>The next character, or U+0000 at the end.</summary>
    internal char Peek => AtEnd ? '\0' : text[_at];

    /// <summary>All that is left.</summary>
    internal string Rest => text[_at..];

    /// <summary>Whether a comparison goes on here, so that what stood before was its left side.</summary>
    internal bool IsAtOperator
    {
        get
        {
            var word = text[_at..WordEnd(_at)];
            return word.Equals("pr", StringComparison.OrdinalIgnoreCase) || FilterOperators.Find(word) is not null;
        }
    }

    internal void MoveTo(int index) => _at = index;

    internal bool TrySymbol(char symbol)
    {
        if (Peek != symbol) return false;
        _at = SkipBlanks(text, _at + 1);
        return true;
    }

    /// <summary>Takes the keyword, in any case, when it is the whole next word.</summary>
    internal bool TryWord(string keyword)
    {
        var end = WordEnd(_at);
        if (!text.AsSpan(_at, end - _at).Equals(keyword, StringComparison.OrdinalIgnoreCase)) return false;
        _at = SkipBlanks(text, end);
        return true;
    }

    /// <summary>Takes what stands up to a blank, bracket or quotation mark; empty when there is nothing.</summary>
    internal string Word()
    {
        var end = WordEnd(_at);
        var word = text[_at..end];
        _at = SkipBlanks(text, end);
        return word;
    }

    /// <summary>Takes ".name" as it stands directly after a value path; null when there is none.</summary>
    internal string? TrySubName()
    {
        if (Peek != '.') return null;
        var end = WordEnd(_at);
        var name = text[(_at + 1)..end];
        if (name.Length == 0 || !AttributeNameIsPlain(name)) throw Expected("the name of a sub-attribute after \".\"", _at + 2);
        _at = SkipBlanks(text, end);
        return name;
    }

    /// <summary>Takes a literal: a JSON value that is no array or object (RFC 7644 §3.4.2.2), or Entra's text without quotation marks.</summary>
    internal (ScimValue Value, string? Unquoted) Literal(Notes notes)
    {
        if (Peek == '"') return (ScimValue.Of(Text()), null);
        var place = Position;
        var word = Word();
        return word switch
        {
            "" => throw Expected("a value after the operator, such as \"bjensen\", true, 5 or null", place),
            "null" => (ScimValue.Null, word),
            "true" => (ScimValue.True, word),
            "false" => (ScimValue.False, word),
            _ when Number(word) is { } number => (number, word),
            _ => (Unquoted(word, place, notes), word),
        };
    }

    static ScimValue Unquoted(string word, int place, Notes notes)
    {
        CheckText(word, place);
        FilterRepairs.Apply(notes, FilterRepairs.Unquoted,
            $"At position {place} of the filter stands a value without quotation marks; right would be {ScimReader.Shown(ScimValue.Of(word).ToString())}.");
        return ScimValue.Of(word);
    }

    // JSON's number (RFC 8259 section 6), as far as a decimal holds it exactly; anything else that begins like one is text.
    static ScimValue? Number(string word)
    {
        if (word.Length > 40 || !(char.IsAsciiDigit(word[0]) || word[0] == '-')) return null;
        try
        {
            return ScimReader.Read(Encoding.UTF8.GetBytes(word)) as ScimNumber;
        }
        catch (ScimException)
        {
            return null;
        }
    }

    string Text()
    {
        var start = _at;
        var result = new StringBuilder();
        for (var i = _at + 1; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"')
            {
                var value = result.ToString();
                CheckText(value, start + 1);
                _at = SkipBlanks(text, i + 1);
                return value;
            }
            if (c < ' ') throw At("A string holds a control character, which JSON writes as \\u and four digits", i + 1);
            result.Append(c == '\\' ? Escape(ref i) : c);
        }
        throw At("A string has no closing quotation mark", start + 1);
    }

    char Escape(ref int i)
    {
        var at = i++;
        switch (i < text.Length ? text[i] : '\0')
        {
            case '"': return '"';
            case '\\': return '\\';
            case '/': return '/';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u' when i + 4 < text.Length
                && ushort.TryParse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                i += 4;
                return (char)code;
            default: throw At("A string holds a backslash that begins no escape of JSON; a backslash itself is written \\\\", at + 1);
        }
    }

    static void CheckText(string value, int place)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\0') throw At("A value holds the character U+0000, which no attribute can hold", place);
            if (!char.IsSurrogate(value[i])) continue;
            if (!char.IsSurrogatePair(value, i)) throw At("A value is not well-formed Unicode: it holds a lone surrogate", place);
            i++;
        }
    }

    internal void ExpectEnd(string what)
    {
        if (!AtEnd) throw Expected(what);
    }

    internal ScimException Expected(string what) => Expected(what, Position);

    internal static ScimException Expected(string what, int position) =>
        ScimException.InvalidFilter($"The filter cannot be read at position {position}: expected {what}.");

    internal ScimException Refused(string what) => At(what, Position);

    static ScimException At(string what, int position) => ScimException.InvalidFilter($"{what}, at position {position} of the filter.");

    static bool AttributeNameIsPlain(string name) =>
        name.TrimStart('$').Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '$');

    int WordEnd(int from)
    {
        var i = from;
        while (i < text.Length && !IsBlank(text[i]) && text[i] is not ('(' or ')' or '[' or ']' or '"')) i++;
        return i;
    }

    static int SkipBlanks(string text, int from)
    {
        while (from < text.Length && IsBlank(text[from])) from++;
        return from;
    }

    static bool IsBlank(char c) => c is ' ' or '\t' or '\r' or '\n';
}
