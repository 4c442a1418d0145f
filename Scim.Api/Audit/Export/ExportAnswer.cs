using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Scim.Api.Audit.Sheets;
using Scim.Api.EventStore.Positions;

namespace Scim.Api.Audit.Export;

/// <summary>
/// A sheet that leaves with a manifest: begun before the first byte, ended before the answer is, so that whoever has received
/// all of it finds it described.
/// </summary>
/// <param name="manifests">The address behind which the manifest is read.</param>
/// <param name="first">The positions that it is about, where its rows have none; null where it is about none.</param>
internal sealed class ExportAnswer(Guid organization, string manifests, ExportBegun export, Sheet sheet, long? first, long? last, Exports exports, TimeProvider clock) : IResult
{
    internal const string Header = "Scim-Export";

    long _rows, _bytes;
    long? _first, _last;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, aborted) = (httpContext.Response, httpContext.RequestAborted);
        await exports.Begin(organization, export, aborted);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var format = SheetFormat.Of(export.Format);
        try
        {
            await foreach (var piece in (sheet with { Rows = Counted(sheet.Rows, aborted) }).Pieces(format, aborted))
            {
                if (_bytes == 0) Describe(response, format);
                hash.AppendData(piece.Span);
                _bytes += piece.Length;
                await response.Body.WriteAsync(piece, aborted);
            }
            if (_bytes == 0) Describe(response, format);
            await response.Body.FlushAsync(aborted);
        }
        catch
        {
            await exports.End(organization, export.Id, Ended(broken: true, null));
            throw;
        }
        await exports.End(organization, export.Id, Ended(broken: false, hash.GetHashAndReset()));
    }

    void Describe(HttpResponse response, SheetFormat format)
    {
        SheetAnswer.Describe(response, sheet, format);
        response.Headers[Header] = export.Id.ToString("D");
        response.Headers.Link = $"<{manifests}/{export.Id:D}>; rel=\"describedby\"";
    }

    ExportEnded Ended(bool broken, byte[]? sha256) => new(clock.GetUtcNow(), broken, _rows, _bytes, _first ?? (_rows == 0 && broken ? null : first), _last ?? (_rows == 0 && broken ? null : last), sha256);

    async IAsyncEnumerable<SheetRow> Counted(IAsyncEnumerable<SheetRow> rows, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var row in rows.WithCancellation(ct))
        {
            _rows++;
            _first ??= row.Position;
            _last = row.Position ?? _last;
            yield return row;
        }
    }
}

/// <summary>A manifest as it is read: state is running, complete or broken; one that runs for hours broke off with its process.</summary>
internal sealed record ManifestView(Guid Id, string What, string Format, JsonNode? Query, string State, DateTimeOffset At, ActorView By, DateTimeOffset? EndedAt, long? Rows, long? Bytes, string? FirstPosition, string? LastPosition, string? Sha256)
{
    // Its positions are of the epoch in which it was made, which its query has kept.
    internal static ManifestView Of(ExportBegun begun, ExportEnded? ended, ActorLabels labels)
    {
        var query = JsonNode.Parse(begun.Query);
        return new(begun.Id, begun.What, begun.Format, query, ended is null ? "running" : ended.Broken ? "broken" : "complete", begun.At, labels.Of(begun.Actor), ended?.At, ended?.Rows, ended?.Bytes,
            Shown(ended?.First), Shown(ended?.Last), ended?.Hash is { } hash ? Convert.ToHexStringLower(hash) : null);

        string? Shown(long? number) => number is { } n && Position.TryParse(query?["firstPosition"]?.GetValue<string>(), out var of) ? new Position(of.Value.Epoch, n).ToString() : null;
    }
}
