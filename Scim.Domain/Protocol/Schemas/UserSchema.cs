using System.Collections.Immutable;

namespace Scim.Domain.Protocol.Schemas;

/// <summary>The core schema of people, RFC 7643 §4.1, and the resource type that it makes with the enterprise extension.</summary>
public static class UserSchema
{
    /// <summary>The URN of the core schema.</summary>
    public const string Urn = "urn:ietf:params:scim:schemas:core:2.0:User";

    /// <summary>The core schema.</summary>
    public static Schema Core { get; } = new(Urn, "User", "User Account",
    [
        new("userName", AttributeType.String, "The name by which the person is known to the service; unique in the organization, compared without regard to case.")
            { Required = true, Uniqueness = Uniqueness.Server },
        new("name", AttributeType.Complex, "The components of the person's name.")
        {
            SubAttributes =
            [
                Text("formatted", "The full name as it is displayed."),
                Text("familyName", "The family name, or last name."),
                Text("givenName", "The given name, or first name."),
                Text("middleName", "The middle names."),
                Text("honorificPrefix", "The title before the name."),
                Text("honorificSuffix", "The suffix after the name."),
            ],
        },
        Text("displayName", "The name of the person as it is shown to others."),
        Text("nickName", "The casual way to address the person."),
        new("profileUrl", AttributeType.Reference, "A page about the person.") { CaseExact = true, ReferenceTypes = ["external"] },
        Text("title", "The person's title, such as \"Vice President\"."),
        Text("userType", "The relationship between the organization and the person, such as \"Contractor\"."),
        Text("preferredLanguage", "The languages that the person prefers, as in Accept-Language."),
        Text("locale", "The person's locale, such as \"en-US\".") with { Format = AttributeFormat.Locale },
        Text("timezone", "The person's time zone in IANA form, such as \"America/Los_Angeles\".") with { Format = AttributeFormat.TimeZone },
        new("active", AttributeType.Boolean, "Whether the person may use the service, as the identity provider says.") { IsNeverGuessed = true },
        new("password", AttributeType.String, "Accepted and dropped: the service keeps no passwords.")
            { CaseExact = true, Mutability = Mutability.WriteOnly, Returned = Returned.Never },
        Plural("emails", "E-mail addresses of the person.", ["work", "home", "other"], Text("value", "The address itself.") with { Format = AttributeFormat.Email }),
        Plural("phoneNumbers", "Phone numbers of the person.", ["work", "home", "mobile", "fax", "pager", "other"]),
        Plural("ims", "Instant messaging addresses of the person.", ["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"]),
        Plural("photos", "URLs of photos of the person.", ["photo", "thumbnail"], new("value", AttributeType.Reference, "The URL of a photo.") { CaseExact = true, ReferenceTypes = ["external"] }),
        new("addresses", AttributeType.Complex, "Postal addresses of the person.")
        {
            MultiValued = true,
            SubAttributes =
            [
                Text("formatted", "The full address, as on a label."),
                Text("streetAddress", "Street, house number, post office box."),
                Text("locality", "The city."),
                Text("region", "The state or region."),
                Text("postalCode", "The postal code."),
                Text("country", "The country, ISO 3166-1 alpha-2."),
                Type(["work", "home", "other"]),
                Primary, // RFC 7643 section 2.4 gives it to every multi-valued complex attribute; section 8.7.1 forgets it here
            ],
        },
        new("groups", AttributeType.Complex, "The groups of which the person is a member, directly or through other groups.")
        {
            MultiValued = true, Mutability = Mutability.ReadOnly, IsDerived = true,
            SubAttributes =
            [
                new("value", AttributeType.String, "The id of the group.") { CaseExact = true, Mutability = Mutability.ReadOnly },
                new("$ref", AttributeType.Reference, "The URI of the group.") { CaseExact = true, Mutability = Mutability.ReadOnly, ReferenceTypes = ["Group"] },
                new("display", AttributeType.String, "The name of the group.") { Mutability = Mutability.ReadOnly },
                new("type", AttributeType.String, "\"direct\" or \"indirect\".") { Mutability = Mutability.ReadOnly, CanonicalValues = ["direct", "indirect"] },
            ],
        },
        Plural("entitlements", "Things that the person has.", []),
        Plural("roles", "Roles of the person.", []),
        Plural("x509Certificates", "Certificates of the person.", [], new("value", AttributeType.Binary, "A DER certificate in base64.") { CaseExact = true }),
    ]);

    /// <summary>The resource type <c>User</c> at <c>/Users</c>.</summary>
    public static ResourceType ResourceType { get; } = new("User", "/Users", "User Account", Core, [new SchemaExtension(EnterpriseUserSchema.Schema, Required: false)]);

    static AttributeDefinition Primary => new("primary", AttributeType.Boolean, "Whether this is the preferred value; true for one value at most.");

    static AttributeDefinition Text(string name, string description) => new(name, AttributeType.String, description);

    static AttributeDefinition Type(ImmutableArray<string> canonical) => new("type", AttributeType.String, "What the value is for.") { CanonicalValues = canonical };

    static AttributeDefinition Plural(string name, string description, ImmutableArray<string> types, AttributeDefinition? value = null) =>
        new(name, AttributeType.Complex, description)
        {
            MultiValued = true,
            SubAttributes = [value ?? Text("value", "The value itself."), Text("display", "A readable form of the value."), Type(types), Primary],
        };
}

/// <summary>The extension of people in companies, RFC 7643 §4.3.</summary>
public static class EnterpriseUserSchema
{
    /// <summary>The URN of the extension.</summary>
    public const string Urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    /// <summary>The extension schema.</summary>
    public static Schema Schema { get; } = new(Urn, "EnterpriseUser", "Enterprise User",
    [
        Text("employeeNumber", "The number by which the organization knows the person."),
        Text("costCenter", "The name of a cost center."),
        Text("organization", "The name of an organization."),
        Text("division", "The name of a division."),
        Text("department", "The name of a department."),
        new("manager", AttributeType.Complex, "The person's manager.")
        {
            SubAttributes =
            [
                new("value", AttributeType.String, "The id of the manager.") { CaseExact = true },
                new("$ref", AttributeType.Reference, "The URI of the manager.") { CaseExact = true, ReferenceTypes = ["User"], IsDerived = true },
                new("displayName", AttributeType.String, "The manager's name.") { Mutability = Mutability.ReadOnly, IsDerived = true },
            ],
        },
    ]);

    static AttributeDefinition Text(string name, string description) => new(name, AttributeType.String, description);
}
