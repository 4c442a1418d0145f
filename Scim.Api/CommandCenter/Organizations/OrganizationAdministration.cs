using System.Security.Cryptography;
using FluentValidation;
using Scim.Api.Access;
using Scim.Api.EventStore;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Organizations;

/// <summary>
/// What administrators and the operator do to organizations, by whichever door they come: the JSON API, the commands,
/// the pages. Each is one command, validated, decided, and known on this node at once.
/// </summary>
internal sealed class OrganizationAdministration(History history, Placement placement, OrganizationCache cache, TimeProvider clock)
{
    /// <summary>Days for which a token or a key is good unless the request says otherwise (RFC 7644 §7.4 demands an end).</summary>
    internal const int DefaultTokenDays = 365;

    internal async Task<Organization> Create(Caller caller, string name)
    {
        await Check(new NameRules(), name);
        await placement.PlaceAsync(caller.Organization, CancellationToken.None);
        return await history.Start<Organization, OrganizationEvent>(caller, caller.Organization,
            OrganizationDecider.Decide(null, new CreateOrganization(caller.Organization, name), clock.GetUtcNow()));
    }

    internal async Task<Organization> Rename(Caller caller, string name)
    {
        await Check(new NameRules(), name);
        return await Change(caller, new RenameOrganization(name));
    }

    internal Task<Organization> Switch(Caller caller, bool scimEnabled) => Change(caller, new SwitchScim(scimEnabled));

    internal Task<Organization> SwitchStrictMode(Caller caller, bool enabled) => Change(caller, new SwitchStrictMode(enabled));

    /// <summary>Declares it a demonstration, before anything else happened to it.</summary>
    internal Task<Organization> DeclareDemonstration(Caller caller) => Change(caller, new DeclareDemonstration());

    /// <summary>Tells its times in a zone of the IANA time zone database.</summary>
    internal async Task<Organization> ChangeTimeZone(Caller caller, string zone)
    {
        await Check(new ZoneRules(), zone);
        return await Change(caller, new ChangeTimeZone(zone));
    }

    /// <summary>For so many days what is personal in the provisioning log can be read.</summary>
    internal async Task<Organization> KeepRequests(Caller caller, int days)
    {
        await Check(new RetentionRules(), days);
        return await Change(caller, new ChangeRequestLogRetention(days));
    }

    /// <summary>Issues a token; its text is in this answer and nowhere else.</summary>
    /// <param name="token">The id that it gets, where it was made before.</param>
    internal async Task<(Token Token, string Text)> IssueToken(Caller caller, string label, int? days, Guid? token = null)
    {
        await Check(new LabelRules(), label);
        await Check(new DaysRules(), days ?? DefaultTokenDays);
        var text = TokenText.Of(RandomNumberGenerator.GetBytes(32));
        var id = token ?? NewId.Next(clock);
        var organization = await Change(caller, new IssueToken(id, label, Convert.ToBase64String(TokenText.Hash(text)), Expiry(days)) { End = text[^4..] });
        return (organization.Tokens.Single(t => t.Id == id), text);
    }

    /// <summary>Lets a live token be good for so many days from now; never shortens it.</summary>
    internal async Task<Token> ExtendToken(Caller caller, Guid token, int days)
    {
        await Check(new DaysRules(), days);
        return (await Change(caller, new ExtendToken(token, Expiry(days)))).Tokens.Single(t => t.Id == token);
    }

    internal async Task<Token> RevokeToken(Caller caller, Guid token) =>
        (await Change(caller, new RevokeToken(token))).Tokens.Single(t => t.Id == token);

    /// <summary>Issues a key of the API; its text is in this answer and nowhere else.</summary>
    internal async Task<(ApiKey Key, string Text)> IssueKey(Caller caller, string label, string role, int? days)
    {
        await Check(new LabelRules(), label);
        await Check(new RoleRules(), role);
        await Check(new DaysRules(), days ?? DefaultTokenDays);
        var text = KeyText.Of(RandomNumberGenerator.GetBytes(32));
        var id = NewId.Next(clock);
        var organization = await Change(caller, new IssueKey(id, label, role, Convert.ToBase64String(KeyText.Hash(text)), Expiry(days)));
        return (organization.Keys.Single(k => k.Id == id), text);
    }

    internal async Task<ApiKey> RevokeKey(Caller caller, Guid key) =>
        (await Change(caller, new RevokeKey(key))).Keys.Single(k => k.Id == key);

    /// <summary>Refuses what is no address of a member of staff.</summary>
    internal static Task CheckEmail(string email) => Check(new EmailRules(), email);

    /// <summary>Invites somebody to the staff; who is there already with that role is only found.</summary>
    /// <param name="staff">The id that they get, where it was made before.</param>
    internal async Task<StaffMember> InviteStaff(Caller caller, string email, string role, Guid? staff = null)
    {
        await CheckEmail(email);
        await Check(new StaffRoleRules(), role);
        return (await Change(caller, new InviteStaff(staff ?? NewId.Next(clock), email, role))).Staff.Last(s => s.RemovedAt is null && s.IsCalled(email));
    }

