using System.Buffers;
using System.Text;
using Scim.Api.Audit.Sheets;

namespace Scim.Tests.Audit;

/// <summary>What leaves as a table is text to whoever opens it: RFC 4180 to a reader, no formula to a spreadsheet, no markup to a browser.</summary>
public sealed class SheetTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("Ada Byron", "Ada Byron")]
    [InlineData("Byron, Ada", "\"Byron, Ada\"")]
    [InlineData("the \"Countess\"", "\"the \"\"Countess\"\"\"")]
    [InlineData("one\r\ntwo", "\"one\r\ntwo\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"")]
    [InlineData("+49 30", "'+49 30")]
    [InlineData("-1+1", "'-1+1")]
    [InlineData("-12", "-12")]
    [InlineData("-", "'-")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("\n=1", "\"'\n=1\"")]
    [InlineData("  =1", "'  =1")]
    [InlineData("＝1＋1", "'＝1＋1")]
    [InlineData("＋1", "'＋1")]
    [InlineData("－1", "'－1")]
    [InlineData("＠SUM", "'＠SUM")]
    [InlineData(" ada ", "\" ada \"")]
    public void A_cell_is_quoted_where_it_must_be_and_never_a_formula(string? text, string cell) => Assert.Equal(cell, CsvCell.Of(text));

    [Fact]
    public async Task What_a_cell_holds_comes_back_from_a_table_of_them()
    {
        string?[] cells = ["a", "b,c", "d\"e", "f\r\ng", "", "Bärbel 😀"];
        var sheet = new Sheet("x", "X", [], ["1", "2", "3", "4", "5", "6"], new[] { new SheetRow(1, null, cells) }.ToAsyncEnumerable());
        Assert.Equal("1,2,3,4,5,6\r\na,\"b,c\",\"d\"\"e\",\"f\r\ng\",,Bärbel 😀\r\n", await Text(sheet, new CsvFormat()));
    }

    [Fact]
    public async Task A_page_holds_no_markup_of_others_and_nothing_from_elsewhere()
    {
        const string evil = "<script>alert(1)</script>\"'&";
        var sheet = new Sheet("x", evil, [(evil, evil)], [evil], new[] { new SheetRow(1, null, evil) }.ToAsyncEnumerable());
        var page = await Text(sheet, new HtmlFormat());
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("href=", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<th scope=\"col\">&lt;script&gt;", page, StringComparison.Ordinal);
        Assert.Contains("@page{size:landscape", page, StringComparison.Ordinal);
        Assert.Contains("<td>&#xFFFD;gnp.exe</td>", await Text(sheet with { Rows = new[] { new SheetRow(1, null, "\u202egnp.exe") }.ToAsyncEnumerable() }, new HtmlFormat()), StringComparison.Ordinal);
        var style = page[(page.IndexOf("<style>", StringComparison.Ordinal) + 7)..page.IndexOf("</style>", StringComparison.Ordinal)];
        Assert.Contains($"'sha256-{Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'", HtmlFormat.Policy, StringComparison.Ordinal);
    }

    static async Task<string> Text(Sheet sheet, SheetFormat format)
    {
        var all = new ArrayBufferWriter<byte>();
        await foreach (var piece in sheet.Pieces(format, TestContext.Current.CancellationToken)) all.Write(piece.Span);
        return Encoding.UTF8.GetString(all.WrittenSpan);
    }
}
