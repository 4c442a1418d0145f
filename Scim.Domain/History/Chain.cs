using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Scim.Domain.History;

/// <summary>
/// The hash of a stored event over its bytes and metadata and the hash before it in its stream. Whoever has the rows can
/// recompute it; whoever changes a row breaks it from there on.
/// </summary>
public static class Chain
{
    /// <summary>What stands before the first event of a stream: 32 zero bytes.</summary>
    public static ReadOnlyMemory<byte> Genesis { get; } = new byte[32];

    /// <summary>The header that holds the hash itself, in base64; the only one that is not hashed.</summary>
    public const string HashHeader = "hash";

    /// <summary>The 32 bytes of the hash of one stored event.</summary>
    /// <remarks>
    /// <c>SHA-256("scim.event.1\n" ‖ prev ‖ t(tenant) ‖ stream ‖ i64(version) ‖ id ‖ t(type) ‖ t(.NET type) ‖ i64(µs) ‖ t(user)
    /// ‖ t(causation) ‖ t(correlation) ‖ i32(headers) ‖ headers × [t(name) t(value)] ‖ i32(length) ‖ body)</c> with <c>t(s)</c> =
    /// byte length as i32 ‖ UTF-8 (null is ffffffff), integers big-endian, UUIDs in RFC order, headers sorted by the UTF-16
    /// code units of their names.
    /// </remarks>
    public static byte[] Hash(ReadOnlySpan<byte> previous, StoredEvent e)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        buffer.Write("scim.event.1\n"u8);
        buffer.Write(previous);
        Text(buffer, e.TenantId);
        Id(buffer, e.StreamId);
        Long(buffer, e.Version);
        Id(buffer, e.Id);
        Text(buffer, e.Type);
        Text(buffer, e.DotNetType);
        Long(buffer, Microseconds(e.Timestamp));
        Text(buffer, e.UserName);
        Text(buffer, e.CausationId);
        Text(buffer, e.CorrelationId);
        var headers = e.Headers.Where(h => h.Key != HashHeader).OrderBy(h => h.Key, StringComparer.Ordinal).ToArray();
        Int(buffer, headers.Length);
        foreach (var (name, value) in headers)
        {
            Text(buffer, name);
            Text(buffer, value);
        }
        Int(buffer, e.Body.Length);
        buffer.Write(e.Body.Span);
        return SHA256.HashData(buffer.WrittenSpan);
    }

    /// <summary>Whole microseconds since 1970, as PostgreSQL stores an instant.</summary>
    public static long Microseconds(DateTimeOffset instant) => (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    static void Text(ArrayBufferWriter<byte> buffer, string? text)
    {
        if (text is null)
        {
            Int(buffer, -1);
            return;
        }
        Int(buffer, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, buffer);
    }

    static void Id(ArrayBufferWriter<byte> buffer, Guid id)
    {
        id.TryWriteBytes(buffer.GetSpan(16), bigEndian: true, out _);
        buffer.Advance(16);
    }

    static void Long(ArrayBufferWriter<byte> buffer, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(buffer.GetSpan(8), number);
        buffer.Advance(8);
    }

    static void Int(ArrayBufferWriter<byte> buffer, int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer.GetSpan(4), number);
        buffer.Advance(4);
    }
}

/// <summary>An event as its row stands in the store; a column that is not enabled is null.</summary>
public sealed record StoredEvent(
    string TenantId, Guid StreamId, long Version, Guid Id, string Type, string DotNetType, DateTimeOffset Timestamp,
    string? UserName, string? CausationId, string? CorrelationId, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body);
