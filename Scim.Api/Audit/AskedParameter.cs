using System.Globalization;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit;

/// <summary>Parameters of a query, each of which stands once or not at all.</summary>
internal static class AskedParameter
{
    /// <summary>The text; null where there is none.</summary>
    /// <exception cref="ScimException">400: it stands twice.</exception>
    internal static string? One(HttpContext http, string name)
    {
        var values = http.Request.Query[name];
        if (values.Count > 1) throw ScimException.BadRequest($"The parameter {name} stands twice.");
        return string.IsNullOrWhiteSpace(values.ToString()) ? null : values.ToString().Trim();
    }

    /// <summary>An id; null where there is none.</summary>
    /// <exception cref="ScimException">400: it is none in form.</exception>
    internal static Guid? Id(HttpContext http, string name) =>
        One(http, name) is not { } text ? null : Guid.TryParse(text, out var id) ? id : throw ScimException.BadRequest($"{name} is an id.");

    /// <summary>How many rows a page may have, by the parameter <c>count</c>.</summary>
    /// <exception cref="ScimException">400: it is none, or more than <paramref name="most"/>.</exception>
    internal static int Count(HttpContext http, int unlessSaid, int most) => One(http, "count") is not { } text ? unlessSaid
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1 && count <= most ? count : throw ScimException.BadRequest($"count is from 1 to {most}.");
}
