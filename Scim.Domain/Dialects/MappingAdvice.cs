using System.Collections.Frozen;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Dialects;

/// <summary>Which attribute of ours was meant by a name that no schema knows: what to map in the identity provider instead.</summary>
/// <remarks>Example: <c>name.nick</c> is nothing known, <c>jobTitle</c> is <c>title</c>, <c>department</c> is the enterprise extension's.</remarks>
public static class MappingAdvice
{
    // What directories call it, without hyphens and underscores.
    static readonly FrozenDictionary<string, string> Synonyms = new Dictionary<string, string>
    {
        ["email"] = "emails[type eq \"work\"].value",
        ["mail"] = "emails[type eq \"work\"].value",
        ["workemail"] = "emails[type eq \"work\"].value",
        ["emailaddress"] = "emails[type eq \"work\"].value",
        ["secondemail"] = "emails[type eq \"home\"].value",
        ["mobile"] = "phoneNumbers[type eq \"mobile\"].value",
        ["mobilephone"] = "phoneNumbers[type eq \"mobile\"].value",
        ["phone"] = "phoneNumbers[type eq \"work\"].value",
        ["primaryphone"] = "phoneNumbers[type eq \"work\"].value",
        ["workphone"] = "phoneNumbers[type eq \"work\"].value",
        ["telephonenumber"] = "phoneNumbers[type eq \"work\"].value",
        ["firstname"] = "name.givenName",
        ["lastname"] = "name.familyName",
        ["surname"] = "name.familyName",
        ["sn"] = "name.familyName",
        ["fullname"] = "name.formatted",
        ["login"] = "userName",
        ["username"] = "userName",
        ["upn"] = "userName",
        ["userprincipalname"] = "userName",
        ["jobtitle"] = "title",
        ["language"] = "preferredLanguage",
        ["managerid"] = $"{EnterpriseUserSchema.Urn}:manager.value",
        ["employeeid"] = $"{EnterpriseUserSchema.Urn}:employeeNumber",
        ["company"] = $"{EnterpriseUserSchema.Urn}:organization",
        ["streetaddress"] = "addresses[type eq \"work\"].streetAddress",
        ["city"] = "addresses[type eq \"work\"].locality",
        ["state"] = "addresses[type eq \"work\"].region",
        ["zipcode"] = "addresses[type eq \"work\"].postalCode",
        ["postalcode"] = "addresses[type eq \"work\"].postalCode",
        ["country"] = "addresses[type eq \"work\"].country",
        ["photo"] = "photos[type eq \"photo\"].value",
        ["picture"] = "photos[type eq \"photo\"].value",
        ["isactive"] = "active",
        ["enabled"] = "active",
        ["role"] = "roles",
        ["entitlement"] = "entitlements",
    }.ToFrozenDictionary();

    /// <summary>The path to map, or null where none is known.</summary>
    public static string? For(string name)
    {
        var last = name[(name.LastIndexOfAny([':', '.']) + 1)..];
        var plain = last.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
        if (Find(UserSchema.Core, plain) is { } core) return core.Name;
        if (Find(EnterpriseUserSchema.Schema, plain) is { } extension)
            return $"{EnterpriseUserSchema.Urn}:{extension.Name}{(extension.Sub("value") is null ? "" : ".value")}";
        return Find(UserSchema.Core.Attribute("name")!, plain) is { } part ? $"name.{part.Name}" : Synonyms.GetValueOrDefault(plain);
    }

    // What the service alone writes, and what it keeps nowhere, is nothing to map.
    static AttributeDefinition? Find(Schema schema, string plain) =>
        schema.Attributes.FirstOrDefault(a => a.Name.Equals(plain, StringComparison.OrdinalIgnoreCase) && a.Mutability == Mutability.ReadWrite);

    static AttributeDefinition? Find(AttributeDefinition attribute, string plain) =>
        attribute.SubAttributes.FirstOrDefault(a => a.Name.Equals(plain, StringComparison.OrdinalIgnoreCase));
}
