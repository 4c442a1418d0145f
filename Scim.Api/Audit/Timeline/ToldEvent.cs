using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Scim.Domain.Protocol.Json;

namespace Scim.Api.Audit.Timeline;

/// <summary>An event as auditors read it: the sentence first, then everything that it says as data.</summary>
/// <param name="Id">Its <see cref="EventPlace"/>.</param>
/// <param name="Request">The request that caused it; where an identity provider sent it, <paramref name="RequestLink"/> leads to it.</param>
/// <param name="Repairs">What the request was forgiven.</param>
/// <param name="Unmapped">Attributes of the request that no schema knows.</param>
internal sealed record ToldEvent(string Id, string Position, DateTimeOffset At, string Sentence, string Type, ToldSubject Subject, ToldActor Actor, IReadOnlyList<ToldChange> Changes,
    string? Request, string? RequestLink, string? ProviderRequest, string? Address, string? Agent, IReadOnlyList<string> Repairs, IReadOnlyList<string> Unmapped,
    Guid EventId, Guid Stream, long Version, JsonNode? Data);

/// <summary>Whom or what an event is about, by the name of that time.</summary>
/// <param name="Type"><c>User</c>, <c>Group</c> or <c>Organization</c>.</param>
internal sealed record ToldSubject(string Type, Guid Id, string? Name, bool Erased);

/// <summary>Who did it.</summary>
/// <param name="Kind"><c>token</c>, <c>key</c>, <c>admin</c>, <c>operator</c>, <c>system</c>, <c>signIn</c>, or <c>unknown</c>.</param>
/// <param name="Name">As sentences begin: <c>Okta (token okta-2026)</c>.</param>
internal sealed record ToldActor(string Kind, string? Id, string? Label, string Name);

/// <summary>One value that changed; both are null and <paramref name="Erased"/> is true where they can be read no more.</summary>
internal sealed record ToldChange(string Path, ScimValue Then, ScimValue Now, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Erased);

/// <summary>A page of the timeline.</summary>
/// <param name="Next">What to send as <c>cursor</c> for the page after it; null at the end.</param>
/// <param name="Position">Up to which position the history was looked at.</param>
internal sealed record ToldPage(IReadOnlyList<ToldEvent> Events, string? Next, string Position);
