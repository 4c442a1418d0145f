using System.Globalization;
using System.Text;

namespace Scim.Domain.Protocol;

/// <summary>
/// The one form in which strings without regard to case are compared, stored and kept unique:
/// <c>NFKC(fold(NFKD(x)))</c>. Two strings are the same exactly when their keys are, whether a filter, an index or a sign-in
/// asks. The key of a key is itself.
/// </summary>
/// <remarks>Example: <c>ＢＪｅｎｓｅｎ</c> and <c>bjensen</c> have the key <c>bjensen</c>.</remarks>
public static class CanonicalKey
{
    /// <summary>Characters that a userName or a group's displayName may have.</summary>
    public const int MaxCharacters = 256;

    /// <summary>Bytes of UTF-8 that such a name and its key may have; an index entry of PostgreSQL ends at 2,704.</summary>
    public const int MaxBytes = 1024;

    /// <summary>The key of any string. Total: what is no Unicode text counts as U+FFFD, what is unassigned as itself.</summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text)) return text.ToLowerInvariant();
        var folded = new StringBuilder(text.Length + 16);
        foreach (var rune in WellFormed(text).Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (CaseFolding.Of(rune.Value) is { } folding) folded.Append(folding);
            else folded.Append(rune.ToString());
        }
        return folded.ToString().Normalize(NormalizationForm.FormKC);
    }

    /// <summary>
    /// The key of a userName. Refused is what nobody could see or type (control and format characters), what a later Unicode
    /// could compare differently (unassigned characters), and what is too long for an index.
    /// </summary>
    /// <exception cref="ScimException">400 <c>invalidValue</c>.</exception>
    public static string OfUserName(string userName) => OfName(userName, "userName", "the person");

    /// <summary>The key of a group's displayName; refused is what a userName cannot have either.</summary>
    /// <exception cref="ScimException">400 <c>invalidValue</c>.</exception>
    public static string OfGroupName(string displayName) => OfName(displayName, "displayName", "the group");

    static string OfName(string name, string attribute, string known)
    {
        if (name.Length == 0) throw ScimException.InvalidValue($"The {attribute} is empty; it is the name by which {known} is known.");
        var characters = 0;
        foreach (var rune in name.EnumerateRunes())
            if (++characters > MaxCharacters) break;
        if (characters > MaxCharacters || Encoding.UTF8.GetByteCount(name) > MaxBytes) throw TooLong(attribute);
        for (var i = 0; i < name.Length; i++)
        {
            if (!Rune.TryGetRuneAt(name, i, out var rune)) throw Refused(attribute, name[i], "a lone surrogate");
            Check(attribute, rune);
            i += rune.Utf16SequenceLength - 1;
        }
        var key = Of(name);
        return Encoding.UTF8.GetByteCount(key) > MaxBytes ? throw TooLong(attribute) : key;
    }

    /// <summary>
    /// Proves that this process normalises as the keys in the store were: a runtime in globalization-invariant mode, or one
    /// with an older Unicode, would find nobody.
    /// </summary>
    /// <exception cref="InvalidOperationException">Names the text whose key is wrong.</exception>
    public static void SelfTest()
    {
        foreach (var (text, key) in Vectors)
            if (!string.Equals(Of(text), key, StringComparison.Ordinal))
                throw new InvalidOperationException(
                    $"The canonical key of {Shown(text)} is {Shown(Of(text))} and should be {Shown(key)}. Does the process run in globalization-invariant mode, or with an ICU older than Unicode 15?");
    }

    // One vector for each thing that could be missing: case, composition, compatibility, full folding, Unicode 15.
    static readonly (string Text, string Key)[] Vectors =
    [
        ("BJensen", "bjensen"),
        ("E\u0301ric", "\u00e9ric"),
        ("\u212bngstro\u0308m", "\u00e5ngstr\u00f6m"),
        ("\uff22\uff2a\uff45\uff4e", "bjen"),
        ("\u1e9e\u00df\ufb03", "ssssffi"),
        ("\u0130\u017f\u212a\u03c2", "i\u0307sk\u03c3"),
        ("\U0001e030", "\u0430"),
    ];

    static void Check(string attribute, Rune rune)
    {
        if (!AssignedCharacters.Contains(rune.Value)) throw Refused(attribute, rune.Value, "a character that Unicode 15 does not assign");
        if (Rune.GetUnicodeCategory(rune) is var category && category is UnicodeCategory.Control or UnicodeCategory.Format)
            throw Refused(attribute, rune.Value, category == UnicodeCategory.Control ? "a control character" : "an invisible format character");
    }

    // .NET refuses to normalise lone surrogates and U+FFFE.
    static string WellFormed(string text)
    {
        StringBuilder? repaired = null;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i)) i++;
            else if (char.IsSurrogate(text[i]) || text[i] == '\ufffe') (repaired ??= new StringBuilder(text))[i] = '\ufffd';
        }
        return repaired?.ToString() ?? text;
    }

    static ScimException TooLong(string attribute) =>
        ScimException.InvalidValue($"The {attribute} is too long: at most {MaxCharacters} characters and {MaxBytes} bytes of UTF-8, also once ligatures and the like are written out.");

    static ScimException Refused(string attribute, int codePoint, string what) =>
        ScimException.InvalidValue($"The {attribute} holds U+{codePoint:X4}, {what}, which a {attribute} cannot have.");

    static string Shown(string text) => string.Join(' ', text.EnumerateRunes().Select(r => $"U+{r.Value:X4}"));
}
