using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Scim.Api.EventStore;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>What of a request is personal and stands sealed. There is no field for a header, so none can stand in it.</summary>
internal sealed record LogContent(string Sentence, string? Detail, string? Path, string? Query, LoggedBody? Request, LoggedBody? Answer)
{
    const byte Deflated = 1;
    const int Nonce = 12, Tag = 16;

    /// <summary>Bytes 0: form 1; then nonce 12, ciphertext of the deflated JSON, tag 16. Organization and request are authenticated with it.</summary>
    internal byte[] Seal(byte[] key, string tenant, Guid id)
    {
        using var plain = new MemoryStream();
        using (var deflate = new DeflateStream(plain, CompressionLevel.Fastest, leaveOpen: true)) JsonSerializer.Serialize(deflate, this, EventStoreOptions.Json);
        var length = (int)plain.Length;
        var bytes = new byte[1 + Nonce + length + Tag];
        bytes[0] = Deflated;
        RandomNumberGenerator.Fill(bytes.AsSpan(1, Nonce));
        using var gcm = new AesGcm(key, Tag);
        gcm.Encrypt(bytes.AsSpan(1, Nonce), plain.GetBuffer().AsSpan(0, length), bytes.AsSpan(1 + Nonce, length), bytes.AsSpan(1 + Nonce + length), Associated(tenant, id));
        return bytes;
    }

    internal static LogContent Open(ReadOnlySpan<byte> bytes, byte[] key, string tenant, Guid id)
    {
        if (bytes[0] != Deflated) throw new InvalidDataException($"A request's content has the form {bytes[0]}, which this build does not know.");
        var plain = new byte[bytes.Length - 1 - Nonce - Tag];
        using var gcm = new AesGcm(key, Tag);
        gcm.Decrypt(bytes.Slice(1, Nonce), bytes[(1 + Nonce)..^Tag], bytes[^Tag..], plain, Associated(tenant, id));
        using var inflate = new DeflateStream(new MemoryStream(plain), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<LogContent>(inflate, EventStoreOptions.Json)!;
    }

    static byte[] Associated(string tenant, Guid id) => [.. "scim.request-log\n"u8, .. id.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(tenant)];
}
