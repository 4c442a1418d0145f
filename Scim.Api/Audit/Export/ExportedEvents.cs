using System.Runtime.CompilerServices;
using Npgsql;
using Scim.Api.Audit.Timeline;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Queries;
using Scim.Domain.History;

namespace Scim.Api.Audit.Export;

/// <summary>Events in the order of the history, opened and told some hundred at a time: no connection is held while a reader is slow.</summary>
internal sealed class ExportedEvents(Placement placement, HistoryReader history, Teller teller, TimelineReader timeline)
{
    const int Batch = 1000, Bytes = 4 * 1024 * 1024; // an event of a thousand members is large

    static readonly string Sql = $"""
        select {HistoryReader.Columns}, l.position, l.place, l.request_id from (
            select * from directory.timeline t where t.tenant_id = $1 and (t.position, t.place) > ($2, $3) and t.position <= $4 order by t.position, t.place limit {Batch}) l
        left join lateral (select * from history.mt_events e where e.tenant_id = $1 and e.stream_id = l.stream_id and e.version = l.version offset 0) e on true order by l.position, l.place
        """;

    /// <summary>What is asked for, in order.</summary>
    internal async IAsyncEnumerable<(long Position, ToldEvent Event)> Matching(Guid organization, TimelineFilter filter, [EnumeratorCancellation] CancellationToken ct)
    {
        EventPlace? after = null;
        do
        {
            var page = await timeline.Page(organization, filter, after, ascending: true, Batch, ct);
            foreach (var e in page.Events) yield return (EventPlace.TryParse(e.Id, out var place) ? place.Value.Position.Number : 0, e);
            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>Everything after a position until another.</summary>
    internal async IAsyncEnumerable<(long Position, ToldEvent Event)> Between(Guid organization, long after, long end, [EnumeratorCancellation] CancellationToken ct)
    {
        var tenant = Placement.Tenant(organization);
        var (position, place, more) = (after, int.MaxValue, true);
        while (more)
        {
            var rows = new List<(StoredEvent Stored, long Position, int Place, Guid? Request)>();
            IReadOnlyList<ToldEvent> told;
            await using (var connection = await placement.Of(tenant).Write.OpenConnectionAsync(ct))
            {
                await using (var command = new NpgsqlCommand(Sql, connection))
                {
                    foreach (var value in new object[] { tenant, position, place, end }) command.Parameters.Add(new() { Value = value });
                    await using var reader = await command.ExecuteReaderAsync(ct);
                    more = false;
                    for (var (read, bytes) = (0, 0); !more && await reader.ReadAsync(ct);)
                    {
                        (position, place) = (reader.GetInt64(9), reader.GetInt32(10));
                        read++;
                        if (!await reader.IsDBNullAsync(0, ct)) // else somebody took it away, which the chain tells
                        {
                            var stored = await HistoryReader.Row(reader, tenant, ct);
                            bytes += stored.Body.Length;
                            rows.Add((stored, position, place, await reader.IsDBNullAsync(11, ct) ? null : reader.GetGuid(11)));
                        }
                        more = read == Batch || bytes > Bytes;
                    }
                }
                var opened = await history.Open(connection, tenant, [.. rows.Select(r => r.Stored)], ct);
                told = await teller.Tell(connection, organization, [.. rows.Zip(opened, (r, e) => new TimelineRow(new EventPlace(r.Position, r.Place), r.Request, e))], ct);
            }
            foreach (var (row, e) in rows.Zip(told)) yield return (row.Position, e);
        }
    }
}
