namespace Scim.Domain.Dialects;

/// <summary>
/// Which identity provider a request comes from, told by its user agent, else by what only one of them sends. A guess
/// for people to read: nothing is decided by it.
/// </summary>
/// <remarks>Example: <c>okta</c> for "Okta SCIM Client 1.0.0".</remarks>
public static class Provider
{
    /// <summary>What a request is that shows no sign.</summary>
    public const string Unknown = "unknown";

    // The first that stands in the user agent.
    static readonly (string Sign, string Name)[] Agents =
    [
        ("okta", "okta"), ("onelogin", "onelogin"), ("jumpcloud", "jumpcloud"), ("pingdirectory", "pingdirectory"), ("pingdatasync", "pingdirectory"), ("pingone", "pingone"),
        ("pingfederate", "pingone"), ("rippling", "rippling"), ("sailpoint", "sailpoint"), ("identityiq", "sailpoint"), ("cyberark", "cyberark"), ("idaptive", "cyberark"),
        ("keycloak", "keycloak"), ("scim-sdk", "keycloak"), ("salesforce", "salesforce"), ("sfdc", "salesforce"), ("authentik", "authentik"),
        ("azure", "entra"), ("microsoft", "entra"), ("entra", "entra"), ("google", "google"),
    ];

    /// <summary>The provider's name in lower case, or <see cref="Unknown"/>.</summary>
    /// <param name="userAgent">The header of that name.</param>
    /// <param name="headers">The names of all headers.</param>
    /// <param name="parameters">The names of the query's parameters.</param>
    /// <param name="repairs">What the request was forgiven.</param>
    public static string Of(string? userAgent, IEnumerable<string> headers, IEnumerable<string> parameters, IReadOnlyCollection<string> repairs)
    {
        if (userAgent is not null)
            foreach (var (sign, name) in Agents)
                if (userAgent.Contains(sign, StringComparison.OrdinalIgnoreCase)) return name;
        if (headers.Contains("adscimversion", StringComparer.OrdinalIgnoreCase) || parameters.Any(p => p.StartsWith("aadOptscim", StringComparison.OrdinalIgnoreCase))) return "entra";
        if (headers.Contains("X-Okta-Request-Id", StringComparer.OrdinalIgnoreCase)) return "okta";
        if (repairs.Contains(Repairs.OpCase.Name) || repairs.Contains(Repairs.RoleAsJson.Name)) return "entra";
        return repairs.Contains(Repairs.MembersInRemove.Name) ? "salesforce" : Unknown;
    }
}
