using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Scim.Domain.Organizations;

/// <summary>
/// How a secret is written: a prefix that says what it is, 43 base62 digits of 32 random bytes, 6 base62 digits of the
/// CRC-32 of all before. A mistyped or foreign one is told apart without asking the database, and scanners find leaked ones.
/// </summary>
public sealed class SecretText(string prefix)
{
    const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    static readonly SearchValues<char> DigitSet = SearchValues.Create(Digits);

    /// <summary>The text for 32 random bytes.</summary>
    public string Of(ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, 32);
        var body = prefix + Base62(new BigInteger(random, isUnsigned: true, isBigEndian: true), 43);
        return body + Checksum(body);
    }

    /// <summary>Whether the text can be such a secret at all.</summary>
    public bool IsWellFormed(string text) =>
        text.Length == prefix.Length + 43 + 6 && text.StartsWith(prefix, StringComparison.Ordinal)
        && text.AsSpan(prefix.Length).IndexOfAnyExcept(DigitSet) < 0 && Checksum(text[..^6]) == text[^6..];

    /// <summary>What is stored of it: the SHA-256 of its UTF-8.</summary>
    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    static string Checksum(string body) => Base62(Crc32(Encoding.UTF8.GetBytes(body)), 6);

    static string Base62(BigInteger number, int digits)
    {
        var text = new char[digits];
        for (var i = digits - 1; i >= 0; i--)
        {
            number = BigInteger.DivRem(number, 62, out var digit);
            text[i] = Digits[(int)digit];
        }
        return new string(text);
    }

    // CRC-32 of IEEE 802.3.
    static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }
        return ~crc;
    }
}
