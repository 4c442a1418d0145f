using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Scim.Api.EventStore;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Sheets;

/// <summary>How a sheet becomes bytes.</summary>
internal abstract class SheetFormat(string name, string mediaType)
{
    internal string Name { get; } = name;

    internal string MediaType { get; } = mediaType;

    internal virtual void Begin(IBufferWriter<byte> to, Sheet sheet) { }

    internal abstract void Row(IBufferWriter<byte> to, SheetRow row);

    internal virtual void End(IBufferWriter<byte> to) { }

    /// <summary>What a request asks for, by <c>format</c> or by <c>Accept</c>: one of these, the first unless it says otherwise.</summary>
    internal static string Asked(HttpContext http, params string[] possible)
    {
        if (AskedParameter.One(http, "format") is { } format) return possible.Contains(format) ? format : throw ScimException.BadRequest($"format is one of {string.Join(", ", possible)}.");
        var accepted = http.Request.GetTypedHeaders().Accept.OrderByDescending(a => a.Quality ?? 1).Select(Format).FirstOrDefault(f => f is not null && possible.Contains(f));
        return accepted ?? possible[0];
    }

    static string? Format(MediaTypeHeaderValue accepted) => accepted.MediaType.Value?.ToUpperInvariant() switch
    {
        "APPLICATION/JSON" => "json",
        "APPLICATION/X-NDJSON" => "ndjson",
        "TEXT/CSV" => "csv",
        "TEXT/HTML" => "html",
        _ => null,
    };

    /// <summary>A format of its own for each answer.</summary>
    internal static SheetFormat Of(string name) => name switch { "csv" => new CsvFormat(), "ndjson" => new NdjsonFormat(), _ => new HtmlFormat() };

    protected static void Text(IBufferWriter<byte> to, string text) => Encoding.UTF8.GetBytes(text, to);
}

/// <summary>One JSON value a line.</summary>
internal sealed class NdjsonFormat() : SheetFormat("ndjson", "application/x-ndjson")
{
    internal override void Row(IBufferWriter<byte> to, SheetRow row)
    {
        using (var json = new Utf8JsonWriter(to, new() { Encoder = EventStoreOptions.Json.Encoder })) JsonSerializer.Serialize(json, row.View, row.View.GetType(), EventStoreOptions.Json);
        Text(to, "\n");
    }
}

/// <summary>Comma-separated values (RFC 4180) in UTF-8, with a row of names before the others.</summary>
internal sealed class CsvFormat() : SheetFormat("csv", "text/csv; charset=utf-8; header=present")
{
    internal override void Begin(IBufferWriter<byte> to, Sheet sheet) => Line(to, sheet.Columns);

    internal override void Row(IBufferWriter<byte> to, SheetRow row) => Line(to, row.Cells);

    static void Line(IBufferWriter<byte> to, IEnumerable<string?> cells) => Text(to, string.Join(',', cells.Select(CsvCell.Of)) + "\r\n");
}
