namespace Scim.Api.Audit.Timeline;

/// <summary>Which events are asked for; all that is named must be true of an event.</summary>
internal sealed record TimelineFilter
{
    /// <summary>Everything.</summary>
    internal static TimelineFilter All { get; } = new();

    /// <summary>Events of one of these people, and those that put one of them into a group or took them out of it.</summary>
    internal IReadOnlyList<Guid>? People { get; init; }

    internal Guid? Group { get; init; }

    /// <summary>Pinned names.</summary>
    internal IReadOnlyList<string>? Types { get; init; }

    /// <summary>Any of these, as they stand on events; of none of them nothing is.</summary>
    internal IReadOnlyList<string>? Actors { get; init; }

    internal Guid? Request { get; init; }

    /// <summary>The first position.</summary>
    internal long First { get; init; }

    /// <summary>The last position.</summary>
    internal long Last { get; init; } = long.MaxValue - 1;

    /// <summary>The same as the database answers it, of an event that was read already.</summary>
    internal bool Matches(LiveEvent e) =>
        e.Place.Position >= First && e.Place.Position <= Last
        && (People is null || People.Any(p => p == e.Stream || e.Members.Contains(p)))
        && (Group is null || Group == e.Stream)
        && (Types is null || Types.Contains(e.Type))
        && (Actors is null || e.Actor is not null && Actors.Contains(e.Actor))
        && (Request is null || Request == e.Request);
}
