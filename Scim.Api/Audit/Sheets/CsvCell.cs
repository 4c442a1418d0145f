using System.Buffers;

namespace Scim.Api.Audit.Sheets;

/// <summary>
/// A cell of comma-separated values. What a spreadsheet would take for a formula begins with an apostrophe, which makes it text;
/// whole numbers stay numbers.
/// </summary>
/// <remarks>Example: <c>=HYPERLINK("x")</c> becomes <c>"'=HYPERLINK(""x"")"</c>.</remarks>
internal static class CsvCell
{
    // The last four are the full-width forms, which some programs read as the others.
    static readonly SearchValues<char> Formulas = SearchValues.Create("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20");

    static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    internal static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var safe = IsFormula(text) ? "'" + text : text;
        return safe.AsSpan().ContainsAny(Quoted) || char.IsWhiteSpace(safe[0]) || char.IsWhiteSpace(safe[^1]) ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    // White space before it is passed over by those who trim.
    static bool IsFormula(string text)
    {
        if (Formulas.Contains(text[0])) return !IsNumber(text);
        var rest = text.AsSpan().TrimStart();
        return rest.Length > 0 && rest.Length < text.Length && Formulas.Contains(rest[0]);
    }

    static bool IsNumber(string text) => text[0] == '-' && text.Length > 1 && text.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
}
