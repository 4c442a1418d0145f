namespace Scim.Domain.Dialects;

/// <summary>Which identity provider a request comes from, as far as it shows: for people to read, never to decide by.</summary>
public static class Provider
{
    /// <summary>Nothing of the request tells.</summary>
    public const string Unknown = "unknown";

    const string Entra = "Entra";

    // The first that the user agent holds.
    static readonly (string Part, string Name)[] Agents =
    [
        ("okta", "Okta"), ("onelogin", "OneLogin"), ("jumpcloud", "JumpCloud"), ("pingfederate", "Ping"), ("pingone", "Ping"), ("pingdata", "Ping"), ("ping identity", "Ping"),
        ("sailpoint", "SailPoint"), ("keycloak", "Keycloak"), ("authentik", "authentik"), ("rippling", "Rippling"), ("workday", "Workday"), ("cyberark", "CyberArk"),
        ("idaptive", "CyberArk"), ("duo", "Duo"), ("google", "Google"), ("azure", Entra), ("entra", Entra), ("microsoft", Entra),
    ];

    /// <summary>The provider by name.</summary>
    /// <param name="agent">The user agent; Entra sends none.</param>
    /// <param name="path">Path and query as sent: Entra's administrators put <c>aadOptscim062020</c> there.</param>
    /// <param name="headers">The names of the headers.</param>
    /// <param name="operations">The <c>op</c> values of a PATCH as sent: Entra writes <c>Replace</c>.</param>
    /// <remarks>Example: <c>Okta SCIM Client 1.0.0</c> is Okta.</remarks>
    public static string Of(string? agent, string path, IEnumerable<string> headers, IEnumerable<string> operations)
    {
        foreach (var (part, name) in Agents)
            if (agent?.Contains(part, StringComparison.OrdinalIgnoreCase) == true) return name;
        foreach (var header in headers)
            if (header.StartsWith("X-Okta-", StringComparison.OrdinalIgnoreCase)) return "Okta";
        if (path.Contains("aadOptscim", StringComparison.OrdinalIgnoreCase)) return Entra;
        return string.IsNullOrWhiteSpace(agent) && operations.Any(op => op is "Add" or "Remove" or "Replace") ? Entra : Unknown;
    }
}
