using Scim.Domain.Protocol;

namespace Scim.Domain.Organizations;

/// <summary>What can be asked of an organization's stream.</summary>
public abstract record OrganizationCommand;

/// <summary>Creates it, with SCIM off.</summary>
public sealed record CreateOrganization(Guid OrganizationId, string Name) : OrganizationCommand;

/// <summary>Gives it another name.</summary>
public sealed record RenameOrganization(string Name) : OrganizationCommand;

/// <summary>Switches SCIM on or off.</summary>
public sealed record SwitchScim(bool Enabled) : OrganizationCommand;

/// <summary>Switches strict mode on or off.</summary>
public sealed record SwitchStrictMode(bool Enabled) : OrganizationCommand;

/// <summary>Issues a token whose hash this is.</summary>
public sealed record IssueToken(Guid TokenId, string Label, string Hash, DateTimeOffset ExpiresAt) : OrganizationCommand
{
    /// <summary>The last characters of its text.</summary>
    public string? End { get; init; }
}

/// <summary>Revokes a token; one that has lapsed is revoked as well, so that nobody wonders.</summary>
public sealed record RevokeToken(Guid TokenId) : OrganizationCommand;

/// <summary>Lets a live token be good until then; one that has lapsed stays so.</summary>
public sealed record ExtendToken(Guid TokenId, DateTimeOffset ExpiresAt) : OrganizationCommand;

/// <summary>Issues a key of the JSON API whose hash this is.</summary>
public sealed record IssueKey(Guid KeyId, string Label, string Role, string Hash, DateTimeOffset ExpiresAt) : OrganizationCommand;

/// <summary>Revokes a key; one that has lapsed too, as with tokens.</summary>
public sealed record RevokeKey(Guid KeyId) : OrganizationCommand;

/// <summary>Invites somebody to the staff. Who is there already, or invited, stays who they are.</summary>
public sealed record InviteStaff(Guid StaffId, string Email, string Role) : OrganizationCommand;

/// <summary>Who was invited proved themselves.</summary>
public sealed record JoinStaff(Guid StaffId) : OrganizationCommand;

/// <summary>Lets in whoever comes first, as administrator; whoever was invited before them under that id has joined by it.</summary>
public sealed record JoinFirst(Guid StaffId, string Email) : OrganizationCommand;

/// <summary>Knows a member from then on by what their identity provider calls them.</summary>
public sealed record IdentifyStaff(Guid StaffId, string Issuer, string Subject) : OrganizationCommand;

/// <summary>Takes a passkey from a member, which was registered at that time.</summary>
public sealed record RemoveStaffPasskey(Guid StaffId, DateTimeOffset RegisteredAt) : OrganizationCommand;

/// <summary>Gives who is invited or joined already a link once more.</summary>
public sealed record InviteStaffAgain(Guid StaffId) : OrganizationCommand;

/// <summary>Who had joined before registers one passkey more.</summary>
public sealed record RegisterStaffPasskey(Guid StaffId) : OrganizationCommand;

/// <summary>Gives a member of staff another role.</summary>
public sealed record ChangeStaffRole(Guid StaffId, string Role) : OrganizationCommand;

/// <summary>Takes somebody out of the staff, or an invitation back.</summary>
public sealed record RemoveStaff(Guid StaffId) : OrganizationCommand;

/// <summary>Declares it a demonstration, before anything else happened to it.</summary>
public sealed record DeclareDemonstration : OrganizationCommand;

/// <summary>Tells its times in the zone of that name.</summary>
public sealed record ChangeTimeZone(string Zone) : OrganizationCommand;

/// <summary>Keeps what is personal in the provisioning log for so many days.</summary>
public sealed record ChangeRequestLogRetention(int Days) : OrganizationCommand;

