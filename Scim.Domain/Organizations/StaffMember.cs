using System.Text.Json.Serialization;

namespace Scim.Domain.Organizations;

/// <summary>Somebody who works in the Command Center of an organization; no person of its directory.</summary>
/// <param name="Email">How they are called and reached; null once it was erased.</param>
/// <param name="Role">One of <see cref="Roles.OfStaff"/>.</param>
/// <param name="JoinedAt">When they followed an invitation for the first time; null until then.</param>
/// <remarks>Example: <c>ada@example.com</c>, auditor, invited by the operator, joined a day later.</remarks>
public sealed record StaffMember(Guid Id, string? Email, string Role, DateTimeOffset InvitedAt, string? InvitedBy, DateTimeOffset? JoinedAt, DateTimeOffset? RemovedAt)
{
    /// <summary>The identity provider by which they come; null where it is none or not known yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] // states from before it was known stay as they are
    public string? Issuer { get; init; }

    /// <summary>What the identity provider calls them; null as well once it was erased.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Subject { get; init; }

    /// <summary>Whether they may sign in.</summary>
    public bool IsActive => JoinedAt is not null && RemovedAt is null;

    /// <summary><c>invited</c>, <c>active</c> or <c>removed</c>.</summary>
    public string Status => RemovedAt is not null ? "removed" : JoinedAt is null ? "invited" : "active";

    /// <summary>Whether the identity provider means them.</summary>
    public bool IsKnownAs(string issuer, string subject) => Subject is not null && Issuer == issuer && Subject == subject;

    /// <summary>Whether that address is theirs, in whichever case it is written.</summary>
    public bool IsCalled(string email) => string.Equals(Email, email, StringComparison.OrdinalIgnoreCase);
}
