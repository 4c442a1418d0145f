namespace Scim.Domain.Organizations;

/// <summary>Somebody who works in the Command Center of an organization; no person of its directory.</summary>
/// <param name="Email">How they are called and reached; null once it was erased.</param>
/// <param name="Role">One of <see cref="Roles.OfStaff"/>.</param>
/// <param name="JoinedAt">When they followed an invitation for the first time; null until then.</param>
/// <remarks>Example: <c>ada@example.com</c>, auditor, invited by the operator, joined a day later.</remarks>
public sealed record StaffMember(Guid Id, string? Email, string Role, DateTimeOffset InvitedAt, string? InvitedBy, DateTimeOffset? JoinedAt, DateTimeOffset? RemovedAt)
{
    /// <summary>Whether they may sign in.</summary>
    public bool IsActive => JoinedAt is not null && RemovedAt is null;

    /// <summary><c>invited</c>, <c>active</c> or <c>removed</c>.</summary>
    public string Status => RemovedAt is not null ? "removed" : JoinedAt is null ? "invited" : "active";

    /// <summary>Whether that address is theirs, in whichever case it is written.</summary>
    public bool IsCalled(string email) => string.Equals(Email, email, StringComparison.OrdinalIgnoreCase);
}
