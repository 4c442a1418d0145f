using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;

namespace Scim.Tests.Protocol.Json;

public partial class ReaderCases
{
    static readonly (string Bytes, string Expected)[] Rows =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Protocol", "Cases", "reader.txt"))
            .Where(l => l.Length > 0 && !l.StartsWith('#'))
            .Select(l => l.Split(" | "))
            .Select(c => (c[0], c[1])),
    ];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (bytes, expected) in Rows) data.Add(bytes, expected);
            return data;
        }
    }

    [Fact]
    public void There_are_as_many_cases_as_there_are_ways_to_break_a_parser() => Assert.True(Rows.Length >= 70, $"{Rows.Length}");

    [Theory, MemberData(nameof(Cases))]
    public void Bytes_are_read_exactly_or_refused(string bytes, string expected)
    {
        var utf8 = Bytes(bytes);
        if (expected.StartsWith("ok ", StringComparison.Ordinal))
        {
            var value = ScimReader.Read(utf8);
            Assert.Equal(Encoding.UTF8.GetString(Bytes(expected[3..], escapes: false)), value.ToString());
            Assert.Equal(value, ScimReader.Read(value.ToUtf8()));
            return;
        }
        var error = Assert.Throws<ScimException>(() => ScimReader.Read(utf8));
        Assert.Equal(400, error.Status);
        Assert.Equal(expected, error.ScimType);
    }

    [Fact]
    public void A_body_that_is_no_object_is_refused()
    {
        foreach (var body in (string[])["[]", "\"x\"", "null", "7"])
            Assert.Equal("invalidSyntax", Assert.Throws<ScimException>(() => ScimReader.ReadObject(Encoding.UTF8.GetBytes(body))).ScimType);
    }

    [Fact]
    public void A_hundred_thousand_names_are_read_and_refused_in_no_time()
    {
        var names = string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"n{i}\":{i}"));
        Assert.Equal(100_000, ScimReader.ReadObject(Encoding.UTF8.GetBytes($"{{{names}}}")).Members.Length);
        Assert.Throws<ScimException>(() => ScimReader.Read(Encoding.UTF8.GetBytes($"{{{names},\"N7\":0}}")));
    }

    static byte[] Bytes(string text, bool escapes = true)
    {
        text = Repeats().Replace(text, m => string.Concat(Enumerable.Repeat(m.Groups[2].Value, int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))));
        if (!escapes) return Encoding.UTF8.GetBytes(text);
        using var bytes = new MemoryStream();
        var at = 0;
        foreach (Match hex in Hex().Matches(text))
        {
            bytes.Write(Encoding.UTF8.GetBytes(text[at..hex.Index]));
            if (hex.Groups[1].Length > 0) bytes.WriteByte(Convert.ToByte(hex.Groups[1].Value, 16));
            at = hex.Index + hex.Length;
        }
        bytes.Write(Encoding.UTF8.GetBytes(text[at..]));
        return bytes.ToArray();
    }

    [GeneratedRegex(@"\\r(\d+)\{(.+?)\}(?=\\r|\d|\}| |$)")]
    private static partial Regex Repeats();

    [GeneratedRegex(@"\\x([0-9A-F]{2})?")]
    private static partial Regex Hex();
}
