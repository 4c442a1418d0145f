using System.Collections.Frozen;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.History;

/// <summary>What attributes, and states beside them, are called where people read of them, by their paths; the schema's spelling where it has no other name.</summary>
/// <remarks>Example: <c>name.familyName</c> is the family name.</remarks>
public static class AttributeWords
{
    /// <summary>The path of the manager's id, whose value means a person.</summary>
    internal const string Manager = EnterpriseUserSchema.Urn + ":manager.value";

    static readonly FrozenDictionary<string, string> Words = new Dictionary<string, string>
    {
        ["externalId"] = "external identifier",
        ["userName"] = "user name",
        ["active"] = "active state",
        ["name.formatted"] = "full name",
        ["name.familyName"] = "family name",
        ["name.givenName"] = "given name",
        ["name.middleName"] = "middle name",
        ["name.honorificPrefix"] = "title before the name",
        ["name.honorificSuffix"] = "suffix after the name",
        ["displayName"] = "display name",
        ["nickName"] = "nickname",
        ["profileUrl"] = "profile page",
        ["title"] = "title",
        ["userType"] = "user type",
        ["preferredLanguage"] = "preferred language",
        ["locale"] = "locale",
        ["timezone"] = "time zone",
        ["emails"] = "e-mail addresses",
        ["phoneNumbers"] = "phone numbers",
        ["ims"] = "instant messaging addresses",
        ["photos"] = "photos",
        ["addresses"] = "postal addresses",
        ["entitlements"] = "entitlements",
        ["roles"] = "roles",
        ["x509Certificates"] = "certificates",
        [EnterpriseUserSchema.Urn + ":employeeNumber"] = "employee number",
        [EnterpriseUserSchema.Urn + ":costCenter"] = "cost center",
        [EnterpriseUserSchema.Urn + ":organization"] = "organization",
        [EnterpriseUserSchema.Urn + ":division"] = "division",
        [EnterpriseUserSchema.Urn + ":department"] = "department",
        [Manager] = "manager",
        ["suspended"] = "suspension",
        ["scimEnabled"] = "SCIM provisioning",
        ["strictMode"] = "strict mode",
        ["requestLogDays"] = "days that requests stay readable",
        ["expiresAt"] = "end",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The attribute at the path in words.</summary>
    public static string Of(string path) => Words.TryGetValue(path, out var words) ? words : Wording.Plain(path[(path.LastIndexOf(':') + 1)..]);
}
