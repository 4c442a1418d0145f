using System.Text.Json.Serialization;
using Scim.Domain.History;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Users;

/// <summary>
/// What can have happened to a person. Stored for ever: ids, sources and attribute paths open, values sealed under the
/// person's key. <c>Label</c> is the name by which people knew the person after the event (displayName, else userName).
/// </summary>
public abstract record UserEvent([property: JsonPropertyOrder(-1)] Guid UserId) : IAboutPerson
{
    Guid IAboutPerson.PersonId => UserId;
}

/// <summary>The person entered the directory; <c>active</c> stands open, the rest of the resource sealed.</summary>
public sealed record UserProvisioned(Guid UserId, string Source, bool Active, Personal<ScimObject> Resource, Personal<string> Label) : UserEvent(UserId);

/// <summary>The userName changed, be it only in case.</summary>
public sealed record UserRenamed(Guid UserId, string Source, Personal<string> Before, Personal<string> After, Personal<string> Label) : UserEvent(UserId);

/// <summary>Attributes other than userName and active changed: the paths open, their values before and after sealed.</summary>
public sealed record UserAttributesChanged(Guid UserId, string Source, IReadOnlyList<string> Paths, Personal<AttributeChange> Change, Personal<string> Label) : UserEvent(UserId);

/// <summary>SCIM's <c>active</c> became false.</summary>
public sealed record UserDeactivated(Guid UserId, string Source, Personal<string> Label) : UserEvent(UserId);

/// <summary>SCIM's <c>active</c> became true again; a released userName is taken again.</summary>
public sealed record UserReactivated(Guid UserId, string Source, Personal<string> Label) : UserEvent(UserId);

/// <summary>An administrator shut the person out, whatever SCIM says.</summary>
public sealed record UserSuspended(Guid UserId, string Source, Personal<string> Reason, Personal<string> Label) : UserEvent(UserId);

/// <summary>An administrator lifted the suspension; SCIM's word counts again.</summary>
public sealed record UserSuspensionLifted(Guid UserId, string Source, Personal<string> Label) : UserEvent(UserId)
{
    /// <summary>Why; null where nobody was asked, as before it was known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Personal<string>? Reason { get; init; }
}

/// <summary>The userName of a deactivated person may be given to another; the person keeps the attribute.</summary>
public sealed record UserNameReleased(Guid UserId, string Source, Personal<string> Label) : UserEvent(UserId);

/// <summary>The person left the directory; the userName is free, the id never returns.</summary>
public sealed record UserDeleted(Guid UserId, string Source, Personal<string> Label) : UserEvent(UserId);

/// <summary>The person's key was destroyed: everything sealed about them reads as erased.</summary>
public sealed record UserErased(Guid UserId, string Source, string Reason) : UserEvent(UserId);
