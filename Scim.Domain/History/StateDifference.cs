using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.History;

/// <summary>The kinds of difference between two states of a person or a group, in the order in which they are told.</summary>
public enum DifferenceKind
{
    /// <summary>It was not there then; of a person, <c>active</c> is said.</summary>
    Arrived,

    /// <summary>It is there no more; of a person, what <c>active</c> was is said.</summary>
    Left,

    /// <summary>SCIM's <c>active</c> became false.</summary>
    Deactivated,

    /// <summary>SCIM's <c>active</c> became true.</summary>
    Reactivated,

    /// <summary>An administrator shut the person out.</summary>
    Suspended,

    /// <summary>The suspension was lifted.</summary>
    SuspensionLifted,

    /// <summary>The userName of a person or the displayName of a group changed.</summary>
    Renamed,

    /// <summary>Another attribute changed.</summary>
    Attribute,
}

/// <summary>One difference between two states of a person or a group.</summary>
/// <param name="Path">The attribute's path or <c>suspended</c>; null where the kind says it all, as of a group that came.</param>
/// <param name="Then">The value in the earlier state, or null.</param>
/// <param name="Now">The value in the later state, or null.</param>
/// <remarks>Example: <c>Attribute</c>, <c>title</c>, <c>"Guide"</c>, <c>"Lead"</c>.</remarks>
public sealed record StateDifference(DifferenceKind Kind, string? Path = null, ScimValue? Then = null, ScimValue? Now = null)
{
    /// <summary>The name when it differs, then the attributes but those <paramref name="apart"/>, in the schema's order.</summary>
    internal static IEnumerable<StateDifference> Of(string name, ScimObject then, ScimObject now, ResourceType type, params string[] apart)
    {
        if (!Equals(then[name], now[name])) yield return new(DifferenceKind.Renamed, name, then[name], now[name]);
        if (Difference.Between(then, now, type, [name, .. apart]) is not var (paths, change)) yield break;
        foreach (var path in paths) yield return new(DifferenceKind.Attribute, path, change.Before[path], change.After[path]);
    }
}
