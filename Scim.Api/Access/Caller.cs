using System.Buffers.Binary;
using Scim.Domain.Dialects;
using Scim.Domain.Groups;

namespace Scim.Api.Access;

/// <summary>
/// Who asks, for which organization, in which request. Everything after the proof of the caller sees only that
/// organization; what an event says of its origin is taken from here.
/// </summary>
/// <param name="Organization">The organization whose data the request may see.</param>
/// <param name="Actor">As it stands on events: <c>scim-token:ID</c>, <c>key:ID</c>, <c>operator</c>, <c>operator:NAME</c>, <c>system</c>.</param>
/// <param name="RequestId">A UUIDv7 of ours; also the command's id, as a request is one command.</param>
internal sealed record Caller(Guid Organization, string Actor, Guid RequestId)
{
    /// <summary>Where facts that this caller causes come from, as <see cref="Domain.History.Source"/> names it.</summary>
    internal required string Source { get; init; }

    /// <summary>The token's id, when a token proved the caller.</summary>
    internal Guid? Token { get; init; }

    /// <summary>The address as decided by the configured trusted proxies; never an operator's.</summary>
    internal string? Ip { get; init; }

    /// <summary>The provider's own request id, where it sends one.</summary>
    internal string? ProviderRequest { get; init; }

    /// <summary>The provider's user agent.</summary>
    internal string? Agent { get; init; }

    /// <summary>What the request was forgiven and what of it is unknown.</summary>
    internal Notes Notes { get; init; } = new();

    /// <summary>What the request has written so far.</summary>
    internal Tally Written { get; } = new();

    /// <summary>The provider's request id as events and the log show it.</summary>
    internal string? ShownProviderRequest => ProviderRequest is { } provider ? Cut(provider) : null;

    /// <summary>The headers that its events carry, plain strings for ever.</summary>
    internal IEnumerable<KeyValuePair<string, string>> EventHeaders()
    {
        if (Ip is { } ip) yield return new("ip", ip);
        if (Token is { } token) yield return new("token", token.ToString("D"));
        yield return new("request", RequestId.ToString("D"));
        if (ShownProviderRequest is { } provider) yield return new("providerRequest", provider);
        if (Agent is { } agent) yield return new("agent", Cut(agent));
        if (Notes.Repairs.Count > 0) yield return new("repairs", string.Join("; ", Notes.Repairs));
        if (Notes.Unmapped.Count > 0) yield return new("unmapped", string.Join("; ", Notes.Unmapped));
    }

    // A header of the caller's own making: printable ASCII, at most 128 characters.
    internal static string Cut(string text) => new([.. text.Where(c => c is >= ' ' and <= '~').Take(128)]);
}

/// <summary>Counts what one request wrote.</summary>
internal sealed class Tally
{
    readonly List<(Guid Id, string Type, Guid Stream)> _stored = [];

    internal int Events => _stored.Count;

    /// <summary>The stored events: their ids, their pinned names, their streams.</summary>
    internal IReadOnlyList<(Guid Id, string Type, Guid Stream)> Stored => _stored;

    /// <summary>How many members its groups gained and lost.</summary>
    internal (int Added, int Removed) Members { get; private set; }

    /// <summary>How the person was called before the command, where it was looked up.</summary>
    internal string? Name { get; set; }

    internal void Add(Guid id, string type, Guid stream, object e)
    {
        _stored.Add((id, type, stream));
        if (e is GroupMembersAdded came) Members = Members with { Added = Members.Added + came.Users.Count + came.Groups.Count };
        if (e is GroupMembersRemoved went) Members = Members with { Removed = Members.Removed + went.Users.Count + went.Groups.Count };
    }
}

/// <summary>Makes the ids of requests, commands, people, organizations, tokens and keys: UUIDv7, which sort by time.</summary>
internal static class NewId
{
    /// <summary>Of version 7, whose first random bits are the fraction of the millisecond (RFC 9562 §6.2): what one node does one after the other stands so.</summary>
    internal static Guid Next(TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        Span<byte> id = stackalloc byte[16];
        Guid.CreateVersion7(now).TryWriteBytes(id, bigEndian: true, out _);
        BinaryPrimitives.WriteInt16BigEndian(id[6..], (short)(0x7000 | now.Ticks % TimeSpan.TicksPerMillisecond * 0x1000 / TimeSpan.TicksPerMillisecond));
        return new Guid(id, bigEndian: true);
    }
}
