using Npgsql;
using NpgsqlTypes;
using Scim.Domain.History;

namespace Scim.Api.Audit.Timeline;

/// <summary>What people and groups were called at positions: one query for a whole page.</summary>
internal static class Names
{
    // Who left by the same command was called so until then, so the version that began last counts, whether it ended or not.
    const string Sql = """
        select m.id, m.position, u.id is not null or g.id is not null, u.id is not null and (u.data is null or k.person_id is null),
            coalesce(u.data -> 'resource' ->> 'displayName', u.data -> 'resource' ->> 'userName', g.data -> 'resource' ->> 'displayName')
        from unnest($2::uuid[], $3::bigint[]) m(id, position)
        left join lateral (select v.id, v.data from directory.user_version v where v.tenant_id = $1 and v.id = m.id and v.from_position <= m.position order by v.from_position desc limit 1) u on true
        left join lateral (select v.id, v.data from directory.group_version v where v.tenant_id = $1 and v.id = m.id and v.from_position <= m.position order by v.from_position desc limit 1) g on u.id is null
        left join history.person_key k on k.tenant_id = $1 and k.person_id = u.id
        """;

    internal static async Task<IReadOnlyDictionary<(Guid Id, long Position), Called>> At(NpgsqlConnection connection, string tenant, IReadOnlyCollection<(Guid Id, long Position)> asked, CancellationToken ct)
    {
        var found = new Dictionary<(Guid, long), Called>();
        if (asked.Count == 0) return found;
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = asked.Select(a => a.Id).ToArray() });
        command.Parameters.Add(new() { Value = asked.Select(a => a.Position).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            if (!reader.GetBoolean(2)) continue;
            var name = await reader.IsDBNullAsync(4, ct) ? null : reader.GetString(4);
            found[(reader.GetGuid(0), reader.GetInt64(1))] = reader.GetBoolean(3) ? Called.Erased : new Called(name);
        }
        return found;
    }
}
