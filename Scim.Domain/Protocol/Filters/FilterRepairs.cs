using System.Collections.Immutable;
using Scim.Domain.Dialects;

namespace Scim.Domain.Protocol.Filters;

/// <summary>The deviations from the filter language that are understood all the same; each is proved by a conversation.</summary>
static class FilterRepairs
{
    internal static Repair Unquoted { get; } = new("filter: value without quotation marks", "Entra",
        "A word where a string belongs can only mean that string.",
        "externalId eq jyoung", "entra/users");

    internal static Repair AfterValuePath { get; } = new("filter: comparison after a value path", "Entra",
        "The elements that are meant and what is compared of them are both said.",
        """emails[type eq "work"].value eq "x", and the older form without .value""", "entra/users");

    internal static Repair BareComplex { get; } = new("filter: complex attribute compared as its value", "Entra, Ping",
        "Its value sub-attribute is the significant one (RFC 7643 section 2.4).",
        "emails eq \"x\", manager eq \"x\", members eq \"x\"", "entra/users");

    internal static Repair WithoutUrn { get; } = new("filter: extension attribute without its URN", "Entra",
        "Exactly one extension knows the name, so it means that.",
        "manager eq \"x\"", "entra/users");

    internal static Repair TextForBoolean { get; } = new("filter: text for a boolean", "Entra",
        "There are two booleans, and this is the text of one.",
        "primary eq \"True\"", "entra/users");

    internal static Repair MatchingEmail { get; } = new("filter: matching attribute e-mail", "Okta",
        "People are matched by e-mail there; nobody found means that everybody is created again.",
        "userName eq \"b@example.com\", email eq \"b@example.com\"", "okta/email-matching");

    /// <summary>All of them.</summary>
    internal static ImmutableArray<Repair> All { get; } = [Unquoted, AfterValuePath, BareComplex, WithoutUrn, TextForBoolean, MatchingEmail];

    /// <summary>Notes the repair.</summary>
    /// <exception cref="Scim.Domain.Protocol.ScimException">400 <c>invalidFilter</c> in strict mode.</exception>
    internal static void Apply(Notes notes, Repair repair, string detail)
    {
        if (notes.Strict) throw ScimException.InvalidFilter(detail);
        repair.Note(notes, detail);
    }
}
