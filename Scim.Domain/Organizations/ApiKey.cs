namespace Scim.Domain.Organizations;

/// <summary>A key that opens the JSON API for its organization, as far as its role reaches; only its hash is known.</summary>
/// <remarks>Example: "SIEM", an <c>auditor</c>, live until 2027-03-01.</remarks>
public sealed record ApiKey(Guid Id, string Label, string Role, string Hash, DateTimeOffset CreatedAt, string? CreatedBy, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt)
{
    /// <summary>Whether it opens the door at that instant.</summary>
    public bool IsLive(DateTimeOffset now) => RevokedAt is null && now < ExpiresAt;

    /// <summary><c>live</c>, <c>expired</c> or <c>revoked</c> at that instant.</summary>
    public string StatusAt(DateTimeOffset now) => RevokedAt is not null ? "revoked" : IsLive(now) ? "live" : "expired";
}
