using Scim.Domain.Protocol.Json;

namespace Scim.Api.Audit.Causes;

/// <summary>What there is to say of whom was asked about.</summary>
/// <param name="People">Everybody who was ever known so, at most ten.</param>
/// <param name="Refused">The last request that named whom was asked about and was refused; null where there is none.</param>
internal sealed record Explanation(string Sentence, IReadOnlyList<ExplainedPerson> People, RefusedRequest? Refused);

/// <summary>One person, and why everything is as it is.</summary>
/// <param name="Status"><c>active</c>, <c>inactive</c>, <c>suspended</c>, <c>deleted</c> or <c>erased</c>.</param>
internal sealed record ExplainedPerson(Guid Id, string? Name, string Status, bool Access, string Sentence, IReadOnlyList<ExplainedValue> Values, IReadOnlyList<ExplainedMembership> Memberships)
{
    /// <summary>Who spoke of the person last by a token, as <see cref="Domain.Dialects.Provider"/> tells them apart; for pages alone.</summary>
    internal string? Provider { get; init; }
}

/// <summary>One thing that is so: access, active, suspended, or an attribute, and the event that made it so. Nothing since has changed it.</summary>
internal sealed record ExplainedValue(string Path, ScimValue Value, bool Erased, string Sentence, ExplainingEvent Event);

/// <summary>A group that the person is in now; the event only of a direct membership.</summary>
internal sealed record ExplainedMembership(Guid Group, string? Name, string Type, ExplainingEvent? Event);

/// <summary>An event of the timeline.</summary>
/// <param name="Id">As the timeline has it.</param>
internal sealed record ExplainingEvent(string? Id, string Type, DateTimeOffset At, string Actor, string? Request, string? RequestLink);

/// <summary>A request that was refused.</summary>
internal sealed record RefusedRequest(Guid Id, DateTimeOffset At, int Status, string? ScimType, string? Sentence, string? Detail, string? Next, string Link);
