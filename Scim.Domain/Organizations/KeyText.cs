namespace Scim.Domain.Organizations;

/// <summary>The text of a key, which opens the JSON API for one organization and one role: <see cref="SecretText"/> after <c>scimkey_</c>.</summary>
/// <remarks>Neither prefix begins with the other, so a token is never taken for a key.</remarks>
public static class KeyText
{
    /// <summary>What every key begins with.</summary>
    public const string Prefix = "scimkey_";

    static readonly SecretText Text = new(Prefix);

    /// <summary>The text for 32 random bytes.</summary>
    public static string Of(ReadOnlySpan<byte> random) => Text.Of(random);

    /// <summary>Whether the text can be a key at all.</summary>
    public static bool IsWellFormed(string text) => Text.IsWellFormed(text);

    /// <summary>What is stored of it: the SHA-256 of its UTF-8.</summary>
    public static byte[] Hash(string text) => SecretText.Hash(text);
}
