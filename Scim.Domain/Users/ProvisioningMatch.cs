using Scim.Domain.Protocol;

namespace Scim.Domain.Users;

/// <summary>Somebody whom the userName or the externalId of a POST may mean.</summary>
public sealed record Candidate(Guid Id, bool HoldsUserName, string? ExternalId, bool Active, bool Suspended, bool ProvisionedByScim, DateTimeOffset? DeactivatedAt);

/// <summary>
/// Whom a POST means (RFC 7644 §3.3 says 409 for somebody who exists; identity providers reassign people by POST). One
/// list of cases, in order; see the cases' table in the tests.
/// </summary>
public static class ProvisioningMatch
{
    /// <summary>The id of the inactive person whom the POST brings back, or null when it makes a new one.</summary>
    /// <param name="candidates">Everybody who holds the userName or has the externalId.</param>
    /// <param name="externalId">The body's, or null.</param>
    /// <param name="active">The body's word; omitted is true.</param>
    /// <exception cref="ScimException">409 <c>uniqueness</c> saying which case.</exception>
    public static Guid? Find(IReadOnlyCollection<Candidate> candidates, string? externalId, bool active)
    {
        var holder = candidates.SingleOrDefault(c => c.HoldsUserName);
        if (holder is { Active: true, Suspended: false }) throw ScimException.Uniqueness("The userName is held by another person of this organization.");

        var sameExternalId = candidates.Where(c => externalId is not null && c.ExternalId == externalId).ToArray();
        if (holder is { Suspended: true }) throw Suspended("userName");
        if (sameExternalId.Any(c => c.Suspended)) throw Suspended("externalId");
        var meant = sameExternalId.Where(c => !c.Active).OrderByDescending(c => c.HoldsUserName).ThenByDescending(c => c.DeactivatedAt).ThenBy(c => c.Id).FirstOrDefault();
        if (!active && holder is not null) throw Inactive("userName");
        if (!active && meant is not null) throw Inactive("externalId");

        if (meant is not null) return holder is null || holder.Id == meant.Id ? meant.Id : throw HeldByDeactivated();
        if (holder is null) return null;
        return externalId is null || holder.ExternalId is null ? holder.Id : throw HeldByDeactivated(); // else a namesake
    }

    /// <summary>Refuses a userName that a deactivated person holds; nobody is ever merged.</summary>
    public static ScimException HeldByDeactivated() =>
        new(409, "uniqueness", "The userName is held by a deactivated person of this organization. Reactivate that person, or give this one another userName.") { Kind = ErrorKind.HeldByDeactivated };

    static ScimException Suspended(string attribute) =>
        new(409, "uniqueness", $"The {attribute} belongs to a person whom an administrator has suspended. An administrator must lift the suspension first.") { Kind = ErrorKind.HeldBySuspended };

    static ScimException Inactive(string attribute) =>
        ScimException.Uniqueness($"The {attribute} belongs to a deactivated person, and this request says active: false; it would change nothing.");
}
