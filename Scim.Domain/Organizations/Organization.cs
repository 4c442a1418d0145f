using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Scim.Domain.History;

namespace Scim.Domain.Organizations;

/// <summary>
/// A company whose directory this is, with its switch, its tokens and its keys. Its id is its tenant, its stream and its segment
/// in the URL, for ever.
/// </summary>
/// <remarks>Example: <c>0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e5f</c>, "Tour Guides Inc.", SCIM on, one token.</remarks>
public sealed record Organization(Guid Id, string Name) : IState<Organization, OrganizationEvent>
{
    /// <summary>Tokens that may be live at once, so that one can be rotated without a gap.</summary>
    public const int MaxLiveTokens = 2;

    /// <summary>Keys of the JSON API that may be live at once.</summary>
    public const int MaxLiveKeys = 20;

    /// <summary>Members of staff and invitations at once.</summary>
    public const int MaxStaff = 100;

    /// <summary>Days for which a provisioning log keeps what is personal.</summary>
    public const int DefaultRequestLogDays = 90;

    /// <summary>The zone in which pages tell times unless another was chosen.</summary>
    public const string DefaultTimeZone = "UTC";

    /// <summary>Whether its identity provider may call.</summary>
    public bool ScimEnabled { get; init; }

    /// <summary>Whether its identity provider is refused what others are forgiven; off unless somebody asks for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // states from before it was known stay as they are
    public bool IsStrict { get; init; }

    /// <summary>Whether its people are made up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // as with IsStrict
    public bool IsDemonstration { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>The number of the last event of its stream.</summary>
    public long Version { get; init; }

    /// <summary>Every token ever issued, in order: a refusal says whether one is expired or revoked.</summary>
    public ImmutableArray<Token> Tokens { get; init; } = [];

    /// <summary>Every key of the JSON API ever issued, in order.</summary>
    [JsonIgnore]
    public ImmutableArray<ApiKey> Keys
    {
        get => StoredKeys ?? [];
        init => StoredKeys = value.IsEmpty ? null : value;
    }

    [JsonInclude, JsonPropertyName("keys"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] // as with IsStrict
    ImmutableArray<ApiKey>? StoredKeys { get; init; }

    /// <summary>Everybody who ever was invited to its staff, in order.</summary>
    [JsonIgnore]
    public ImmutableArray<StaffMember> Staff
    {
        get => StoredStaff ?? [];
        init => StoredStaff = value.IsEmpty ? null : value;
    }

    /// <summary>Whether somebody of its staff may act.</summary>
    [JsonIgnore]
    public bool HasStaff => Staff.Any(s => s.IsActive);

    [JsonInclude, JsonPropertyName("staff"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    ImmutableArray<StaffMember>? StoredStaff { get; init; }

    /// <summary>Days for which its provisioning log keeps what is personal, where it chose them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? RequestLogDays { get; init; }

    /// <summary>The same, chosen or not.</summary>
    [JsonIgnore]
    public int RequestLogRetention => RequestLogDays ?? DefaultRequestLogDays;

    /// <summary>The zone in which its pages tell times, where it chose one.</summary>
    [JsonInclude, JsonPropertyName("timeZone"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    string? StoredTimeZone { get; init; }

    /// <summary>The same by its name in the IANA time zone database, chosen or not.</summary>
    [JsonIgnore]
    public string TimeZone
    {
        get => StoredTimeZone ?? DefaultTimeZone;
        init => StoredTimeZone = value == DefaultTimeZone ? null : value;
    }

    /// <summary>Its path below the public origin.</summary>
    public string BasePath => $"/scim/v2/{Id:D}";

    /// <summary>The one interpretation of an organization's history.</summary>
    public static Organization? Fold(Organization? organization, OrganizationEvent e, Fact fact)
    {
        if (e is OrganizationCreated c) return new Organization(c.OrganizationId, c.Name) { Created = fact.At, Version = fact.Version };
        if (organization is null) return null;
        var next = e switch
        {
            DemonstrationDeclared => organization with { IsDemonstration = true },
            TimeZoneChanged z => organization with { TimeZone = z.After },
            OrganizationRenamed r => organization with { Name = r.After },
            Organizations.ScimEnabled => organization with { ScimEnabled = true },
            ScimDisabled => organization with { ScimEnabled = false },
            StrictModeEnabled => organization with { IsStrict = true },
            StrictModeDisabled => organization with { IsStrict = false },
            TokenIssued t => organization with { Tokens = organization.Tokens.Add(new Token(t.TokenId, t.Label, t.Hash, fact.At, fact.Actor, t.ExpiresAt, null) { End = t.End }) },
            RequestLogRetentionChanged r => organization with { RequestLogDays = r.After },
            TokenExpired t => organization.With(t.TokenId, token => token with { ExpiryNoted = true }),
            TokenExtended t => organization.With(t.TokenId, token => token with { ExpiresAt = t.After }),
            TokenRevoked t => organization.With(t.TokenId, token => token with { RevokedAt = fact.At }),
            KeyIssued k => organization with { Keys = organization.Keys.Add(new ApiKey(k.KeyId, k.Label, k.Role, k.Hash, fact.At, fact.Actor, k.ExpiresAt, null)) },
            KeyRevoked k => organization with { Keys = [.. organization.Keys.Select(key => key.Id == k.KeyId ? key with { RevokedAt = fact.At } : key)] },
            StaffInvited s => organization with { Staff = organization.Staff.Add(new StaffMember(s.StaffId, s.Email.Or(null), s.Role, fact.At, fact.Actor, null, null)) },
            StaffJoined s => organization.Member(s.StaffId, member => member with { JoinedAt = fact.At }),
            FirstAdministratorJoined s => organization with { Staff = organization.Staff.Add(new StaffMember(s.StaffId, s.Email.Or(null), Roles.Admin, fact.At, null, fact.At, null)) },
            StaffIdentified s => organization.Member(s.StaffId, member => member with { Issuer = s.Issuer, Subject = s.Subject.Or(null) }),
            StaffInvitedAgain or StaffPasskeyRegistered or StaffPasskeyRemoved => organization,
            StaffRoleChanged s => organization.Member(s.StaffId, member => member with { Role = s.After }),
            StaffRemoved s => organization.Member(s.StaffId, member => member with { RemovedAt = fact.At }),
            _ => throw new InvalidOperationException($"The fold does not know {e.GetType().Name}."),
        };
        return next with { Version = fact.Version };
    }

    Organization Member(Guid staffId, Func<StaffMember, StaffMember> change) =>
        this with { Staff = [.. Staff.Select(s => s.Id == staffId ? change(s) : s)] };

    Organization With(Guid tokenId, Func<Token, Token> change) =>
        this with { Tokens = [.. Tokens.Select(t => t.Id == tokenId ? change(t) : t)] };
}

/// <summary>A token by which an identity provider proves itself; only its hash is known.</summary>
public sealed record Token(Guid Id, string Label, string Hash, DateTimeOffset CreatedAt, string? CreatedBy, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt)
{
    /// <summary>The last characters of its text, where they are known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? End { get; init; }

    /// <summary>Whether its expiry stands in the history.</summary>
    public bool ExpiryNoted { get; init; }

    /// <summary>Whether it opens the door at that instant.</summary>
    public bool IsLive(DateTimeOffset now) => RevokedAt is null && !ExpiryNoted && now < ExpiresAt;

    /// <summary><c>live</c>, <c>expired</c> or <c>revoked</c> at that instant.</summary>
    public string StatusAt(DateTimeOffset now) => RevokedAt is not null ? "revoked" : IsLive(now) ? "live" : "expired";
}
