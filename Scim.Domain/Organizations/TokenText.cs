namespace Scim.Domain.Organizations;

/// <summary>The text of a token, by which an identity provider proves itself: <see cref="SecretText"/> after <c>scim_</c>.</summary>
public static class TokenText
{
    /// <summary>What every token begins with.</summary>
    public const string Prefix = "scim_";

    static readonly SecretText Text = new(Prefix);

    /// <summary>The text for 32 random bytes.</summary>
    public static string Of(ReadOnlySpan<byte> random) => Text.Of(random);

    /// <summary>Whether the text can be a token at all.</summary>
    public static bool IsWellFormed(string text) => Text.IsWellFormed(text);

    /// <summary>What is stored of it: the SHA-256 of its UTF-8.</summary>
    public static byte[] Hash(string text) => SecretText.Hash(text);
}
