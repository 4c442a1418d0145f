using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Scim.Domain.History;

namespace Scim.Api.Audit.Sheets;

/// <summary>A page to print and to sign: title, facts, one table. Nothing of it comes from elsewhere, and nothing runs.</summary>
internal sealed class HtmlFormat() : SheetFormat("html", "text/html; charset=utf-8")
{
    const string Style = "@page{size:landscape;margin:1.2cm}body{font:10pt/1.4 sans-serif;margin:2em}@media print{body{margin:0}}h1{font-size:16pt}dt{font-weight:bold;float:left;clear:left;min-width:11em}table{border-collapse:collapse;width:100%;margin-top:2em}" +
        "th,td{border:1px solid #888;padding:.3em .5em;text-align:left;vertical-align:top}td{overflow-wrap:anywhere;min-width:4em;max-width:16em}td.whole{white-space:nowrap}thead{display:table-header-group}tr{break-inside:avoid}";

    /// <summary>Lets the page's own style in and nothing else.</summary>
    internal static string Policy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    int[] _whole = [];

    internal override void Begin(IBufferWriter<byte> to, Sheet sheet)
    {
        _whole = sheet.Whole ?? [];
        Text(to, $"<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{Safe(sheet.Title)}</title><style>{Style}</style></head>\n<body>\n<h1>{Safe(sheet.Title)}</h1>\n<dl>\n");
        foreach (var (name, value) in sheet.Facts) Text(to, $"<dt>{Safe(name)}</dt><dd>{Safe(value)}</dd>\n");
        Text(to, $"</dl>\n<table>\n<thead><tr>{string.Concat(sheet.Columns.Select(c => $"<th scope=\"col\">{Safe(c)}</th>"))}</tr></thead>\n<tbody>\n");
    }

    internal override void Row(IBufferWriter<byte> to, SheetRow row) => Text(to, $"<tr>{string.Concat(row.Cells.Select((c, n) => $"<td{(_whole.Contains(n) ? " class=\"whole\"" : "")}>{Safe(c ?? "")}</td>"))}</tr>\n");

    internal override void End(IBufferWriter<byte> to) => Text(to, "</tbody>\n</table>\n</body>\n</html>\n");

    static string Safe(string text) => HtmlEncoder.Default.Encode(Wording.Plain(text, int.MaxValue));
}
