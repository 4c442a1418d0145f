using System.Collections.Immutable;

namespace Scim.Domain.Dialects;

/// <summary>Every repair of bodies and PATCH requests; those of filters stand beside the filter parser.</summary>
public static class Repairs
{
    internal static Repair OpCase { get; } = new("op in another case", "Entra",
        "A case-sensitive op silently ignores Entra's deactivations.",
        """{"op":"Replace"}""", "Entra writes op with a capital");

    internal static Repair PatchUrnMissing { get; } = new("PatchOp URN missing", "several",
        "The media type and the verb already say what the body is.",
        """{"Operations":[…]} without schemas""", "a body without the PatchOp URN is read");

    internal static Repair EmptyPath { get; } = new("empty path", "several",
        "null and \"\" say that there is no path (RFC 7643 section 2.5).",
        """{"op":"replace","path":"","value":{…}}""", "an empty path is no path");

    internal static Repair ObjectForOperations { get; } = new("one operation without its array", "several",
        "One object says what an array of one says.",
        """{"Operations":{"op":"replace",…}}""", "one operation without its array is read");

    internal static Repair MembersInRemove { get; } = new("members inside a remove value", "Salesforce",
        "The members to remove are named, only in another place.",
        """{"op":"remove","value":{"members":[…]}}""", "Salesforce names members inside the value of a remove");

    internal static Repair ValuesInRemove { get; } = new("remove with values", "Entra, OneLogin, JumpCloud",
        "An engine that ignores the values empties the group.",
        """{"op":"remove","path":"members","value":[{"value":"…"}]}""", "Entra removes the members in the value");

    internal static Repair PathAsKey { get; } = new("path as key", "Entra with aadOptscim062020",
        "Keys of a value without path are paths there.",
        """{"name.givenName":"…","urn:…:User:department":"…"}""", "Entra's flag writes paths as keys");

    internal static Repair WithoutUrn { get; } = new("extension attribute without its URN", "Entra",
        "Exactly one extension knows the name, so it means that.",
        """{"path":"manager"}""", "Entra names the manager without its URN");

    internal static Repair ElementFromFilter { get; } = new("element made from a filter", "Entra",
        "Entra replaces the work e-mail whether or not there is one, and retries a noTarget for ever.",
        """{"op":"replace","path":"emails[type eq \"work\"].value"} where no e-mail is of type work""", "Entra replaces the value of an element that is not there");

    internal static Repair TextForBoolean { get; } = new("text for a boolean", "Entra, Keycloak, OneLogin",
        "\"False\" as active is a deactivation.",
        """{"path":"active","value":"False"}""", "Entra deactivates with text");

    internal static Repair ArrayForSingle { get; } = new("array for a single value", "Entra",
        "An array of one says what the one says.",
        """{"manager":[{"value":"…"}]}""", "Entra sends the manager in an array");

    internal static Repair SingleForMany { get; } = new("single value for a multi-valued attribute", "several",
        "One value says what an array of one says.",
        """{"emails":{"value":"…"}}""", "one object for a multi-valued attribute is an array of one");

    internal static Repair BareValue { get; } = new("bare value for a complex attribute", "Entra",
        "Its value sub-attribute is the significant one (RFC 7643 section 2.4).",
        """{"manager":"…"}""", "Entra sends the manager as text");

    internal static Repair BareElements { get; } = new("bare values for complex elements", "Okta",
        "A string array named roles is sent as it stands in Okta's profile.",
        """{"roles":["a","b"]}""", "Okta sends roles as strings");

    internal static Repair RoleAsJson { get; } = new("role as JSON in text", "Entra",
        "AppRoleAssignmentsComplex writes the role's object as text into value.",
        """{"roles":[{"value":"{\"id\":\"…\",\"value\":\"Admin\"}"}]}""", "Entra writes a role as JSON in text");

    internal static Repair SchemasMissing { get; } = new("schemas missing", "several",
        "The endpoint says what the resource is.",
        """{"userName":"…"} without schemas, or without the core URN""", "a body without schemas is read");

