using System.Buffers.Text;
using System.Text.Json;

namespace Scim.Api.EventStore.Queries;

/// <summary>Where a page of a sorted list ended: what its last row was sorted by, and its id.</summary>
/// <param name="Part">Rows of a later part stand behind all of an earlier one.</param>
/// <remarks>Written as base64url, so that it can stand in an address.</remarks>
internal sealed record KeyPlace(int Part, string Key, Guid Id)
{
    public override string ToString() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(this));

    /// <summary>Null for what is none.</summary>
    internal static KeyPlace? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > 4096 || !Base64Url.IsValid(text)) return null;
        try
        {
            return JsonSerializer.Deserialize<KeyPlace>(Base64Url.DecodeFromChars(text)) is { Key: { } key, Part: 0 or 1 } place && !key.Contains('\0', StringComparison.Ordinal) ? place : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A page of a list that is read by key, how many there are in all, and where the next page begins; null at the end.</summary>
/// <param name="IsMore">Whether there are more than the total says, who were not counted.</param>
internal sealed record KeyPage<T>(long Total, IReadOnlyList<T> Items, KeyPlace? Next, bool IsMore = false);
