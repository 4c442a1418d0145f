using System.Text.Json;
using Scim.Api.EventStore;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Tests.Organizations;

public class OrganizationDeciderTests
{
    static readonly Guid Id = Guid.Parse("0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e5f");
    static readonly DateTimeOffset Now = new(2026, 3, 3, 14, 0, 0, TimeSpan.Zero);
    static readonly Guid T1 = Guid.CreateVersion7(), T2 = Guid.CreateVersion7(), T3 = Guid.CreateVersion7();
    static readonly Guid K1 = Guid.CreateVersion7(), K2 = Guid.CreateVersion7();

    static Organization? Given(params OrganizationEvent[] events) =>
        events.Select((e, i) => (e, i)).Aggregate((Organization?)null, (o, x) => Organization.Fold(o, x.e, new Fact(x.i + 1, Now, "operator")));

    static Organization Acme(params OrganizationEvent[] more) => Given([new OrganizationCreated(Id, "Acme"), .. more])!;

    static TokenIssued Issued(Guid token, int days = 30) => new(Id, token, "okta", "hash", Now.AddDays(days));

    static IssueToken Issue(Guid token) => new(token, "okta", "hash", Now.AddDays(365));

    static KeyIssued KeyOf(Guid key, int days = 30) => new(Id, key, "SIEM", Roles.Auditor, "hash", Now.AddDays(days));

    static IssueKey IssueKey(Guid key, string role = Roles.Auditor) => new(key, "SIEM", role, "hash", Now.AddDays(365));

    [Fact]
    public void It_begins_with_SCIM_off() => Assert.False(Acme().ScimEnabled);

    [Fact]
    public void The_switch_repeated_is_no_event()
    {
        Assert.Equal([new ScimEnabled(Id)], OrganizationDecider.Decide(Acme(), new SwitchScim(true), Now));
        Assert.Empty(OrganizationDecider.Decide(Acme(new ScimEnabled(Id)), new SwitchScim(true), Now));
        Assert.Equal([new ScimDisabled(Id)], OrganizationDecider.Decide(Acme(new ScimEnabled(Id)), new SwitchScim(false), Now));
    }

    [Fact]
    public void Strict_mode_is_off_until_it_is_asked_for_and_repeated_is_no_event()
    {
        Assert.False(Acme().IsStrict);
        Assert.Equal([new StrictModeEnabled(Id)], OrganizationDecider.Decide(Acme(), new SwitchStrictMode(true), Now));
        var strict = Acme(new StrictModeEnabled(Id));
        Assert.True(strict.IsStrict);
        Assert.Empty(OrganizationDecider.Decide(strict, new SwitchStrictMode(true), Now));
        Assert.Equal([new StrictModeDisabled(Id)], OrganizationDecider.Decide(strict, new SwitchStrictMode(false), Now));
        Assert.False(Acme(new StrictModeEnabled(Id), new StrictModeDisabled(Id)).IsStrict);
    }

    [Fact]
    public void A_retention_repeated_is_no_event_and_90_days_are_the_first()
    {
        Assert.Empty(OrganizationDecider.Decide(Acme(), new ChangeRequestLogRetention(90), Now));
        var changed = new RequestLogRetentionChanged(Id, 90, 30);
        Assert.Equal([changed], OrganizationDecider.Decide(Acme(), new ChangeRequestLogRetention(30), Now));
        Assert.Equal(30, Acme(changed).RequestLogRetention);
        Assert.Empty(OrganizationDecider.Decide(Acme(changed), new ChangeRequestLogRetention(30), Now));
        Assert.Equal([new RequestLogRetentionChanged(Id, 30, 90)], OrganizationDecider.Decide(Acme(changed), new ChangeRequestLogRetention(90), Now));
    }

    [Fact]
    public void A_name_repeated_is_no_event()
    {
        Assert.Equal([new TimeZoneChanged(Id, "UTC", "Europe/Lisbon")], OrganizationDecider.Decide(Acme(), new ChangeTimeZone("Europe/Lisbon"), Now));
        Assert.Empty(OrganizationDecider.Decide(Acme(), new ChangeTimeZone("UTC"), Now));
        Assert.Equal([new OrganizationRenamed(Id, "Acme", "Globex")], OrganizationDecider.Decide(Acme(), new RenameOrganization("Globex"), Now));
        Assert.Empty(OrganizationDecider.Decide(Acme(), new RenameOrganization("Acme"), Now));
    }

