using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol.Json;

namespace Scim.Tests.Organizations;

public class OrganizationSentencesTests
{
    static readonly Guid Id = Guid.Parse("0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e5f"), Token = Guid.Parse("0193aa70-9b2d-7c1f-8e2f-1b2c3d4e5f60"), Other = Guid.Parse("0193aa70-9b2d-7c1f-8e2f-1b2c3d4e5f61");
    static readonly Telling Operator = new("The operator", id => id == Token ? new Called("okta-2026") : Called.Unknown);

    static void Says(OrganizationEvent e, string sentence) => Assert.Equal(sentence, OrganizationSentences.Of(e, Operator));

    [Fact]
    public void Tokens_are_told_by_their_labels()
    {
        Says(new TokenIssued(Id, Token, "okta-2026", "hash", new(2027, 3, 3, 14, 0, 0, TimeSpan.Zero)), "The operator issued the token okta-2026, good until 2027-03-03.");
        Says(new TokenRevoked(Id, Token), "The operator revoked the token okta-2026.");
        Says(new TokenExtended(Id, Token, new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero), new(2028, 3, 1, 9, 0, 0, TimeSpan.Zero)), "The operator extended the token okta-2026 until 2028-03-01.");
        Says(new TokenExpired(Id, Token), "The token okta-2026 expired.");
        Says(new TokenRevoked(Id, Other), "The operator revoked a token whose label is not known.");
        Says(new TokenExpired(Id, Other), "A token whose label is not known expired.");
    }

    [Fact]
    public void Staff_are_told_by_their_addresses()
    {
        var told = new Telling("ada@example.com", id => id == Other ? new Called("bob@example.com") : Called.Erased);
        Assert.Equal("ada@example.com invited bob@example.com to the staff with the role auditor.", OrganizationSentences.Of(new StaffInvited(Id, Other, Roles.Auditor, "bob@example.com"), told));
        Assert.Equal("ada@example.com invited bob@example.com again, by a link that registers one passkey more.", OrganizationSentences.Of(new StaffInvitedAgain(Id, Other), told));
        Assert.Equal("ada@example.com registered one passkey more by an invitation.", OrganizationSentences.Of(new StaffPasskeyRegistered(Id, Other), told));
        Assert.Equal("ada@example.com came first, by the link for whoever does, and is an administrator.", OrganizationSentences.Of(new FirstAdministratorJoined(Id, Other, "ada@example.com"), told));
        Assert.Equal("ada@example.com removed the passkey of bob@example.com that was registered on 2026-03-03.", OrganizationSentences.Of(new StaffPasskeyRemoved(Id, Other, new(2026, 3, 3, 9, 0, 0, TimeSpan.Zero)), told));
        Assert.Equal("The service took note that bob@example.com is an account of https://example.okta.com, and takes no other for them.", OrganizationSentences.Of(new StaffIdentified(Id, Other, "https://example.okta.com", "00u1"), told with { Actor = "The service" }));
        Assert.Equal("ada@example.com changed the role of bob@example.com from auditor to admin.", OrganizationSentences.Of(new StaffRoleChanged(Id, Other, Roles.Auditor, Roles.Admin), told));
        Assert.Equal("ada@example.com removed bob@example.com from the staff.", OrganizationSentences.Of(new StaffRemoved(Id, Other), told));
        Assert.Equal("ada@example.com removed an erased person from the staff.", OrganizationSentences.Of(new StaffRemoved(Id, Token), told));
        Assert.Equal("ada@example.com invited an erased person to the staff with the role admin.", OrganizationSentences.Of(new StaffInvited(Id, Token, Roles.Admin, default), told));
    }

    [Fact]
    public void Switches_say_what_they_do()
    {
        Says(new OrganizationCreated(Id, "Tour Guides Inc."), "The operator created the organization Tour Guides Inc.");
        Says(new DemonstrationDeclared(Id), "The operator declared the organization a demonstration, with people who are made up.");
        Says(new TimeZoneChanged(Id, "UTC", "Europe/Lisbon"), "The operator changed the time zone of the pages from UTC to Europe/Lisbon.");
        Says(new OrganizationRenamed(Id, "Tour Guides Inc.", "Guides"), "The operator renamed the organization \"Tour Guides Inc.\" to \"Guides\".");
        Says(new ScimEnabled(Id), "The operator switched provisioning on, so that the identity provider may change the directory.");
        Says(new ScimDisabled(Id), "The operator switched provisioning off, so that the identity provider is refused.");
        Says(new StrictModeEnabled(Id), "The operator switched strict mode on, so that mistakes of the identity provider are refused and no longer repaired.");
        Says(new StrictModeDisabled(Id), "The operator switched strict mode off, so that known mistakes of the identity provider are repaired again.");
        Says(new RequestLogRetentionChanged(Id, 90, 1), "The operator changed how long the provisioning log keeps what is personal from 90 to 1 day.");
    }

    [Fact]
    public void What_a_switch_was_is_told_beside_what_it_is()
    {
        Assert.Equal([new BeforeAfter("scimEnabled", ScimValue.False, ScimValue.True)], OrganizationBeforeAfter.Of(new ScimEnabled(Id)));
        Assert.Equal([new BeforeAfter("strictMode", ScimValue.True, ScimValue.False)], OrganizationBeforeAfter.Of(new StrictModeDisabled(Id)));
        Assert.Equal([new BeforeAfter("requestLogDays", ScimValue.Of(90m), ScimValue.Of(30m))], OrganizationBeforeAfter.Of(new RequestLogRetentionChanged(Id, 90, 30)));
    }
}
