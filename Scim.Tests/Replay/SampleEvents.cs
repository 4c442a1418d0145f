using System.Text;
using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Users;

namespace Scim.Tests.Replay;

/// <summary>One event of every type, about one invented person and one invented group and one invented organization.</summary>
static class SampleEvents
{
    internal static readonly Guid Person = Guid.Parse("01a20c92-618d-706e-8673-3da5d9153c2e");
    internal static readonly Guid Guides = Guid.Parse("0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e60");
    internal static readonly Guid Company = Guid.Parse("0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e5f");
    internal static readonly Guid Token = Guid.Parse("0193aa70-9b2d-7c1f-8e2f-1b2c3d4e5f60");
    internal static readonly Guid ApiKey = Guid.Parse("0193aa70-9b2d-7c1f-8e2f-1b2c3d4e5f61");
    internal static readonly Guid Staff = Guid.Parse("0193aa70-9b2d-7c1f-8e2f-1b2c3d4e5f62");
    internal static readonly DateTimeOffset Day = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    /// <summary>The person's key; nobody's data is under it.</summary>
    internal static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(n => (byte)n)];

    internal static IReadOnlyList<object> All { get; } =
    [
        new UserProvisioned(Person, Source.Scim, true, Json("""
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"externalId":"00u1","userName":"bjensen@example.com",
             "name":{"familyName":"Jensen","givenName":"Bärbel"},"displayName":"Bärbel Jensen","title":"Tour Guide","emails":[{"value":"bjensen@example.com","type":"work","primary":true}],
             "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"701984","department":"Tours"}}
            """), "Bärbel Jensen"),
        new UserRenamed(Person, Source.Scim, "bjensen@example.com", "bj@example.com", "Bärbel Jensen"),
        new UserAttributesChanged(Person, Source.Scim, ["title", "name.familyName", "emails", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"],
            new AttributeChange(
                Json("""{"title":"Tour Guide","name.familyName":"Jensen","emails":[{"value":"bjensen@example.com","type":"work","primary":true}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"Tours"}"""),
                Json("""{"title":"Lead Guide","name.familyName":"Jensen-Øre","emails":[{"value":"bj@example.com","type":"home"}]}""")), "Bärbel Jensen"),
        new UserDeactivated(Person, Source.Scim, "Bärbel Jensen"),
        new UserReactivated(Person, Source.Scim, "Bärbel Jensen"),
        new UserSuspended(Person, Source.Admin, "Lost laptop", "Bärbel Jensen"),
        new UserSuspensionLifted(Person, Source.Admin, "Bärbel Jensen"),
        new UserNameReleased(Person, Source.Admin, "Bärbel Jensen"),
        new UserDeleted(Person, Source.Scim, "Bärbel Jensen"),
        new UserErased(Person, Source.Admin, "Asked by the person"),
        new GroupCreated(Guides, Source.Scim, "Tour Guides", Json("""{"externalId":"00g1"}""")),
        new GroupRenamed(Guides, Source.Scim, "Tour Guides", "Guides & Söhne"),
        new GroupAttributesChanged(Guides, Source.Scim, ["externalId"], new AttributeChange(Json("""{"externalId":"00g1"}"""), Json("""{"externalId":"00g2"}""")), "Tour Guides"),
        new GroupMembersAdded(Guides, Source.Scim, [Person], [Company], "Tour Guides"),
        new GroupMembersRemoved(Guides, Source.Scim, [Person], [], MemberRemoval.UserDeleted, "Tour Guides"),
        new GroupDeleted(Guides, Source.Scim, "Tour Guides"),
        new OrganizationCreated(Company, "Tour Guides Inc."),
        new OrganizationRenamed(Company, "Tour Guides Inc.", "Tour Guides & Söhne"),
        new ScimEnabled(Company),
        new ScimDisabled(Company),
        new StrictModeEnabled(Company),
        new StrictModeDisabled(Company),
        new TokenIssued(Company, Token, "Okta", "3q2+7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", Day.AddYears(1)),
        new TokenExpired(Company, Token),
        new TokenRevoked(Company, Token),
        new DemonstrationDeclared(Company),
        new TimeZoneChanged(Company, "UTC", "Europe/Lisbon"),
        new TokenExtended(Company, Token, new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero), new(2028, 3, 1, 9, 0, 0, TimeSpan.Zero)),
        new KeyIssued(Company, ApiKey, "SIEM", Roles.Auditor, "q83vEgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", Day.AddYears(1)),
        new KeyRevoked(Company, ApiKey),
        new StaffInvited(Company, Staff, Roles.Admin, "bärbel@example.com"),
        new StaffJoined(Company, Staff),
        new FirstAdministratorJoined(Company, Staff, "bärbel@example.com"),
        new StaffIdentified(Company, Staff, "https://example.okta.com", "00u1bärbel"),
        new StaffPasskeyRemoved(Company, Staff, Day),
        new StaffInvitedAgain(Company, Staff),
        new StaffPasskeyRegistered(Company, Staff),
        new StaffRoleChanged(Company, Staff, Roles.Admin, Roles.Auditor),
        new StaffRemoved(Company, Staff),
        new RequestLogRetentionChanged(Company, 90, 30),
    ];

    static ScimObject Json(string json) => ScimReader.ReadObject(Encoding.UTF8.GetBytes(json))!;
}
