using System.Text.Json.Serialization;
using Scim.Domain.History;

namespace Scim.Domain.Organizations;

/// <summary>What can have happened to an organization. Of people it names only its staff, and seals what they are called; who did it is the event's actor.</summary>
public abstract record OrganizationEvent([property: JsonPropertyOrder(-1)] Guid OrganizationId);

/// <summary>The organization exists, with SCIM off.</summary>
public sealed record OrganizationCreated(Guid OrganizationId, string Name) : OrganizationEvent(OrganizationId);

/// <summary>Its people are made up, to be looked at: it may be removed with all that is known of it.</summary>
public sealed record DemonstrationDeclared(Guid OrganizationId) : OrganizationEvent(OrganizationId);

/// <summary>Its name changed.</summary>
public sealed record OrganizationRenamed(Guid OrganizationId, string Before, string After) : OrganizationEvent(OrganizationId);

/// <summary>Its identity provider may call.</summary>
public sealed record ScimEnabled(Guid OrganizationId) : OrganizationEvent(OrganizationId);

/// <summary>Its identity provider is refused with 403.</summary>
public sealed record ScimDisabled(Guid OrganizationId) : OrganizationEvent(OrganizationId);

/// <summary>Its identity provider is refused whatever others are forgiven.</summary>
public sealed record StrictModeEnabled(Guid OrganizationId) : OrganizationEvent(OrganizationId);

/// <summary>Its identity provider is forgiven again, by named repairs.</summary>
public sealed record StrictModeDisabled(Guid OrganizationId) : OrganizationEvent(OrganizationId);

/// <summary>A token was issued: shown once, kept as the SHA-256 of its text in base64.</summary>
public sealed record TokenIssued(Guid OrganizationId, Guid TokenId, string Label, string Hash, DateTimeOffset ExpiresAt) : OrganizationEvent(OrganizationId)
{
    /// <summary>The last characters of its text, of the checksum, by which people tell tokens apart; not known of the oldest.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? End { get; init; }
}

/// <summary>A token's time ended; noted by the service before another is issued.</summary>
public sealed record TokenExpired(Guid OrganizationId, Guid TokenId) : OrganizationEvent(OrganizationId);

/// <summary>A token was revoked and opens nothing from then on.</summary>
public sealed record TokenRevoked(Guid OrganizationId, Guid TokenId) : OrganizationEvent(OrganizationId);

/// <summary>A live token is good for longer than it was issued for.</summary>
public sealed record TokenExtended(Guid OrganizationId, Guid TokenId, DateTimeOffset Before, DateTimeOffset After) : OrganizationEvent(OrganizationId);

/// <summary>A key of the JSON API was issued, with one of <see cref="Roles.OfKeys"/>: shown once, kept as the SHA-256 of its text in base64.</summary>
public sealed record KeyIssued(Guid OrganizationId, Guid KeyId, string Label, string Role, string Hash, DateTimeOffset ExpiresAt) : OrganizationEvent(OrganizationId);

/// <summary>A key was revoked and opens nothing from then on.</summary>
public sealed record KeyRevoked(Guid OrganizationId, Guid KeyId) : OrganizationEvent(OrganizationId);

/// <summary>Its provisioning log keeps what is personal for another number of days.</summary>
public sealed record RequestLogRetentionChanged(Guid OrganizationId, int Before, int After) : OrganizationEvent(OrganizationId);

/// <summary>Its pages tell times of another zone, by the zone's name in the IANA time zone database.</summary>
public sealed record TimeZoneChanged(Guid OrganizationId, string Before, string After) : OrganizationEvent(OrganizationId);

/// <summary>Somebody was invited to its staff with one of <see cref="Roles.OfStaff"/>; the address is sealed under their own key.</summary>
public sealed record StaffInvited(Guid OrganizationId, Guid StaffId, string Role, Personal<string> Email) : OrganizationEvent(OrganizationId), IAboutPerson
{
    Guid IAboutPerson.PersonId => StaffId;
}

/// <summary>Who was invited proved themselves for the first time.</summary>
public sealed record StaffJoined(Guid OrganizationId, Guid StaffId) : OrganizationEvent(OrganizationId);

/// <summary>Nobody was there yet, and somebody came by the link for whoever is first: the administrator from whom all others come. The address is sealed under their own key.</summary>
public sealed record FirstAdministratorJoined(Guid OrganizationId, Guid StaffId, Personal<string> Email) : OrganizationEvent(OrganizationId), IAboutPerson
{
    Guid IAboutPerson.PersonId => StaffId;
}

/// <summary>
/// A member of its staff came by an identity provider, which is their only one from then on: its issuer, and the subject by which it calls them, sealed
/// under their own key (OpenID Connect Core 1.0 §2: no two people of an issuer ever have the same).
/// </summary>
public sealed record StaffIdentified(Guid OrganizationId, Guid StaffId, string Issuer, Personal<string> Subject) : OrganizationEvent(OrganizationId), IAboutPerson
{
    Guid IAboutPerson.PersonId => StaffId;
}

/// <summary>Who is invited or joined already was given a link once more, by which a passkey is registered.</summary>
public sealed record StaffInvitedAgain(Guid OrganizationId, Guid StaffId) : OrganizationEvent(OrganizationId);

/// <summary>A member of its staff registered one passkey more.</summary>
public sealed record StaffPasskeyRegistered(Guid OrganizationId, Guid StaffId) : OrganizationEvent(OrganizationId);

/// <summary>A passkey of a member of its staff, registered at that time, opens nothing any more.</summary>
public sealed record StaffPasskeyRemoved(Guid OrganizationId, Guid StaffId, DateTimeOffset RegisteredAt) : OrganizationEvent(OrganizationId);

/// <summary>A member of its staff may do other things from then on.</summary>
public sealed record StaffRoleChanged(Guid OrganizationId, Guid StaffId, string Before, string After) : OrganizationEvent(OrganizationId);

/// <summary>A member of its staff may do nothing from then on.</summary>
public sealed record StaffRemoved(Guid OrganizationId, Guid StaffId) : OrganizationEvent(OrganizationId);