    internal Task<StaffMember> JoinStaff(Caller caller, Guid staff) => Member(caller, staff, new JoinStaff(staff));

    internal Task<StaffMember> InviteStaffAgain(Caller caller, Guid staff) => Member(caller, staff, new InviteStaffAgain(staff));

    internal Task<StaffMember> RegisterStaffPasskey(Caller caller, Guid staff) => Member(caller, staff, new RegisterStaffPasskey(staff));

    /// <summary>Lets in whoever comes first.</summary>
    internal Task<StaffMember> JoinFirst(Caller caller, Guid staff, string email) => Member(caller, staff, new JoinFirst(staff, email));

    internal Task<StaffMember> IdentifyStaff(Caller caller, Guid staff, string issuer, string subject) => Member(caller, staff, new IdentifyStaff(staff, issuer, subject));

    internal Task<StaffMember> RemoveStaffPasskey(Caller caller, Guid staff, DateTimeOffset registeredAt) => Member(caller, staff, new RemoveStaffPasskey(staff, registeredAt));

    internal Task<StaffMember> ChangeStaffRole(Caller caller, Guid staff, string role) => Member(caller, staff, new ChangeStaffRole(staff, role));

    internal Task<StaffMember> RemoveStaff(Caller caller, Guid staff) => Member(caller, staff, new RemoveStaff(staff));

    async Task<StaffMember> Member(Caller caller, Guid staff, OrganizationCommand command) => (await Change(caller, command)).Staff.Single(s => s.Id == staff);

    internal async Task<Organization?> Find(Guid organization, CancellationToken ct) =>
        await placement.FindAsync(organization, ct) is null ? null : await history.Load<Organization>(organization, organization, ct);

    internal async Task<IReadOnlyList<Organization>> List(CancellationToken ct)
    {
        var found = new List<Organization>();
        foreach (var id in await placement.OrganizationsAsync(ct))
            if (await history.Load<Organization>(id, id, ct) is { } organization) found.Add(organization);
        return found;
    }

    DateTimeOffset Expiry(int? days) => new MillisecondClock(clock).GetUtcNow().AddDays(days ?? DefaultTokenDays);

    async Task<Organization> Change(Caller caller, OrganizationCommand command)
    {
        var id = caller.Organization;
        if (await placement.FindAsync(id, CancellationToken.None) is null) throw Unknown(id);
        try
        {
            var changed = await history.Change<Organization, OrganizationEvent>(caller, id, ifMatch: null, (organization, turn) =>
                new(OrganizationDecider.Decide(organization ?? throw Unknown(id), command, turn.Now)));
            return changed!;
        }
        finally
        {
            cache.Drop(id);
        }
    }

    static ScimException Unknown(Guid id) => ScimException.NotFound("Organization", id.ToString("D"));

    static async Task Check<T>(IValidator<T> rules, T value)
    {
        var result = await rules.ValidateAsync(value);
        if (!result.IsValid) throw new ValidationException(result.Errors);
    }

    sealed class NameRules : AbstractValidator<string>
    {
        public NameRules() => RuleFor(name => name).NotEmpty().MaximumLength(200).Must(n => !n.Any(char.IsControl)).WithMessage("A name holds no control characters.").OverridePropertyName("name");
    }

    sealed class ZoneRules : AbstractValidator<string>
    {
        public ZoneRules() => RuleFor(zone => zone).Must(z => TimeZoneInfo.TryFindSystemTimeZoneById(z, out var found) && found.HasIanaId).WithMessage("A time zone is called as in the IANA time zone database, such as Europe/Lisbon.").OverridePropertyName("timeZone");
    }

    sealed class LabelRules : AbstractValidator<string>
    {
        public LabelRules() => RuleFor(label => label).NotEmpty().MaximumLength(100).Must(l => !l.Any(char.IsControl)).WithMessage("A label holds no control characters.").OverridePropertyName("label");
    }

    sealed class RoleRules : AbstractValidator<string>
    {
        public RoleRules() => RuleFor(role => role).Must(Roles.OfKeys.Contains).WithMessage($"The role of a key is {string.Join(" or ", Roles.OfKeys)}.").OverridePropertyName("role");
    }

    sealed class EmailRules : AbstractValidator<string>
    {
        public EmailRules() => RuleFor(email => email).NotEmpty().MaximumLength(200).EmailAddress().Must(e => !e.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))).WithMessage("An address holds no spaces.").OverridePropertyName("email");
    }

    sealed class StaffRoleRules : AbstractValidator<string>
    {
        public StaffRoleRules() => RuleFor(role => role).Must(Roles.OfStaff.Contains).WithMessage($"The role of a member of staff is {string.Join(" or ", Roles.OfStaff)}.").OverridePropertyName("role");
    }

    sealed class DaysRules : AbstractValidator<int>
    {
        public DaysRules() => RuleFor(days => days).InclusiveBetween(1, 3650).OverridePropertyName("days");
    }

    sealed class RetentionRules : AbstractValidator<int>
    {
        public RetentionRules() => RuleFor(days => days).InclusiveBetween(1, 3650).OverridePropertyName("requestLogDays");
    }
}
