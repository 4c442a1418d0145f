using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Scim.Api.Access;

/// <summary>
/// The operator of the installation, proved by the operator key: <c>Operator:Key</c>, else the one kept in the data
/// folder. The operator acts as administrator of an organization as long as it has no staff of its own.
/// </summary>
internal sealed class OperatorAccess(string key, TimeProvider clock)
{
    /// <summary>Its name in the data folder.</summary>
    internal const string Secret = "operator-key";

    readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    internal static string NewKey() => "operator_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether the request carries the key; compared in constant time.</summary>
    internal bool IsProved(HttpRequest request) =>
        BearerToken.Of(request).Token is { } given && IsKey(Encoding.UTF8.GetBytes(given));

    /// <summary>Whether the request carries the key as the password of HTTP Basic (RFC 7617), under whatever name.</summary>
    internal bool IsProvedByPassword(HttpRequest request)
    {
        if (request.Headers.Authorization.Count != 1 || !AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
            || !header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || header.Parameter is not { } pair)
            return false;
        var bytes = new byte[pair.Length];
        if (!Convert.TryFromBase64String(pair, bytes, out var length)) return false;
        var text = bytes.AsSpan(0, length);
        var colon = text.IndexOf((byte)':');
        return colon >= 0 && IsKey(text[(colon + 1)..]);
    }

    bool IsKey(ReadOnlySpan<byte> given) => CryptographicOperations.FixedTimeEquals(_hash, SHA256.HashData(given));

    /// <summary>The caller of a request for one organization; no address of an operator is kept.</summary>
    internal Caller Caller(Guid organization, string? name = null) =>
        new(organization, name is null ? "operator" : $"operator:{name}", NewId.Next(clock)) { Source = Domain.History.Source.Operator };
}
