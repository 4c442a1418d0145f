using System.Text.RegularExpressions;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>What is never written down: by its name, or by its own shape wherever it stands.</summary>
internal static partial class Redaction
{
    /// <summary>What stands in the place of a text that is not written down.</summary>
    internal const string NotStored = "[not stored]";

    static readonly string[] Endings = ["password", "passphrase", "secret", "token", "apikey", "authorization", "credential", "credentials", "privatekey", "cookie"];

    /// <summary>Whether the member holds a secret: in any case, dotted, or after a schema's URN.</summary>
    internal static bool IsSecret(string name)
    {
        foreach (var segment in name.Split('.', ':', '[', ']', '/'))
        {
            var word = segment.AsSpan().Trim();
            foreach (var ending in Endings)
                if (word.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return MentionsPassword(name);
    }

    /// <summary>A text without the tokens in it; none at all of one that speaks of a password, as a body inside a string would.</summary>
    internal static string Text(string text) => MentionsPassword(text) ? NotStored : Tokens(text);

    /// <summary>A text of ours without the tokens in it.</summary>
    internal static string Tokens(string text) => Bearer().Replace(Token().Replace(text, NotStored), NotStored);

    internal static bool MentionsPassword(string text) => text.Contains("password", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("scim(key)?_[0-9A-Za-z]{16,}|operator_[0-9a-f]{16,}|eyJ[0-9A-Za-z_-]+\\.[0-9A-Za-z_-]+\\.[0-9A-Za-z_-]*")]
    private static partial Regex Token();

    [GeneratedRegex("(?i)\\b(bearer|basic)\\s+[0-9A-Za-z+/=._~-]{8,}")]
    private static partial Regex Bearer();
}
