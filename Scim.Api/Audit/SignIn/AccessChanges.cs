using Npgsql;
using Scim.Api.EventStore;

namespace Scim.Api.Audit.SignIn;

/// <summary>Somebody's access that began or ended, or a membership that did.</summary>
/// <param name="Id">The person, or the group.</param>
/// <param name="Member">Of a membership, whose it is.</param>
internal sealed record AccessChange(long Position, DateTimeOffset? At, Guid Id, Guid? Member, bool IsGroup, bool Begins);

/// <summary>
/// What changed of access and of memberships, position after position, from the versions. A group that goes into another is
/// one membership: whom that reaches is for the reader to follow.
/// </summary>
internal sealed class AccessChanges(Placement placement)
{
    static string In(string column) => $"tenant_id = $1 and {column} > $2 and {column} <= $3";

    static string Touched(string table, string column) => $"(select {column} as position from directory.{table} where {In(column)} order by 1 limit $4)";

    static readonly string EndSql = $"""
        select count(*), max(position) from (select t.position from (
            {Touched("user_version", "from_position")} union all {Touched("user_version", "to_position")} union all {Touched("member_version", "from_position")} union all {Touched("member_version", "to_position")}) t
        order by 1 limit $4) e
        """;

    // What ends and begins at one position has gone on.
    internal const string AccessGoesOn = "exists (select from directory.user_version n where n.tenant_id = $1 and n.id = v.id and n.from_position = v.to_position and n.has_access)";

    static readonly string BetweenSql = $"""
        with i as materialized (select position, max(instant) as instant from history.commit_log where {In("position")} group by 1)
        select x.position, i.instant, x.id, x.member, x.is_group, x.begins from (
            select v.from_position as position, v.id, null::uuid as member, false as is_group, true as begins from directory.user_version v where v.{In("v.from_position")} and v.has_access
                and not exists (select from directory.user_version o where o.tenant_id = $1 and o.id = v.id and o.to_position = v.from_position and o.has_access)
            union all select v.to_position, v.id, null, false, false from directory.user_version v where v.{In("v.to_position")} and v.has_access and not {AccessGoesOn}
            union all select m.from_position, m.group_id, m.member_id, m.is_group, true from directory.member_version m where m.{In("m.from_position")}
                and not exists (select from directory.member_version o where o.tenant_id = $1 and o.group_id = m.group_id and o.member_id = m.member_id and o.to_position = m.from_position)
            union all select m.to_position, m.group_id, m.member_id, m.is_group, false from directory.member_version m where m.{In("m.to_position")}
                and not exists (select from directory.member_version n where n.tenant_id = $1 and n.group_id = m.group_id and n.member_id = m.member_id and n.from_position = m.to_position)) x
        left join i using (position) order by x.position, x.member is not null, x.begins, x.id, x.member
        """;

    /// <summary>The position at which a page of about so many changes ends: whole positions, the last one where there are fewer.</summary>
    internal async Task<long> End(Guid organization, long after, long last, int count, CancellationToken ct)
    {
        await using var command = placement.Command(organization, EndSql, after, last, (long)count);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return reader.GetInt64(0) < count ? last : reader.GetInt64(1);
    }

    /// <summary>Everything after a position until another, in order.</summary>
    internal IAsyncEnumerable<AccessChange> Between(Guid organization, long after, long end, CancellationToken ct)
    {
        var tenant = Placement.Tenant(organization);
        return LongReading.Rows(placement.Of(tenant).Write, BetweenSql, [tenant, after, end], Row, ct);
    }

    static AccessChange Row(NpgsqlDataReader r) => new(r.GetInt64(0), r.IsDBNull(1) ? null : r.GetFieldValue<DateTimeOffset>(1), r.GetGuid(2), r.IsDBNull(3) ? null : r.GetGuid(3), r.GetBoolean(4), r.GetBoolean(5));
}
