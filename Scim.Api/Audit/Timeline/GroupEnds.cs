using Npgsql;
using NpgsqlTypes;

namespace Scim.Api.Audit.Timeline;

/// <summary>Who was in a group when it was deleted, which the event does not say and the versions do.</summary>
static class GroupEnds
{
    const string Sql = """
        select g.position, g.place, m.member_id from unnest($2::uuid[], $3::bigint[], $4::integer[]) g(id, position, place)
        cross join lateral (select v.member_id from directory.member_version v where v.tenant_id = $1 and v.to_position = g.position and v.group_id = g.id offset 0) m
        """;

    internal static async Task<ILookup<EventPlace, Guid>> Members(NpgsqlConnection connection, string tenant, IReadOnlyList<TimelineRow> deletions, CancellationToken ct)
    {
        var found = new List<(EventPlace Place, Guid Member)>();
        if (deletions.Count == 0) return found.ToLookup(f => f.Place, f => f.Member);
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = deletions.Select(d => d.Recorded.Stored.StreamId).ToArray() });
        command.Parameters.Add(new() { Value = deletions.Select(d => d.Place.Position).ToArray() });
        command.Parameters.Add(new() { Value = deletions.Select(d => d.Place.Place).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) found.Add((new(reader.GetInt64(0), reader.GetInt32(1)), reader.GetGuid(2)));
        return found.ToLookup(f => f.Place, f => f.Member);
    }
}
