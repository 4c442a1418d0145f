using System.Globalization;
using System.Text;
using CsCheck;
using Scim.Domain.Protocol;

namespace Scim.Tests.Protocol;

/// <summary>The key function, by its vector table and over every code point there is.</summary>
public class CanonicalKeys
{
    public static TheoryData<string, string, string> Vectors()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var cells in CaseTable.Read("keys.txt")) rows.Add(Unescaped(cells[0]), cells[1], Unescaped(cells[2]));
        return rows;
    }

    [Theory, MemberData(nameof(Vectors))]
    public void Two_names_are_the_same_or_not(string left, string relation, string right)
    {
        if (relation == "refused")
        {
            var refusal = Assert.Throws<ScimException>(() => CanonicalKey.OfUserName(left));
            Assert.Equal((400, "invalidValue"), (refusal.Status, refusal.ScimType));
            Assert.Contains(right, refusal.Message, StringComparison.Ordinal);
            Assert.Equal(refusal.Message.Replace("userName", "displayName", StringComparison.Ordinal).Replace("person", "group", StringComparison.Ordinal),
                Assert.Throws<ScimException>(() => CanonicalKey.OfGroupName(left)).Message);
            CanonicalKey.Of(left); // total
        }
        else Assert.Equal(relation == "=", CanonicalKey.OfUserName(left) == CanonicalKey.OfGroupName(right));
    }

    [Fact]
    public void The_key_of_a_key_is_itself_for_every_code_point()
    {
        var failures = AllRunes().Where(r => Key(r.ToString()) is var key && Key(key) != key).ToList();
        Assert.Empty(failures);
    }

    [Fact]
    public void The_key_of_a_key_is_itself_for_any_text() =>
        TextGen.Any.Sample(text => Key(Key(text)) == Key(text), iter: 5_000);

    [Fact]
    public void What_cannot_be_normalised_has_a_key_too() => Assert.Equal("a\ufffdb\ufffd", Key("A\ud800B\ufffe"));

    /// <summary>RFC 8265 §3.3: width mapping, lower case, NFC. What it makes equal is equal here.</summary>
    [Fact]
    public void What_PRECIS_makes_equal_has_one_key()
    {
        var apart = new List<string>();
        foreach (var alike in AllRunes().Select(r => r.ToString()).GroupBy(PrecisUsernameCaseMapped))
            if (alike.Append(alike.Key).Select(Key).Distinct().Count() > 1) apart.Add(alike.Key);
        Assert.Empty(apart);
    }

    /// <summary>Marks move around each other and around what folds to letters, such as the ypogegrammeni U+0345.</summary>
    [Fact]
    public void Marks_after_a_character_change_neither()
    {
        string[] marks = ["\u0345", "\u0301", "\u0323", "\u030a", "\u0307"];
        var texts = AllRunes().Select(r => r.ToString()).Where(s => Key(s) != s || !s.IsNormalized(NormalizationForm.FormKD))
            .SelectMany(s => marks.SelectMany(m => new[] { s + m, s + "\u0345" + m }));
        var wrong = texts.Where(t => Key(t) is var key && (Key(key) != key || Key(PrecisUsernameCaseMapped(t)) != key || Key(t.Normalize(NormalizationForm.FormD)) != key));
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_runtime_normalises_as_the_stored_keys_were() => CanonicalKey.SelfTest();

    [Fact]
    public void A_name_that_grows_beyond_an_index_entry_is_refused()
    {
        var name = new string('\ufdfa', 200); // 600 bytes, whose key has 6,600
        Assert.Equal("invalidValue", Assert.Throws<ScimException>(() => CanonicalKey.OfUserName(name)).ScimType);
        Assert.Throws<ScimException>(() => CanonicalKey.OfUserName(new string('a', 257)));
        Assert.Throws<ScimException>(() => CanonicalKey.OfUserName(string.Concat(Enumerable.Repeat("\U00020000", 257))));
        Assert.Equal(1024, Encoding.UTF8.GetByteCount(CanonicalKey.OfUserName(string.Concat(Enumerable.Repeat("\U00020000", 256)))));
    }

    [Fact]
    public void Only_characters_of_the_pinned_Unicode_may_stand_in_a_name()
    {
        var newer = AllRunes().Where(r => Rune.GetUnicodeCategory(r) == UnicodeCategory.OtherNotAssigned && AssignedCharacters.Contains(r.Value));
        Assert.Empty(newer); // the runtime knows at least the characters of the table
    }

    static string Key(string text) => CanonicalKey.Of(text);

    static IEnumerable<Rune> AllRunes() => Enumerable.Range(0, 0x110000).Where(c => Rune.IsValid(c) && c != 0xfffe).Select(c => new Rune(c));

    static string PrecisUsernameCaseMapped(string text)
    {
        var mapped = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var wide = rune.Value is (>= 0xff01 and <= 0xffee) or 0x3000;
            mapped.Append(wide ? rune.ToString().Normalize(NormalizationForm.FormKC) : rune.ToString());
        }
        return mapped.ToString().Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant().Normalize(NormalizationForm.FormC);
    }

    static string Unescaped(string cell) => System.Text.RegularExpressions.Regex.Replace(cell, @"\\u\{([0-9A-F]+)\}",
        m => char.ConvertFromUtf32(int.Parse(m.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
}