/// <summary>What may happen to an organization.</summary>
public static class OrganizationDecider
{
    /// <summary>The events that the command causes; empty when nothing changes.</summary>
    /// <exception cref="ScimException">The command is refused: 404 for an unknown token, key or member of staff, 409 for one more than may be live and for what would leave no administrator, 400 for a role that there is not.</exception>
    public static IReadOnlyList<OrganizationEvent> Decide(Organization? organization, OrganizationCommand command, DateTimeOffset now) => (organization, command) switch
    {
        (null, CreateOrganization c) => [new OrganizationCreated(c.OrganizationId, c.Name)],
        (_, CreateOrganization) => [],
        (null, _) => throw new InvalidOperationException($"{command.GetType().Name} needs an organization."),
        (_, RenameOrganization c) => c.Name == organization.Name ? [] : [new OrganizationRenamed(organization.Id, organization.Name, c.Name)],
        (_, SwitchScim c) => c.Enabled == organization.ScimEnabled ? [] : [c.Enabled ? new ScimEnabled(organization.Id) : new ScimDisabled(organization.Id)],
        (_, SwitchStrictMode c) => c.Enabled == organization.IsStrict ? [] : [c.Enabled ? new StrictModeEnabled(organization.Id) : new StrictModeDisabled(organization.Id)],
        (_, ChangeRequestLogRetention c) => c.Days == organization.RequestLogRetention ? [] : [new RequestLogRetentionChanged(organization.Id, organization.RequestLogRetention, c.Days)],
        (_, ChangeTimeZone c) => c.Zone == organization.TimeZone ? [] : [new TimeZoneChanged(organization.Id, organization.TimeZone, c.Zone)],
        (_, DeclareDemonstration) => Declare(organization),
        (_, IssueToken c) => Issue(organization, c, now),
        (_, RevokeToken c) => Revoke(organization, c),
        (_, ExtendToken c) => Extend(organization, c, now),
        (_, IssueKey c) => Issue(organization, c, now),
        (_, RevokeKey c) => Revoke(organization, c),
        (_, InviteStaff c) => Invite(organization, c),
        (_, JoinStaff c) => Staff(organization, c.StaffId) is { JoinedAt: null } member ? [new StaffJoined(organization.Id, member.Id)] : [],
        (_, JoinFirst c) => First(organization, c),
        (_, IdentifyStaff c) => Identify(organization, c),
        (_, RemoveStaffPasskey c) => [new StaffPasskeyRemoved(organization.Id, Staff(organization, c.StaffId).Id, c.RegisteredAt)],
        (_, InviteStaffAgain c) => [new StaffInvitedAgain(organization.Id, Staff(organization, c.StaffId).Id)],
        (_, RegisterStaffPasskey c) => [new StaffPasskeyRegistered(organization.Id, Staff(organization, c.StaffId).Id)],
        (_, ChangeStaffRole c) => Change(organization, c),
        (_, RemoveStaff c) => Remove(organization, c),
        _ => throw new InvalidOperationException($"{command.GetType().Name} is not decided."),
    };

    // Whatever else had happened to it might be true, and what is true cannot be removed.
    static IReadOnlyList<OrganizationEvent> Declare(Organization organization) => organization switch
    {
        { IsDemonstration: true } => [],
        { Version: 1 } => [new DemonstrationDeclared(organization.Id)],
        _ => throw ScimException.Conflict("Only an organization to which nothing has happened yet can be a demonstration."),
    };

    // The lapsed are noted first, so that at every prefix of the stream at most two are live.
    static List<OrganizationEvent> Issue(Organization organization, IssueToken c, DateTimeOffset now)
    {
        if (organization.Tokens.Any(t => t.Id == c.TokenId)) return [];
        if (organization.Tokens.Count(t => t.IsLive(now)) >= Organization.MaxLiveTokens)
            throw ScimException.Conflict($"{Organization.MaxLiveTokens} tokens are in use, which is the most at once. Revoke one first.");
        return
        [
            .. organization.Tokens.Where(t => t is { RevokedAt: null, ExpiryNoted: false } && !t.IsLive(now)).Select(t => new TokenExpired(organization.Id, t.Id)),
            new TokenIssued(organization.Id, c.TokenId, c.Label, c.Hash, c.ExpiresAt) { End = c.End },
        ];
    }

    static IReadOnlyList<OrganizationEvent> Revoke(Organization organization, RevokeToken c)
    {
        var token = organization.Tokens.SingleOrDefault(t => t.Id == c.TokenId) ?? throw ScimException.NotFound("Token", c.TokenId.ToString());
        return token.RevokedAt is null ? [new TokenRevoked(organization.Id, token.Id)] : [];
    }

    static IReadOnlyList<OrganizationEvent> Extend(Organization organization, ExtendToken c, DateTimeOffset now)
    {
        var token = organization.Tokens.SingleOrDefault(t => t.Id == c.TokenId) ?? throw ScimException.NotFound("Token", c.TokenId.ToString());
        if (!token.IsLive(now)) throw ScimException.Conflict($"The token is {token.StatusAt(now)}, and stays so. Issue another.");
        return c.ExpiresAt > token.ExpiresAt ? [new TokenExtended(organization.Id, token.Id, token.ExpiresAt, c.ExpiresAt)] : [];
    }

