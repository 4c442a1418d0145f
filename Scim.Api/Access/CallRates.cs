using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Scim.Api.Hosting;
using Scim.Domain.Protocol;

namespace Scim.Api.Access;

/// <summary>
/// How often a token may call this node, and how often an address may be wrong about one. Several nodes do not count
/// together: over N nodes a token has at most N times its rate.
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
        if (!lease.IsAcquired) throw TooOften(lease, $"This token makes more than {limits.TokenRate} requests a second.");
    }

    /// <summary>Counts a wrong token or key of that address; <paramref name="door"/> is what it was wrong at.</summary>
    /// <exception cref="ScimException">429</exception>
    internal void CountStranger(string door, IPAddress? address) => Stranger(door, address, 1);

    /// <summary>Sends away an address that has been wrong too often, before anything is compared.</summary>
    /// <exception cref="ScimException">429</exception>
    internal void CheckStranger(string door, IPAddress? address) => Stranger(door, address, 0);

    void Stranger(string door, IPAddress? address, int count)
    {
        using var lease = _strangers.AttemptAcquire($"{door} {Neighbourhood(address)}", count);
        if (!lease.IsAcquired) throw TooOften(lease, "Too many requests from this address carry no valid token.");
    }

    // Whoever has one IPv6 address has the 2^64 beside it.
    static string? Neighbourhood(IPAddress? address)
    {
        if (address is not { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }) return address?.MapToIPv4().ToString();
        return Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8));
    }

    static ScimException TooOften(RateLimitLease lease, string detail)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? (int)Math.Ceiling(after.TotalSeconds) : 1;
        return new ScimException(429, null, detail) { RetryAfter = Math.Clamp(wait, 1, 60) };
    }

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
