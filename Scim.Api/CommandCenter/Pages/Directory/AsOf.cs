using System.Globalization;
using Scim.Api.Audit;
using Scim.Api.CommandCenter.Components;
using Scim.Api.EventStore.Positions;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Pages.Directory;

/// <summary>The moment that pages of the directory show: now, or an instant of the past by <c>at</c>.</summary>
/// <param name="Asked">What stands in the address; null for now.</param>
/// <param name="At">The instant of the past; null for now, and where what was asked is none.</param>
/// <param name="Position">The last position of it; 0 before the first event.</param>
/// <param name="Problem">Why it cannot be shown.</param>
internal sealed record AsOf(string? Asked, DateTimeOffset? At, long? Position, string? Problem)
{
    internal bool IsPast => At is not null;

    /// <summary>As links carry it.</summary>
    internal string? Text => At?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>A path of the directory with the moment in it, and with what else is asked; what is empty is left out.</summary>
    internal string Link(string path, params IEnumerable<(string Name, string? Value)> query)
    {
        (string Name, string? Value)[] all = [.. query, ("at", Text)];
        var parts = all.Where(q => !string.IsNullOrEmpty(q.Value)).Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value!)}").ToArray();
        return parts.Length == 0 ? path : $"{path}?{string.Join('&', parts)}";
    }

    /// <summary>Reads it as the API does, except that a time without a zone, as browsers send one that was picked, is of the organization's zone.</summary>
    internal static async Task<AsOf> Read(HttpContext http, Guid organization, Moments moments)
    {
        string? asked = null;
        try
        {
            asked = AskedParameter.One(http, "at");
            if (asked is null) return new(null, null, null, null);
            var instant = AskedMoment.Instant(PageZone.Of(http).Zoned(asked)!, "at");
            var position = await moments.At(organization, instant, http.RequestAborted);
            await moments.Written(organization, position, http.RequestAborted);
            return new(asked, instant.ToUniversalTime(), position, null);
        }
        catch (ScimException e) when (e.Status == 400)
        {
            return new(asked, null, null, e.Message);
        }
    }
}
