using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Scim.Domain.Dialects;
using Scim.Domain.Organizations;

namespace Scim.Api.Access;

/// <summary>The token of an Authorization header, in the forms in which identity providers send it.</summary>
internal static class BearerToken
{
    const string Scheme = "Bearer";

    /// <summary>An administrator pasted the scheme into a field that has it already.</summary>
    internal static Repair Repeated { get; } = new("Bearer repeated", "Okta",
        "The token is right; the mistake is in a form that shows nothing of it.",
        "Authorization: Bearer Bearer …", "okta/authorization");

    /// <summary>
    /// The token after any number of schemes in any case: Okta's header mode sends it bare, and a pasted
    /// <c>Bearer xyz</c> arrives as <c>Bearer Bearer xyz</c>. Null when there is none, or several headers.
    /// </summary>
    internal static (string? Token, bool IsRepeated) Of(HttpRequest request)
    {
        var header = request.Headers.Authorization;
        if (header.Count != 1) return (null, false);
        var text = header.ToString().Trim();
        var schemes = 0;
        while (text.Length > Scheme.Length && text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && char.IsWhiteSpace(text[Scheme.Length]))
        {
            text = text[Scheme.Length..].TrimStart();
            schemes++;
        }
        return (text.Length > 0 ? text : null, schemes > 1);
    }

    /// <summary>The organization's token of that hash, in base64; every one is compared, each in constant time.</summary>
    internal static Token? Find(Organization organization, string hash) => Matching(organization.Tokens, t => t.Hash, hash);

    /// <summary>The same among its keys.</summary>
    internal static ApiKey? FindKey(Organization organization, string hash) => Matching(organization.Keys, k => k.Hash, hash);

    static T? Matching<T>(ImmutableArray<T> secrets, Func<T, string> hashOf, string hash) where T : class
    {
        T? found = null;
        foreach (var secret in secrets)
            if (CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(hash.AsSpan()), MemoryMarshal.AsBytes(hashOf(secret).AsSpan()))) found = secret;
        return found;
    }
}