    internal static Repair SchemasUnknown { get; } = new("schemas unknown", "OneLogin, Entra",
        "URNs of SCIM 1.0 and of the provider itself name nothing that is needed.",
        """{"schemas":["urn:scim:schemas:core:1.0"]}""", "OneLogin names the schema of SCIM 1.0");

    internal static Repair SchemasIncomplete { get; } = new("extension not listed in schemas", "several",
        "The key itself names the extension.",
        """{"schemas":["…core…"],"urn:…enterprise…":{…}}""", "an extension that schemas does not list is read");

    internal static Repair FormatAsSent { get; } = new("format stored as sent", "several",
        "Nobody is kept out for a malformed photo URL, and Entra repeats for ever what comes back changed.",
        """{"locale":"en_US","timezone":"Mars"}""", "formats of optional attributes are stored as sent");

    internal static Repair PasswordDropped { get; } = Open("password dropped", "Okta",
        "Okta sends a random one with every create; it must reach no event.",
        """{"password":"…"}""", "Okta's password is dropped");

    internal static Repair ReadOnlyIgnored { get; } = Open("readOnly ignored", "Okta",
        "Okta merges its data into what our GET returned, and puts id into the value of a PATCH.",
        """{"id":"…","meta":{…},"groups":[]}""", "Okta echoes id, meta and groups");

    internal static Repair ReadOnlyInPatchValue { get; } = Open("readOnly ignored in a value without path", "Okta",
        "Every rename of a group carries its id.",
        """{"op":"replace","value":{"id":"…","displayName":"…"}}""", "Okta puts the id into the value");

    internal static Repair Unassigned { get; } = Open("null and empty are unassigned", "Entra, OneLogin, Okta",
        "Providers write what has no value as null, \"\" or [].",
        """{"id":null,"addresses":null,"manager":""}""", "null and empty values are absent");

    internal static Repair Redundant { get; } = Open("what is already so is no change", "Okta, Entra",
        "Providers repeat themselves: adds of members, renames, whole PUTs.",
        """{"op":"add","path":"members","value":[…already there…]}""", "Entra adds a member again");

    /// <summary>Beside them, because RFC 7644 §3.5.1 allows it: noted, never refused.</summary>
    public static Repair LeftOut { get; } = new("left out of an echo", "Okta",
        "Okta puts back what our GET showed; what it leaves out is cleared, which somebody may not have meant.",
        """{"id":"…","userName":"…"} where the GET showed a title""", "okta/unknown-and-empty");

    /// <summary>Beside them, because only the directory knows who exists.</summary>
    public static Repair UnknownMembers { get; } = new("unknown members", "Okta, Entra",
        "Groups are pushed with people who are not assigned to the application, or not yet.",
        """{"op":"add","path":"members","value":[{"value":"…of nobody…"},{"value":"…of somebody…"}]}""", "others/groups");

    /// <summary>Beside them, because it is a search that forgives it.</summary>
    public static Repair SearchUrnMissing { get; } = new("SearchRequest URN missing", "several",
        "The path already says what the body is.",
        """{"filter":"…"} without schemas""", "others/search");

    /// <summary>All of them.</summary>
    public static ImmutableArray<Repair> All { get; } =
    [
        OpCase, PatchUrnMissing, EmptyPath, ObjectForOperations, MembersInRemove, ValuesInRemove, PathAsKey, WithoutUrn, ElementFromFilter,
        TextForBoolean, ArrayForSingle, SingleForMany, BareValue, BareElements, RoleAsJson,
        SchemasMissing, SchemasUnknown, SchemasIncomplete, FormatAsSent,
        PasswordDropped, ReadOnlyIgnored, ReadOnlyInPatchValue, Unassigned, Redundant,
    ];

    static Repair Open(string name, string provider, string reason, string shape, string proof) =>
        new(name, provider, reason, shape, proof) { IsNoted = false };
}
