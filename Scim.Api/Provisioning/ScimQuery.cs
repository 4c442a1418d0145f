using System.Globalization;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Messages;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.Provisioning;

/// <summary>
/// A query of RFC 7644 §3.4.2: parameters of the URL, names in any case, unknown ones ignored, a known one once; or the
/// body of a search.
/// </summary>
internal sealed class ScimQuery
{
    internal const int DefaultCount = 100, MaxCount = 1000;

    readonly IEnumerable<string>? _attributes, _excludedAttributes;

    internal ScimQuery(IQueryCollection query)
    {
        (Filter, SortBy, SortOrder) = (One("filter"), One("sortBy"), One("sortOrder"));
        (_attributes, _excludedAttributes) = (One("attributes")?.Split(','), One("excludedAttributes")?.Split(','));
        (StartIndex, Count) = Bounded(Number("startIndex"), Number("count"));

        string? One(string name)
        {
            var values = query[name];
            if (values.Count > 1) throw ScimException.BadRequest($"The parameter {name} stands twice.");
            return string.IsNullOrWhiteSpace(values.ToString()) ? null : values.ToString();
        }

        System.Numerics.BigInteger? Number(string name)
        {
            if (One(name) is not { } text) return null;
            return System.Numerics.BigInteger.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number : throw ScimException.InvalidValue($"The parameter {name} must be an integer.");
        }
    }

    internal ScimQuery(ScimObject body, Notes notes)
    {
        var search = SearchRequest.Parse(body, notes);
        (Filter, SortBy, SortOrder, _attributes, _excludedAttributes) = (search.Filter, search.SortBy, search.SortOrder, search.Attributes, search.ExcludedAttributes);
        (StartIndex, Count) = Bounded((System.Numerics.BigInteger?)search.StartIndex, (System.Numerics.BigInteger?)search.Count);
    }

    internal string? Filter { get; }

    internal string? SortBy { get; }

    internal string? SortOrder { get; }

    /// <summary>From 1; whatever is below is 1.</summary>
    internal int StartIndex { get; }

    /// <summary>At most so many; 0 only counts.</summary>
    internal int Count { get; }

    /// <summary>What of resources of that type is asked for.</summary>
    internal Projection Projection(ResourceType type) => Domain.Protocol.Messages.Projection.Parse(_attributes, _excludedAttributes, type);

    static (int StartIndex, int Count) Bounded(System.Numerics.BigInteger? startIndex, System.Numerics.BigInteger? count) =>
        ((int)Within(startIndex ?? 1, 1, int.MaxValue), (int)Within(count ?? DefaultCount, 0, MaxCount));

    static System.Numerics.BigInteger Within(System.Numerics.BigInteger number, int least, int most) => System.Numerics.BigInteger.Max(least, System.Numerics.BigInteger.Min(most, number));
}
