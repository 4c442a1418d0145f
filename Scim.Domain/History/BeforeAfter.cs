using Scim.Domain.Protocol.Json;

namespace Scim.Domain.History;

/// <summary>One value that an event changed, old and new, for those who compare rather than read.</summary>
/// <param name="Path">The attribute's path, or the name of a state beside the resource: <c>suspended</c>, <c>scimEnabled</c>.</param>
/// <param name="Then">The value before; null when it was unassigned or is erased.</param>
/// <param name="Now">The value after; null when it is unassigned or erased.</param>
/// <param name="IsErased">Whether both can be read no more.</param>
/// <remarks>Example: <c>title</c>, <c>"Guide"</c>, <c>"Lead"</c>.</remarks>
public sealed record BeforeAfter(string Path, ScimValue? Then, ScimValue? Now, bool IsErased = false)
{
    /// <summary>A switch that was turned.</summary>
    internal static BeforeAfter Turned(string path, bool to) => new(path, ScimValue.Of(!to), ScimValue.Of(to));

    /// <summary>Attributes by their paths; the change is null when it was erased.</summary>
    internal static IReadOnlyList<BeforeAfter> Of(IReadOnlyList<string> paths, AttributeChange? change) =>
        [.. paths.Select(p => new BeforeAfter(p, change?.Before[p], change?.After[p], change is null))];
}
