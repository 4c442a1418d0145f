using System.Security.Cryptography;
using System.Text;

namespace Scim.Api.EventStore.Sealing;

/// <summary>The one key outside the database. It wraps the keys of people; who does not have it reads no personal data.</summary>
internal sealed class MasterKey(ReadOnlySpan<byte> key, byte id = 1)
{
    /// <summary>Bytes of a wrapped person key: key id 1, nonce 12, key 32, tag 16.</summary>
    internal const int WrappedLength = 61;

    const int HeadLength = 29;

    readonly byte[] _key = key.Length == 32 ? key.ToArray() : throw new ArgumentException("A master key has 32 bytes.", nameof(key));

    /// <summary>Which master key, once there are several.</summary>
    internal byte Id => id;

    /// <summary>What the registry keeps to tell this key from another; it gives nothing of the key away.</summary>
    internal byte[] CheckValue => HMACSHA256.HashData(_key, "scim.master-key.check"u8);

    /// <summary>By what the holder of this key knows that nobody else wrote these bytes: a backup's manifest.</summary>
    internal byte[] Authenticate(ReadOnlySpan<byte> manifest) => HMACSHA256.HashData(_key, (byte[])[.. "scim.backup.1\n"u8, .. manifest]);

    /// <summary>The key by which an organization's provisioning log hashes whom its rows name: found again by who has this key, guessed by nobody else.</summary>
    internal byte[] SubjectKey(string tenant) => DerivedKey($"scim.request-log.subject\n{tenant}");

    internal byte[] Wrap(string tenant, Guid person, ReadOnlySpan<byte> personKey)
    {
        var wrapped = new byte[WrappedLength];
        wrapped[0] = Id;
        RandomNumberGenerator.Fill(wrapped.AsSpan(1, 12));
        using var gcm = new AesGcm(_key, 16);
        gcm.Encrypt(wrapped.AsSpan(1, 12), personKey, wrapped.AsSpan(13, 32), wrapped.AsSpan(45, 16), Associated(tenant, person));
        return wrapped;
    }

    /// <exception cref="CryptographicException">The bytes were not wrapped by this key for this person and organization.</exception>
    internal byte[] Unwrap(string tenant, Guid person, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length != WrappedLength || wrapped[0] != Id) throw new CryptographicException("The key of a person was wrapped by another master key.");
        var personKey = new byte[32];
        using var gcm = new AesGcm(_key, 16);
        gcm.Decrypt(wrapped.Slice(1, 12), wrapped.Slice(13, 32), wrapped.Slice(45, 16), personKey, Associated(tenant, person));
        return personKey;
    }

    /// <summary>Seals what the installation itself keeps, for one purpose: key id 1, nonce 12, tag 16, content.</summary>
    internal byte[] Seal(string purpose, ReadOnlySpan<byte> content)
    {
        var box = new byte[HeadLength + content.Length];
        box[0] = Id;
        RandomNumberGenerator.Fill(box.AsSpan(1, 12));
        using var gcm = new AesGcm(DerivedKey(purpose), 16);
        gcm.Encrypt(box.AsSpan(1, 12), content, box.AsSpan(HeadLength), box.AsSpan(13, 16));
        return box;
    }

    /// <exception cref="CryptographicException">The bytes were not sealed by this key for this purpose.</exception>
    internal byte[] Open(string purpose, ReadOnlySpan<byte> box)
    {
        if (box.Length < HeadLength || box[0] != Id) throw new CryptographicException("The content was sealed by another master key.");
        var content = new byte[box.Length - HeadLength];
        using var gcm = new AesGcm(DerivedKey(purpose), 16);
        gcm.Decrypt(box.Slice(1, 12), box[HeadLength..], box.Slice(13, 16), content);
        return content;
    }

    byte[] DerivedKey(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, 32, info: Encoding.UTF8.GetBytes(purpose));

    static byte[] Associated(string tenant, Guid person) => [.. person.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(tenant)];
}
