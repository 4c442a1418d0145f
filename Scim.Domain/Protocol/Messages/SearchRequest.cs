using Scim.Domain.Dialects;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Protocol.Messages;

/// <summary>A query that stands in a body, RFC 7644 §3.4.3: what the parameters of a GET say, which logs then do not see.</summary>
/// <param name="StartIndex">From 1, as sent; null when it is not.</param>
/// <param name="Count">As sent; null when it is not.</param>
/// <remarks>Example: <c>{"schemas":["…SearchRequest"],"filter":"userName sw \"b\"","attributes":["userName"],"count":10}</c>.</remarks>
public sealed record SearchRequest(string? Filter, string? SortBy, string? SortOrder, decimal? StartIndex, decimal? Count, IReadOnlyList<string>? Attributes, IReadOnlyList<string>? ExcludedAttributes)
{
    /// <summary>The URN of the message.</summary>
    public const string Urn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

    /// <summary>Reads a body.</summary>
    /// <exception cref="ScimException">400 <c>invalidValue</c>, naming the member and what would be right.</exception>
    public static SearchRequest Parse(ScimObject body, Notes notes)
    {
        var urns = body["schemas"] is ScimArray array ? array.Items : [body["schemas"] ?? ScimValue.Null];
        if (!urns.Any(u => string.Equals(u.AsString, Urn, StringComparison.OrdinalIgnoreCase))) Repairs.SearchUrnMissing.Note(notes, $"schemas lacks {Urn}.");
        foreach (var (name, value) in body.Members)
            if (name.ToLowerInvariant() is not ("schemas" or "filter" or "sortby" or "sortorder" or "startindex" or "count" or "attributes" or "excludedattributes")) notes.Unknown(name, value);
        return new(Text("filter"), Text("sortBy"), Text("sortOrder"), Number("startIndex"), Number("count"), Names("attributes"), Names("excludedAttributes"));

        string? Text(string name) => body[name] switch
        {
            null or ScimNull => null,
            ScimString { Value: var text } => string.IsNullOrWhiteSpace(text) ? null : text,
            _ => throw ScimException.InvalidValue($"{name} is a string."),
        };

        decimal? Number(string name) => body[name] switch
        {
            null or ScimNull => null,
            ScimNumber { Value: var number } when number == decimal.Truncate(number) => number,
            _ => throw ScimException.InvalidValue($"{name} must be an integer."),
        };

        IReadOnlyList<string>? Names(string name) => body[name] switch
        {
            null or ScimNull => null,
            ScimString text => text.Value.Split(','),
            ScimArray names when names.Items.All(n => n is ScimString) => [.. names.Items.Select(n => n.AsString!)],
            _ => throw ScimException.InvalidValue($"{name} is an array of strings such as [\"userName\"]."),
        };
    }
}
