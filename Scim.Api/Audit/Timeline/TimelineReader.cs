using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Protocol;
using Scim.Domain.Users;

namespace Scim.Api.Audit.Timeline;

/// <summary>Events of the timeline, and where the next ones begin; null at the end.</summary>
internal sealed record TimelinePage(IReadOnlyList<ToldEvent> Events, EventPlace? Next);

/// <summary>Reads the timeline: pages of it by index, each event opened with keys as they are now.</summary>
internal sealed class TimelineReader(Placement placement, HistoryReader history, Teller teller)
{
    /// <summary>How many people one name may mean.</summary>
    internal const int MaxPeople = 100;

    const int Batch = 500;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5.5);

    /// <summary>A page of what is asked for.</summary>
    /// <param name="after">Where it begins, itself left out; null at the beginning.</param>
    internal Task<TimelinePage> Page(Guid organization, TimelineFilter filter, EventPlace? after, bool ascending, int count, CancellationToken ct) => Within(organization, async (connection, tenant, ct) =>
    {
        var (rows, next) = await Rows(connection, tenant, filter, after, ascending, count, ct);
        return new TimelinePage(await teller.Tell(connection, organization, rows, ct), next);
    }, ct);

    /// <summary>Whole commands in order, those that have events of the filter, from after one position up to another or as far as it got.</summary>
    internal Task<(IReadOnlyList<LiveCommand> Commands, long To)> Commands(Guid organization, TimelineFilter filter, long after, long to, CancellationToken ct) => Within(organization, async (connection, tenant, ct) =>
    {
        var between = filter with { First = Math.Max(filter.First, after + 1), Last = Math.Min(filter.Last, to) };
        var (rows, next) = await Rows(connection, tenant, between, null, ascending: true, Batch, ct);
        if (next is { } cut)
        {
            // The last command may have more events: it comes with the next batch, or whole where it is the only one.
            var whole = rows.Where(r => r.Place.Position < cut.Position).ToArray();
            (rows, to) = whole.Length > 0 ? (whole, cut.Position - 1) : ([.. rows, .. await Rest(connection, tenant, between with { Last = cut.Position }, cut, ct)], cut.Position);
        }
        return ((IReadOnlyList<LiveCommand>)[.. (await Live(connection, organization, tenant, rows, ct)).GroupBy(e => e.Place.Position).Select(g => new LiveCommand(g.Key, [.. g]))], to);
    }, ct);

    async Task<List<TimelineRow>> Rest(NpgsqlConnection connection, string tenant, TimelineFilter filter, EventPlace after, CancellationToken ct)
    {
        var found = new List<TimelineRow>();
        for (EventPlace? next = after; next is not null;)
        {
            (var rows, next) = await Rows(connection, tenant, filter, next, ascending: true, Batch, ct);
            found.AddRange(rows);
        }
        return found;
    }

    async Task<IEnumerable<LiveEvent>> Live(NpgsqlConnection connection, Guid organization, string tenant, IReadOnlyList<TimelineRow> rows, CancellationToken ct)
    {
        var told = await teller.Tell(connection, organization, rows, ct);
        var left = await GroupEnds.Members(connection, tenant, [.. rows.Where(r => r.Recorded.Event is GroupDeleted)], ct);
        return rows.Zip(told, (row, told) => new LiveEvent(row.Place, row.Recorded.Stored.StreamId, row.Recorded.Stored.Type, row.Recorded.Stored.UserName, row.Request, row.Recorded.Event switch
        {
            GroupMembersAdded a => a.Users.Concat(a.Groups).ToHashSet(),
            GroupMembersRemoved r => r.Users.Concat(r.Groups).ToHashSet(),
            GroupDeleted => left[row.Place].ToHashSet(),
            _ => FrozenSet<Guid>.Empty,
        }, JsonSerializer.SerializeToUtf8Bytes(told, EventStoreOptions.Json)));
    }

    /// <summary>Everybody who was ever known by a name that begins so.</summary>
    /// <exception cref="ScimException">400: they are too many.</exception>
    internal Task<IReadOnlyList<Guid>> PeopleKnownAs(Guid organization, string name, CancellationToken ct) => Within(organization, async (connection, tenant, ct) =>
    {
        var key = NamesOfUser.KeyOf(name);
        await using var command = new NpgsqlCommand("select distinct k.person_id from directory.known_as k where k.tenant_id = $1 and k.value collate \"C\" >= $2 and k.value collate \"C\" < $3 limit $4", connection);
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = key });
        command.Parameters.Add(new() { Value = key + "\U0010FFFF" });
        command.Parameters.Add(new() { Value = MaxPeople + 1 });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var people = new List<Guid>();
        while (await reader.ReadAsync(ct)) people.Add(reader.GetGuid(0));
        if (people.Count > MaxPeople) throw ScimException.BadRequest($"More than {MaxPeople.ToString(CultureInfo.InvariantCulture)} people were known by a name that begins so. Give more of the name.");
        return (IReadOnlyList<Guid>)people;
    }, ct);

    async Task<(IReadOnlyList<TimelineRow> Rows, EventPlace? Next)> Rows(NpgsqlConnection connection, string tenant, TimelineFilter filter, EventPlace? after, bool ascending, int count, CancellationToken ct)
    {
        var sql = new TimelineSql(tenant, filter, after, ascending, count + 1);
        await using var command = new NpgsqlCommand(sql.Text(), connection);
        command.Parameters.AddRange(sql.Parameters.ToArray());
        var (stored, places, last, seen) = (new List<StoredEvent>(), new List<(EventPlace Place, Guid? Request)>(), default(EventPlace), 0);
        await using (var reader = await command.ExecuteReaderAsync(ct))
            while (await reader.ReadAsync(ct))
            {
                if (++seen > count) break;
                last = new(reader.GetInt64(9), reader.GetInt32(10));
                if (await reader.IsDBNullAsync(0, ct)) continue; // somebody took it away, which the chain tells
                stored.Add(await HistoryReader.Row(reader, tenant, ct));
                places.Add((last, await reader.IsDBNullAsync(11, ct) ? null : reader.GetGuid(11)));
            }
        var opened = await history.Open(connection, tenant, stored, ct);
        return ([.. opened.Zip(places, (e, p) => new TimelineRow(p.Place, p.Request, e))], seen > count ? last : null);
    }

    async Task<T> Within<T>(Guid organization, Func<NpgsqlConnection, string, CancellationToken, Task<T>> read, CancellationToken ct)
    {
        var tenant = Placement.Tenant(organization);
        try
        {
            return await Deadline.Within(Patience, async ct =>
            {
                await using var connection = await placement.Of(tenant).Write.OpenConnectionAsync(ct);
                return await read(connection, tenant, ct);
            }, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            throw ScimException.Unavailable("The search took longer than 5 seconds. Narrow it by from and to.", inner: e);
        }
    }
}
