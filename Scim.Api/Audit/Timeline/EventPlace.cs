using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Scim.Api.EventStore.Positions;

namespace Scim.Api.Audit.Timeline;

/// <summary>
/// Where an event stands among all events of its organization: the position of its command, and its place among the events
/// of that command. Written <c>epoch.position.place</c>; it never changes and is never another's.
/// </summary>
/// <remarks>Example: <c>1.4711.0</c>.</remarks>
internal readonly record struct EventPlace(long Position, int Place) : IComparable<EventPlace>
{
    /// <summary>Before every event of a position.</summary>
    internal static EventPlace Before(long position) => new(position, -1);

    public int CompareTo(EventPlace other) => (Position, Place).CompareTo((other.Position, other.Place));

    internal string ToString(int epoch) => string.Create(CultureInfo.InvariantCulture, $"{epoch}.{Position}.{Place}");

    /// <summary>Reads one together with the epoch that it was written in.</summary>
    internal static bool TryParse(string? text, [NotNullWhen(true)] out (Position Position, int Place)? found)
    {
        found = null;
        var dot = text?.LastIndexOf('.') ?? -1;
        if (dot < 0 || !EventStore.Positions.Position.TryParse(text![..dot], out var position) || !int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var place)) return false;
        found = (position.Value, place);
        return true;
    }
}