    static IReadOnlyList<OrganizationEvent> Issue(Organization organization, IssueKey c, DateTimeOffset now)
    {
        if (organization.Keys.Any(k => k.Id == c.KeyId)) return [];
        if (!Roles.OfKeys.Contains(c.Role)) throw ScimException.BadRequest($"The role of a key is {string.Join(" or ", Roles.OfKeys)}.");
        if (organization.Keys.Count(k => k.IsLive(now)) >= Organization.MaxLiveKeys)
            throw ScimException.Conflict($"{Organization.MaxLiveKeys} keys are in use, which is the most at once. Revoke one first.");
        return [new KeyIssued(organization.Id, c.KeyId, c.Label, c.Role, c.Hash, c.ExpiresAt)];
    }

    static IReadOnlyList<OrganizationEvent> Revoke(Organization organization, RevokeKey c)
    {
        var key = organization.Keys.SingleOrDefault(k => k.Id == c.KeyId) ?? throw ScimException.NotFound("Key", c.KeyId.ToString());
        return key.RevokedAt is null ? [new KeyRevoked(organization.Id, key.Id)] : [];
    }

    static IReadOnlyList<OrganizationEvent> Invite(Organization organization, InviteStaff c)
    {
        CheckRole(c.Role);
        var staff = organization.Staff.Where(s => s.RemovedAt is null).ToArray();
        if (staff.FirstOrDefault(s => s.Id == c.StaffId || s.IsCalled(c.Email)) is { } member)
            return member.Role == c.Role ? [] : throw ScimException.Conflict($"{c.Email} is there already, as {member.Role}. Change the role instead.");
        if (staff.Length >= Organization.MaxStaff) throw ScimException.Conflict($"{Organization.MaxStaff} people are in the staff or invited, which is the most at once. Remove one first.");
        return [new StaffInvited(organization.Id, c.StaffId, c.Role, c.Email)];
    }

    // Of several who follow their links at the same instant one is first, and the others were never here.
    static IReadOnlyList<OrganizationEvent> First(Organization organization, JoinFirst c)
    {
        if (organization.HasStaff) throw ScimException.Conflict("Somebody came before. Ask them for an invitation.");
        if (organization.Staff.SingleOrDefault(s => s.Id == c.StaffId && s.RemovedAt is null) is not { } member) return [new FirstAdministratorJoined(organization.Id, c.StaffId, c.Email)];
        return [.. member.Role == Roles.Admin ? [] : new[] { new StaffRoleChanged(organization.Id, member.Id, member.Role, Roles.Admin) }, new StaffJoined(organization.Id, member.Id)];
    }

    // An address can pass to somebody else, a subject never does.
    static IReadOnlyList<OrganizationEvent> Identify(Organization organization, IdentifyStaff c)
    {
        var member = Staff(organization, c.StaffId);
        if (member.IsKnownAs(c.Issuer, c.Subject)) return [];
        if (member.Issuer is not null || organization.Staff.Any(s => s.RemovedAt is null && s.IsKnownAs(c.Issuer, c.Subject)))
            throw ScimException.Conflict($"{member.Email ?? "This address"} belongs to another account of the identity provider. If it is yours now, ask an administrator to remove it from the staff first.");
        return [new StaffIdentified(organization.Id, member.Id, c.Issuer, c.Subject)];
    }

    static IReadOnlyList<OrganizationEvent> Change(Organization organization, ChangeStaffRole c)
    {
        CheckRole(c.Role);
        var member = Staff(organization, c.StaffId);
        if (member.Role == c.Role) return [];
        CheckNotLast(organization, member);
        return [new StaffRoleChanged(organization.Id, member.Id, member.Role, c.Role)];
    }

    static IReadOnlyList<OrganizationEvent> Remove(Organization organization, RemoveStaff c)
    {
        if (organization.Staff.Any(s => s.Id == c.StaffId && s.RemovedAt is not null)) return [];
        var member = Staff(organization, c.StaffId);
        CheckNotLast(organization, member);
        return [new StaffRemoved(organization.Id, member.Id)];
    }

    static StaffMember Staff(Organization organization, Guid id) =>
        organization.Staff.SingleOrDefault(s => s.Id == id && s.RemovedAt is null) ?? throw ScimException.NotFound("Member of staff", id.ToString());

    static void CheckRole(string role)
    {
        if (!Roles.OfStaff.Contains(role)) throw ScimException.BadRequest($"The role of a member of staff is {string.Join(" or ", Roles.OfStaff)}.");
    }

    // Without one, nobody inside the organization could let anybody in.
    static void CheckNotLast(Organization organization, StaffMember member)
    {
        if (member is { Role: Roles.Admin, IsActive: true } && !organization.Staff.Any(s => s.Id != member.Id && s is { Role: Roles.Admin, IsActive: true }))
            throw ScimException.Conflict($"{member.Email ?? "This"} is the only administrator. Make another one first.");
    }
}
