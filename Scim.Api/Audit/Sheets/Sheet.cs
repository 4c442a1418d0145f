using System.Buffers;
using System.Runtime.CompilerServices;

namespace Scim.Api.Audit.Sheets;

/// <summary>Rows for people and programs: a title, what is to be known of all of them, and the rows while they are read.</summary>
/// <param name="Name">As a file is called.</param>
/// <param name="Facts">What a page says before its rows.</param>
/// <param name="Whole">The places of the columns that a page breaks nowhere.</param>
internal sealed record Sheet(string Name, string Title, (string Name, string Value)[] Facts, string[] Columns, IAsyncEnumerable<SheetRow> Rows, int[]? Whole = null)
{
    const int Piece = 32 * 1024;

    /// <summary>The sheet in pieces of some kilobytes; each is good until the next is asked for.</summary>
    internal async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces(SheetFormat format, [EnumeratorCancellation] CancellationToken ct)
    {
        var buffer = new ArrayBufferWriter<byte>(2 * Piece);
        format.Begin(buffer, this);
        await foreach (var row in Rows.WithCancellation(ct))
        {
            format.Row(buffer, row);
            if (buffer.WrittenCount < Piece) continue;
            yield return buffer.WrittenMemory;
            buffer.ResetWrittenCount();
        }
        format.End(buffer);
        if (buffer.WrittenCount > 0) yield return buffer.WrittenMemory;
    }
}

/// <summary>A row: as JSON has it, and as a table does.</summary>
/// <param name="Position">Where in the history it stands, if it does.</param>
internal sealed record SheetRow(object View, long? Position, params string?[] Cells);
