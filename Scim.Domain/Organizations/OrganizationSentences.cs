using Scim.Domain.History;

namespace Scim.Domain.Organizations;

/// <summary>What happened to an organization as one sentence that needs no training; total over every event.</summary>
/// <remarks>Example: <c>The operator issued the token okta-2026, good until 2027-03-03.</c></remarks>
public static class OrganizationSentences
{
    /// <summary>The sentence.</summary>
    public static string Of(OrganizationEvent e, Telling telling) => Wording.Sentence(e is TokenExpired expired
        ? $"{Wording.Begin(telling.Labelled("token", expired.TokenId))} expired"
        : $"{telling.Subject} {Predicate(e, telling)}");

    /// <summary>The ids whose names the sentence asks for: a token's, a key's or a member's of staff.</summary>
    public static IEnumerable<Guid> Mentioned(OrganizationEvent e) => e switch
    {
        TokenExpired t => [t.TokenId],
        TokenRevoked t => [t.TokenId],
        TokenExtended t => [t.TokenId],
        KeyRevoked k => [k.KeyId],
        StaffInvitedAgain s => [s.StaffId],
        StaffPasskeyRemoved s => [s.StaffId],
        StaffIdentified s => [s.StaffId],
        StaffRoleChanged s => [s.StaffId],
        StaffRemoved s => [s.StaffId],
        _ => [],
    };

    static string Predicate(OrganizationEvent e, Telling telling) => e switch
    {
        OrganizationCreated c => $"created the organization {Wording.Plain(c.Name)}",
        DemonstrationDeclared => "declared the organization a demonstration, with people who are made up",
        TimeZoneChanged z => $"changed the time zone of the pages from {z.Before} to {z.After}",
        OrganizationRenamed r => $"renamed the organization {Wording.Quoted(r.Before)} to {Wording.Quoted(r.After)}",
        ScimEnabled => "switched provisioning on, so that the identity provider may change the directory",
        ScimDisabled => "switched provisioning off, so that the identity provider is refused",
        StrictModeEnabled => "switched strict mode on, so that mistakes of the identity provider are refused and no longer repaired",
        StrictModeDisabled => "switched strict mode off, so that known mistakes of the identity provider are repaired again",
        TokenIssued t => $"issued the token {Wording.Plain(t.Label)}, good until {Wording.Day(t.ExpiresAt)}",
        TokenExtended t => $"extended {telling.Labelled("token", t.TokenId)} until {Wording.Day(t.After)}",
        TokenRevoked t => $"revoked {telling.Labelled("token", t.TokenId)}",
        KeyIssued k => $"issued the key {Wording.Plain(k.Label)} with the role {k.Role}, good until {Wording.Day(k.ExpiresAt)}",
        KeyRevoked k => $"revoked {telling.Labelled("key", k.KeyId)}",
        StaffInvited s => $"invited {(s.Email.IsKnown ? Wording.Plain(s.Email.Value) : Wording.ErasedPerson)} to the staff with the role {s.Role}",
        StaffJoined => "joined the staff by an invitation",
        StaffInvitedAgain s => $"invited {telling.Person(s.StaffId)} again, by a link that registers one passkey more",
        FirstAdministratorJoined => "came first, by the link for whoever does, and is an administrator",
        StaffIdentified s => $"took note that {telling.Person(s.StaffId)} is an account of {Wording.Plain(s.Issuer)}, and takes no other for them",
        StaffPasskeyRemoved s => $"removed the passkey of {telling.Person(s.StaffId)} that was registered on {Wording.Day(s.RegisteredAt)}",
        StaffPasskeyRegistered => "registered one passkey more by an invitation",
        StaffRoleChanged s => $"changed the role of {telling.Person(s.StaffId)} from {s.Before} to {s.After}",
        StaffRemoved s => $"removed {telling.Person(s.StaffId)} from the staff",
        RequestLogRetentionChanged r => $"changed how long the provisioning log keeps what is personal from {r.Before} to {Wording.Count(r.After, "day", "days")}",
        _ => throw new InvalidOperationException($"No sentence tells {e.GetType().Name}."),
    };
}
