using System.Text.Json.Serialization;

namespace Scim.Api.Audit.Replay;

/// <summary>Where a run is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReplayState>))]
internal enum ReplayState
{
    /// <summary>Under way, or waiting for a node that goes on with it.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>Come to its end.</summary>
    [JsonStringEnumMemberName("done")] Done,

    /// <summary>Somebody ended it.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled,

    /// <summary>It could not go on.</summary>
    [JsonStringEnumMemberName("failed")] Failed,
}

/// <summary>One run over an organization, as it is stored after each part of the walk.</summary>
/// <param name="By">Who asked for it.</param>
/// <param name="To">The position up to which it looks; null for all there is.</param>
/// <param name="Next">The stream with which the walk goes on.</param>
/// <param name="Total">How many events there were when it began.</param>
/// <param name="Worked">For how long it worked, on whichever nodes.</param>
internal sealed record ReplayRun(Guid Organization, Guid Id, ReplayState State, string By, bool Repair, long? To, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, Guid Next,
    long Streams, long Events, long Total, TimeSpan Worked, long Found, long Repaired, string? Failure)
{
    /// <summary>How many differences of a run are kept; all are counted.</summary>
    internal const int Kept = 1_000;

    internal long PerSecond => Worked > TimeSpan.Zero ? (long)(Events / Worked.TotalSeconds) : 0;

    /// <summary>Seconds until its end, as it goes; null before it can be said.</summary>
    internal long? Remaining => State == ReplayState.Running && PerSecond > 0 ? Math.Max(0, Total - Events) / PerSecond : null;

    /// <summary>Whether there is nothing that departs from the history, or no longer.</summary>
    internal bool IsIdentical => State == ReplayState.Done && Found == Repaired;
}