    [Fact]
    public void A_third_live_token_is_refused_with_the_reason()
    {
        var refused = Assert.Throws<ScimException>(() => OrganizationDecider.Decide(Acme(Issued(T1), Issued(T2)), Issue(T3), Now));
        Assert.Equal(409, refused.Status);
        Assert.Contains("Revoke one first", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_lapsed_are_noted_before_another_is_issued()
    {
        var lapsed = Acme(Issued(T1, days: -1), Issued(T2));
        Assert.Equal([new TokenExpired(Id, T1), new TokenIssued(Id, T3, "okta", "hash", Now.AddDays(365))], OrganizationDecider.Decide(lapsed, Issue(T3), Now));
    }

    [Fact]
    public void A_revoked_token_makes_room() =>
        Assert.Single(OrganizationDecider.Decide(Acme(Issued(T1), Issued(T2), new TokenRevoked(Id, T1)), Issue(T3), Now));

    [Fact]
    public void Revoking_twice_is_one_event_and_an_unknown_token_is_404()
    {
        Assert.Equal([new TokenRevoked(Id, T1)], OrganizationDecider.Decide(Acme(Issued(T1)), new RevokeToken(T1), Now));
        var later = Acme(Issued(T1)).Tokens[0].ExpiresAt.AddDays(30);
        var extended = Assert.IsType<TokenExtended>(Assert.Single(OrganizationDecider.Decide(Acme(Issued(T1)), new ExtendToken(T1, later), Now)));
        Assert.Equal(later, Acme(Issued(T1), extended).Tokens[0].ExpiresAt);
        Assert.Empty(OrganizationDecider.Decide(Acme(Issued(T1), extended), new ExtendToken(T1, later.AddDays(-1)), Now));
        Assert.Equal(409, Assert.Throws<ScimException>(() => OrganizationDecider.Decide(Acme(Issued(T1, days: -1)), new ExtendToken(T1, later), Now)).Status);
        Assert.Equal(409, Assert.Throws<ScimException>(() => OrganizationDecider.Decide(Acme(Issued(T1), new TokenRevoked(Id, T1)), new ExtendToken(T1, later), Now)).Status);
        Assert.Empty(OrganizationDecider.Decide(Acme(Issued(T1), new TokenRevoked(Id, T1)), new RevokeToken(T1), Now));
        Assert.Equal(404, Assert.Throws<ScimException>(() => OrganizationDecider.Decide(Acme(), new RevokeToken(T1), Now)).Status);
    }

    [Fact]
    public void A_token_says_why_it_opens_nothing()
    {
        var tokens = Acme(Issued(T1, days: -1), Issued(T2), new TokenRevoked(Id, T2), Issued(T3)).Tokens;
        Assert.Equal(["expired", "revoked", "live"], tokens.Select(t => t.StatusAt(Now)));
    }

    [Theory]
    [InlineData("auditor")]
    [InlineData("reader")]
    public void A_key_has_its_role_from_the_day_it_is_issued(string role)
    {
        var issued = new KeyIssued(Id, K1, "SIEM", role, "hash", Now.AddDays(365));
        Assert.Equal([issued], OrganizationDecider.Decide(Acme(), IssueKey(K1, role), Now));
        Assert.Equal([new ApiKey(K1, "SIEM", role, "hash", Now, "operator", Now.AddDays(365), null)], Acme(issued).Keys);
        Assert.Empty(OrganizationDecider.Decide(Acme(issued), IssueKey(K1, role), Now));
    }

    [Theory]
    [InlineData("operator")]
    [InlineData("Auditor")]
    [InlineData("")]
    public void No_key_has_another_role(string role) =>
        Assert.Equal(400, Assert.Throws<ScimException>(() => OrganizationDecider.Decide(Acme(), IssueKey(K1, role), Now)).Status);

    [Fact]
    public void Twenty_live_keys_are_the_most_and_one_that_ended_makes_room()
    {
        OrganizationEvent[] twenty = [.. Enumerable.Range(0, Organization.MaxLiveKeys).Select(n => KeyOf(n == 0 ? K1 : Guid.CreateVersion7()))];
        Assert.Equal(20, twenty.Length);
        var refused = Assert.Throws<ScimException>(() => OrganizationDecider.Decide(Acme(twenty), IssueKey(K2), Now));
        Assert.Equal(409, refused.Status);
        Assert.Contains("Revoke one first", refused.Message, StringComparison.Ordinal);
        Assert.Single(OrganizationDecider.Decide(Acme([.. twenty, new KeyRevoked(Id, K1)]), IssueKey(K2), Now));
        Assert.Single(OrganizationDecider.Decide(Acme([.. twenty[1..], KeyOf(K1, days: -1)]), IssueKey(K2), Now));
    }

    [Fact]
    public void Revoking_a_key_twice_is_one_event_and_an_unknown_one_is_404()
    {
        Assert.Equal([new KeyRevoked(Id, K1)], OrganizationDecider.Decide(Acme(KeyOf(K1)), new RevokeKey(K1), Now));
        Assert.Empty(OrganizationDecider.Decide(Acme(KeyOf(K1), new KeyRevoked(Id, K1)), new RevokeKey(K1), Now));
        Assert.Equal(404, Assert.Throws<ScimException>(() => OrganizationDecider.Decide(Acme(Issued(T1)), new RevokeKey(T1), Now)).Status);
    }

    [Fact]
    public void A_key_says_why_it_opens_nothing()
    {
        var keys = Acme(KeyOf(K1, days: -1), KeyOf(K2), new KeyRevoked(Id, K2), KeyOf(T1)).Keys;
        Assert.Equal(["expired", "revoked", "live"], keys.Select(k => k.StatusAt(Now)));
    }

    [Fact]
    public void A_state_from_before_there_were_keys_is_read_and_written_as_it_was()
    {
        var before = JsonSerializer.Serialize(Acme(Issued(T1)), EventStoreOptions.Json);
        Assert.DoesNotContain("keys", before, StringComparison.OrdinalIgnoreCase);
        var read = JsonSerializer.Deserialize<Organization>(before, EventStoreOptions.Json)!;
        Assert.Empty(read.Keys);
        Assert.Equal(before, JsonSerializer.Serialize(read, EventStoreOptions.Json));

        var after = JsonSerializer.Serialize(Acme(KeyOf(K1)), EventStoreOptions.Json);
        Assert.Equal(Acme(KeyOf(K1)).Keys, JsonSerializer.Deserialize<Organization>(after, EventStoreOptions.Json)!.Keys);
    }

    static StaffInvited Invited(Guid staff, string role = Roles.Admin, string email = "ada@example.com") => new(Id, staff, role, email);

    [Fact]
    public void Who_is_invited_joins_once_and_is_active_until_removed()
    {
        Assert.Equal([Invited(K1)], OrganizationDecider.Decide(Acme(), new InviteStaff(K1, "ada@example.com", Roles.Admin), Now));
        Assert.Equal(["invited"], Acme(Invited(K1)).Staff.Select(s => s.Status));
        Assert.Equal([new StaffJoined(Id, K1)], OrganizationDecider.Decide(Acme(Invited(K1)), new JoinStaff(K1), Now));
        Assert.Equal([new StaffInvitedAgain(Id, K1)], OrganizationDecider.Decide(Acme(Invited(K1)), new InviteStaffAgain(K1), Now));
        Assert.Equal([new StaffPasskeyRegistered(Id, K1)], OrganizationDecider.Decide(Acme(Invited(K1)), new RegisterStaffPasskey(K1), Now));
        Assert.Equal(404, Assert.Throws<ScimException>(() => OrganizationDecider.Decide(Acme(Invited(K1)), new InviteStaffAgain(K2), Now)).Status);
        var joined = Acme(Invited(K1), new StaffJoined(Id, K1));
        Assert.Equal([new StaffMember(K1, "ada@example.com", Roles.Admin, Now, "operator", Now, null)], joined.Staff);
        Assert.Empty(OrganizationDecider.Decide(joined, new JoinStaff(K1), Now));
        Assert.False(Acme(Invited(K1), new StaffJoined(Id, K1), new StaffRemoved(Id, K1)).Staff.Single().IsActive);
        Assert.Equal(404, Assert.Throws<ScimException>(() => OrganizationDecider.Decide(Acme(Invited(K1), new StaffRemoved(Id, K1)), new JoinStaff(K1), Now)).Status);
    }

    [Fact]
    public void An_address_is_invited_once_whatever_its_case_and_again_after_a_removal()
    {
        Assert.Empty(OrganizationDecider.Decide(Acme(Invited(K1)), new InviteStaff(K2, "ADA@example.com", Roles.Admin), Now));
        Assert.Equal(409, Assert.Throws<ScimException>(() => OrganizationDecider.Decide(Acme(Invited(K1)), new InviteStaff(K2, "ada@example.com", Roles.Auditor), Now)).Status);
        Assert.Equal(400, Assert.Throws<ScimException>(() => OrganizationDecider.Decide(Acme(), new InviteStaff(K2, "ada@example.com", Roles.Reader), Now)).Status);
        Assert.Single(OrganizationDecider.Decide(Acme(Invited(K1), new StaffRemoved(Id, K1)), new InviteStaff(K2, "ada@example.com", Roles.Auditor), Now));
        var full = Acme([.. Enumerable.Range(0, Organization.MaxStaff).Select(n => Invited(Guid.CreateVersion7(), email: $"s{n}@example.com"))]);
        Assert.Equal(409, Assert.Throws<ScimException>(() => OrganizationDecider.Decide(full, new InviteStaff(K2, "one@example.com", Roles.Admin), Now)).Status);
    }

    [Fact]
    public void Whoever_comes_first_is_the_administrator_and_nobody_comes_first_twice()
    {
        Assert.Equal([new FirstAdministratorJoined(Id, K1, "ada@example.com")], OrganizationDecider.Decide(Acme(), new JoinFirst(K1, "ada@example.com"), Now));
        var founded = Acme(new FirstAdministratorJoined(Id, K1, "ada@example.com"));
        Assert.Equal([new StaffMember(K1, "ada@example.com", Roles.Admin, Now, null, Now, null)], founded.Staff);
        Assert.Equal(409, Assert.Throws<ScimException>(() => OrganizationDecider.Decide(founded, new JoinFirst(K2, "eve@example.com"), Now)).Status);
        // Who was invited before anybody was there stays who they are.
        Assert.Equal([new StaffJoined(Id, K1)], OrganizationDecider.Decide(Acme(Invited(K1)), new JoinFirst(K1, "ada@example.com"), Now));
        Assert.Equal([new StaffRoleChanged(Id, K1, Roles.Auditor, Roles.Admin), new StaffJoined(Id, K1)], OrganizationDecider.Decide(Acme(Invited(K1, Roles.Auditor)), new JoinFirst(K1, "ada@example.com"), Now));
    }

    [Fact]
    public void A_member_is_one_account_of_the_identity_provider_whatever_its_address()
    {
        const string Okta = "https://example.okta.com";
        var known = new StaffIdentified(Id, K1, Okta, "00u1");
        Assert.Equal([known], OrganizationDecider.Decide(Acme(Invited(K1)), new IdentifyStaff(K1, Okta, "00u1"), Now));
        var ada = Acme(Invited(K1), known, Invited(K2, email: "bob@example.com"));
        Assert.Equal((true, false, false), (ada.Staff[0].IsKnownAs(Okta, "00u1"), ada.Staff[0].IsKnownAs(Okta, "00U1"), ada.Staff[1].IsKnownAs(Okta, "00u1")));
        Assert.Empty(OrganizationDecider.Decide(ada, new IdentifyStaff(K1, Okta, "00u1"), Now));
        foreach (var other in new[] { new IdentifyStaff(K1, Okta, "00u2"), new IdentifyStaff(K1, "https://other.okta.com", "00u1"), new IdentifyStaff(K2, Okta, "00u1") })
            Assert.Equal(409, Assert.Throws<ScimException>(() => OrganizationDecider.Decide(ada, other, Now)).Status);
        Assert.Single(OrganizationDecider.Decide(Acme(Invited(K1), known, Invited(K2, email: "bob@example.com"), new StaffRemoved(Id, K1)), new IdentifyStaff(K2, Okta, "00u1"), Now));
        var read = JsonSerializer.Deserialize<Organization>(JsonSerializer.Serialize(ada, EventStoreOptions.Json), EventStoreOptions.Json)!;
        Assert.Equal(ada.Staff, read.Staff);
        Assert.DoesNotContain("subject", JsonSerializer.Serialize(Acme(Invited(K1)), EventStoreOptions.Json), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_passkey_is_taken_from_who_is_there()
    {
        Assert.Equal([new StaffPasskeyRemoved(Id, K1, Now)], OrganizationDecider.Decide(Acme(Invited(K1)), new RemoveStaffPasskey(K1, Now), Now));
        Assert.Equal(404, Assert.Throws<ScimException>(() => OrganizationDecider.Decide(Acme(Invited(K1)), new RemoveStaffPasskey(K2, Now), Now)).Status);
    }

    [Fact]
    public void The_only_administrator_neither_goes_nor_steps_down()
    {
        var alone = Acme(Invited(K1), new StaffJoined(Id, K1), Invited(K2, email: "bob@example.com"));
        Assert.Equal(409, Assert.Throws<ScimException>(() => OrganizationDecider.Decide(alone, new RemoveStaff(K1), Now)).Status);
        Assert.Equal(409, Assert.Throws<ScimException>(() => OrganizationDecider.Decide(alone, new ChangeStaffRole(K1, Roles.Auditor), Now)).Status);
        Assert.Equal([new StaffRemoved(Id, K2)], OrganizationDecider.Decide(alone, new RemoveStaff(K2), Now));
        var two = Acme(Invited(K1), new StaffJoined(Id, K1), Invited(K2, email: "bob@example.com"), new StaffJoined(Id, K2));
        Assert.Equal([new StaffRoleChanged(Id, K1, Roles.Admin, Roles.Auditor)], OrganizationDecider.Decide(two, new ChangeStaffRole(K1, Roles.Auditor), Now));
        Assert.Empty(OrganizationDecider.Decide(two, new ChangeStaffRole(K1, Roles.Admin), Now));
        Assert.Equal([new StaffRemoved(Id, K1)], OrganizationDecider.Decide(two, new RemoveStaff(K1), Now));
        Assert.Empty(OrganizationDecider.Decide(Acme(Invited(K1), new StaffRemoved(Id, K1)), new RemoveStaff(K1), Now));
    }
}

public class TokenTextTests
{
    [Fact]
    public void A_token_is_no_key_and_a_key_no_token()
    {
        var random = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var (token, key) = (TokenText.Of(random), KeyText.Of(random));
        Assert.Matches("^scimkey_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$", key);
        Assert.Equal((true, false), (KeyText.IsWellFormed(key), TokenText.IsWellFormed(key)));
        Assert.Equal((true, false), (TokenText.IsWellFormed(token), KeyText.IsWellFormed(token)));
        Assert.False(KeyText.IsWellFormed(KeyText.Prefix + token[TokenText.Prefix.Length..])); // the checksum covers the prefix
    }

    [Fact]
    public void Has_a_known_answer()
    {
        var text = TokenText.Of(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());
        Assert.Matches("^scim_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$", text);
        Assert.True(TokenText.IsWellFormed(text));
        Assert.Equal("scim_" + new string('0', 43), TokenText.Of(new byte[32])[..48]);
    }

    [Fact]
    public void One_wrong_character_anywhere_is_noticed()
    {
        var text = TokenText.Of(Enumerable.Range(7, 32).Select(i => (byte)(i * 37)).ToArray());
        for (var i = 0; i < text.Length; i++)
            Assert.False(TokenText.IsWellFormed(text[..i] + (text[i] == 'x' ? 'y' : 'x') + text[(i + 1)..]), $"at {i}");
        Assert.False(TokenText.IsWellFormed(text + "0"));
        Assert.False(TokenText.IsWellFormed(""));
    }
}
