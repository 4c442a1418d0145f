using Scim.Domain.Dialects;

namespace Scim.Domain.Protocol.Filters;

/// <summary>The deviations from the filter language that are understood all the same, by the names under which they are counted.</summary>
static class FilterRepairs
{
    /// <summary>Entra: <c>externalId eq jyoung</c>.</summary>
    internal const string Unquoted = "filter: value without quotation marks";

    /// <summary>Entra: <c>emails[type eq "work"].value eq "x"</c>, and the older form without <c>.value</c>.</summary>
    internal const string AfterValuePath = "filter: comparison after a value path";

    /// <summary>Entra and Ping: <c>emails eq "x"</c>, <c>manager eq "x"</c>, <c>members eq "x"</c>.</summary>
    internal const string BareComplex = "filter: complex attribute compared as its value";

    /// <summary>Entra: <c>manager eq "x"</c> for the enterprise extension's attribute.</summary>
    internal const string WithoutUrn = "filter: extension attribute without its URN";

    /// <summary>Entra: <c>primary eq "True"</c>.</summary>
    internal const string TextForBoolean = "filter: text for a boolean";

    /// <summary>The setup in which people are matched by e-mail.</summary>
    internal const string MatchingEmail = "filter: matching attribute e-mail";

    /// <summary>Notes the repair.</summary>
    /// <exception cref="Scim.Domain.Protocol.ScimException">400 <c>invalidFilter</c> in strict mode.</exception>
    internal static void Apply(Notes notes, string name, string detail)
    {
        if (notes.Strict) throw ScimException.InvalidFilter(detail);
        notes.Repair(name, detail);
    }
}
