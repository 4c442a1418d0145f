using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Scim.Api.Hosting;
using Scim.Domain.Protocol;

namespace Scim.Api.Access;

/// <summary>
/// How often a token or key may call this node, and how often an address may be wrong about one. Several nodes do not count
/// together: over N nodes one has at most N times its rate.
/// </summary>
internal sealed class CallRates(Limits limits) : IDisposable
{
    readonly PartitionedRateLimiter<Guid> _tokens = Buckets<Guid>(limits.TokenRate, limits.TokenBurst);
    readonly PartitionedRateLimiter<string> _strangers = Buckets<string>(limits.StrangerRate, limits.StrangerBurst);

    /// <summary>Counts a request of a proved caller.</summary>
    /// <exception cref="ScimException">429</exception>
    internal void Count(Guid token)
    {
        using var lease = _tokens.AttemptAcquire(token);
        if (!lease.IsAcquired) throw TooOften($"This token or key makes more than {limits.TokenRate} requests a second.");
    }

    /// <summary>Counts a wrong token or key of that address; <paramref name="door"/> is what it was wrong at.</summary>
    /// <exception cref="ScimException">429</exception>
    internal void CountStranger(string door, IPAddress? address)
    {
        using var lease = _strangers.AttemptAcquire(Stranger(door, address));
        if (!lease.IsAcquired) throw TooManyGuesses();
    }

    /// <summary>Sends away an address that has been wrong too often, before anything is compared.</summary>
    /// <exception cref="ScimException">429</exception>
    internal void CheckStranger(string door, IPAddress? address)
    {
        if (_strangers.GetStatistics(Stranger(door, address))?.CurrentAvailablePermits < 1) throw TooManyGuesses();
    }

    // Whoever has one IPv6 address has the 2^64 beside it.
    static string Stranger(string door, IPAddress? address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
            ? $"{door} {Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))}"
            : $"{door} {address?.MapToIPv4()}";

    static ScimException TooManyGuesses() => TooOften("Too many requests from this address carry no valid token.");

    // Every bucket gets at least one a second.
    static ScimException TooOften(string detail) => new(429, null, detail) { RetryAfter = 1 };

    static PartitionedRateLimiter<TKey> Buckets<TKey>(int rate, int burst) where TKey : notnull =>
        PartitionedRateLimiter.Create<TKey, TKey>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new()
        {
            TokenLimit = Math.Max(burst, rate),
            TokensPerPeriod = rate,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));

    public void Dispose()
    {
        _tokens.Dispose();
        _strangers.Dispose();
    }
}
