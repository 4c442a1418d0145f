using System.Globalization;
using Scim.Api.EventStore.Positions;
using Scim.Domain.Protocol;

namespace Scim.Api.Audit.Comparison;

/// <summary>Rows of a difference, and where the next page begins; null at the end.</summary>
/// <param name="Counts">How many rows of each section and kind there are in all; on the first page alone.</param>
internal sealed record DifferencePage(IReadOnlyList<DifferenceRow> Rows, IReadOnlyDictionary<(int Section, string Kind), long>? Counts, DifferencePlace? Next)
{
    /// <summary>A page ends with the last row of a person, group or membership; of the first one all is counted too.</summary>
    internal static async Task<DifferencePage> Read(DirectoryDifference differences, Guid organization, DifferenceQuery query, int count, CancellationToken ct)
    {
        var rows = new List<DifferenceRow>();
        DifferencePlace? next = null;
        await foreach (var row in differences.Rows(organization, query, ct))
        {
            if (rows.Count >= count && PlaceOf(rows[^1]) != PlaceOf(row))
            {
                next = PlaceOf(rows[^1]);
                break;
            }
            rows.Add(row);
        }
        IReadOnlyDictionary<(int, string), long>? counts = query.After is not null ? null
            : next is null ? rows.GroupBy(r => (r.Section, r.Kind)).ToDictionary(g => g.Key, g => (long)g.Count())
            : await differences.Counts(organization, query, ct);
        return new(rows, counts, next);
    }

    /// <summary>What to send for the page after this one: <c>epoch.from.to.section.id.member</c>.</summary>
    internal string? Cursor(DifferenceQuery query, int epoch) => Next is null ? null : $"{epoch}.{query.From}.{query.To}.{Next.Section}.{Next.Id:N}.{Next.Member:N}";

    /// <exception cref="ScimException">400: it is none, or of another epoch.</exception>
    internal static (long From, long To, DifferencePlace Place) CursorOf(string text, int epochNow)
    {
        if (text.Split('.') is not [var epoch, var from, var to, var section, var id, var member] || !Position.TryParse($"{epoch}.{from}", out var first) || !long.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            || section is not ("0" or "1" or "2") || !Guid.TryParseExact(id, "N", out var of) || !Guid.TryParseExact(member, "N", out var whose)) throw ScimException.BadRequest("cursor is what the page before gave as next.");
        return (first.Value.Of(epochNow).Number, last, new(section[0] - '0', of, whose));
    }

    static DifferencePlace PlaceOf(DifferenceRow row) => new(row.Section, row.Id, row.Member?.Id ?? Guid.Empty);
}
