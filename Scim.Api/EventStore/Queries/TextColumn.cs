using System.Text;
using Scim.Domain.Protocol.Filters;

namespace Scim.Api.EventStore.Queries;

/// <summary>
/// A text expression in comparisons by code point, which is <c>COLLATE "C"</c>, written so that an index on it serves.
/// </summary>
/// <param name="Sql">The expression; null where the attribute is absent.</param>
/// <param name="Prefixed">
/// Whether its indexes hold only the first <see cref="Prefix"/> characters, as of all text whose length has no bound: a
/// B-tree entry ends at 2,704 bytes.
/// </param>
sealed record TextColumn(string Sql, bool Prefixed = false)
{
    internal const int Prefix = 256;

    string Whole => $"({Sql}) collate \"C\"";

    string Left => $"left({Sql}, {Prefix}) collate \"C\"";

    /// <summary>The comparison; null where the attribute is absent, except that <c>ne</c> is true there.</summary>
    internal string Compare(FilterOperator op, string value, SqlParameters parameters) => op switch
    {
        FilterOperator.Eq => Equal(value, parameters),
        FilterOperator.Ne => $"{Whole} is distinct from {parameters.Text(value)}",
        FilterOperator.Co => $"{Whole} like {parameters.Text($"%{EscapeLike(value)}%")}",
        FilterOperator.Ew => $"{Whole} like {parameters.Text($"%{EscapeLike(value)}")}",
        FilterOperator.Sw => StartsWith(value, parameters),
        _ => Ordered(op, value, parameters),
    };

    /// <summary>The expressions to sort by, one after the other.</summary>
    internal IEnumerable<string> SortKeys => Prefixed ? [Left, Whole] : [Whole];

    string Equal(string value, SqlParameters parameters)
    {
        var whole = $"{Whole} = {parameters.Text(value)}";
        if (!Prefixed) return whole;
        return $"({Left} = {parameters.Text(Cut(value))} and {whole})";
    }

    string StartsWith(string value, SqlParameters parameters)
    {
        if (value.Length == 0) return $"{Sql} is not null";
        var cut = Cut(value);
        if (!Prefixed) return Range(Whole, value, parameters);
        if (cut.Length == value.Length) return Range(Left, value, parameters);
        return $"({Left} = {parameters.Text(cut)} and {Range(Whole, value, parameters)})";
    }

    string Ordered(FilterOperator op, string value, SqlParameters parameters)
    {
        var below = op is FilterOperator.Lt or FilterOperator.Le;
        var whole = $"{Whole} {SqlOperator(op)} {parameters.Text(value)}";
        return Prefixed ? $"({Left} {(below ? "<=" : ">=")} {parameters.Text(Cut(value))} and {whole})" : whole;
    }

    // By code point, the strings that begin with "ab" are those from "ab" to before "ac".
    static string Range(string sql, string prefix, SqlParameters parameters)
    {
        var from = $"{sql} >= {parameters.Text(prefix)}";
        return Successor(prefix) is { } end ? $"({from} and {sql} < {parameters.Text(end)})" : from;
    }

    static string? Successor(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToList();
        while (runes.Count > 0 && runes[^1].Value == 0x10ffff) runes.RemoveAt(runes.Count - 1);
        if (runes.Count == 0) return null;
        var next = runes[^1].Value + 1;
        runes[^1] = new Rune(next == 0xd800 ? 0xe000 : next); // surrogates are no characters
        return string.Concat(runes);
    }

    static string Cut(string value) => string.Concat(value.EnumerateRunes().Take(Prefix));

    static string EscapeLike(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);

    internal static string SqlOperator(FilterOperator op) => op switch
    {
        FilterOperator.Eq => "=",
        FilterOperator.Ne => "is distinct from",
        FilterOperator.Gt => ">",
        FilterOperator.Ge => ">=",
        FilterOperator.Lt => "<",
        FilterOperator.Le => "<=",
        _ => throw new InvalidOperationException($"{op} is an operator on text alone."),
    };
}
