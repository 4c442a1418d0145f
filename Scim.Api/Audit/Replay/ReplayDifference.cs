using System.Text.Json.Serialization;

namespace Scim.Api.Audit.Replay;

/// <summary>How what is stored departs from what the history makes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReplayDifferenceKind>))]
internal enum ReplayDifferenceKind
{
    /// <summary>The history has it, the directory has not.</summary>
    [JsonStringEnumMemberName("missing")] Missing,

    /// <summary>The directory has it, the history has not.</summary>
    [JsonStringEnumMemberName("surplus")] Surplus,

    /// <summary>Both have it, and it is not the same.</summary>
    [JsonStringEnumMemberName("differs")] Differs,

    /// <summary>The history itself does not follow; nothing can be made of it from there on.</summary>
    [JsonStringEnumMemberName("broken")] Broken,
}

/// <summary>What of a stream was compared.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReplayPart>))]
internal enum ReplayPart
{
    /// <summary>The events' chain and the stream's own row.</summary>
    [JsonStringEnumMemberName("history")] History,

    /// <summary>The row of its command in the log of commits.</summary>
    [JsonStringEnumMemberName("commit")] Commit,

    /// <summary>The person, group or organization as it is.</summary>
    [JsonStringEnumMemberName("resource")] Resource,

    /// <summary>A membership as it is.</summary>
    [JsonStringEnumMemberName("membership")] Membership,

    /// <summary>A person or group as it was.</summary>
    [JsonStringEnumMemberName("resourceVersion")] ResourceVersion,

    /// <summary>A membership as it was.</summary>
    [JsonStringEnumMemberName("membershipVersion")] MembershipVersion,

    /// <summary>A name by which a person was known.</summary>
    [JsonStringEnumMemberName("name")] Name,

    /// <summary>An event at its position.</summary>
    [JsonStringEnumMemberName("timeline")] Timeline,
}

/// <summary>An event as it is named in a report.</summary>
internal sealed record EventName(Guid Id, string Type);

/// <summary>One difference between the history and what is stored beside it: ids and paths, never values.</summary>
/// <param name="Type">User, Group or Organization, as far as it is known.</param>
/// <param name="Id">The stream's id, which is the resource's.</param>
/// <param name="Version">The version of the stream: its last, or the one that does not follow.</param>
/// <param name="Paths">What differs: <c>data.resource.title</c>, <c>user_name_key</c>; or in words what is broken.</param>
/// <param name="Events">The last events that make what is expected.</param>
internal sealed record ReplayDifference(ReplayDifferenceKind Kind, ReplayPart Part, string? Type, Guid Id, long? Version, IReadOnlyList<string> Paths, IReadOnlyList<EventName> Events)
{
    /// <summary>The member, where a membership is meant.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? Member { get; init; }

    /// <summary>From which position, where a version is meant.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Position { get; init; }

    /// <summary>Whether it was put right.</summary>
    public bool Repaired { get; init; }

    /// <summary>Whether it can be: the history says what must stand there.</summary>
    [JsonIgnore]
    internal bool IsRepairable => Kind != ReplayDifferenceKind.Broken && Part is not (ReplayPart.History or ReplayPart.Commit);

    /// <summary>In one line: <c>User 0193… resource differs: data.resource.title (version 2)</c>.</summary>
    public override string ToString() =>
        $"{Type ?? "Stream"} {Id:D} {PartWord} {Kind.ToString().ToLowerInvariant()}{(Member is { } member ? $" {member:D}" : "")}{(Position is { } at ? FormattableString.Invariant($" from position {at}") : "")}" +
        $"{(Paths.Count > 0 ? ": " + string.Join(", ", Paths) : "")}{(Version is { } version ? FormattableString.Invariant($" (version {version})") : "")}{(Repaired ? " - repaired" : "")}";

    string PartWord => Part switch { ReplayPart.ResourceVersion => "resource version", ReplayPart.MembershipVersion => "membership version", _ => Part.ToString().ToLowerInvariant() };
}
