using System.Globalization;
using Scim.Domain.Protocol;

namespace Scim.Api.Provisioning;

/// <summary>The query parameters of RFC 7644 §3.4.2: names in any case, unknown ones ignored, a known one once.</summary>
internal sealed class ScimQuery(IQueryCollection query)
{
    internal const int DefaultCount = 100, MaxCount = 1000;

    internal string? Filter => One("filter");

    internal string? SortBy => One("sortBy");

    internal string? SortOrder => One("sortOrder");

    internal string? Attributes => One("attributes");

    internal string? ExcludedAttributes => One("excludedAttributes");

    /// <summary>From 1; whatever is below is 1.</summary>
    internal int StartIndex => Math.Max(1, Number("startIndex") ?? 1);

    /// <summary>At most so many; 0 only counts.</summary>
    internal int Count => Math.Clamp(Number("count") ?? DefaultCount, 0, MaxCount);

    string? One(string name)
    {
        var values = query[name];
        if (values.Count > 1) throw ScimException.BadRequest($"The parameter {name} stands twice.");
        return string.IsNullOrWhiteSpace(values.ToString()) ? null : values.ToString();
    }

    int? Number(string name)
    {
        if (One(name) is not { } text) return null;
        if (!System.Numerics.BigInteger.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw ScimException.InvalidValue($"The parameter {name} must be an integer.");
        return (int)System.Numerics.BigInteger.Max(int.MinValue, System.Numerics.BigInteger.Min(int.MaxValue, number));
    }
}
