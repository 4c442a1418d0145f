using Npgsql;

namespace Scim.Api.EventStore.Positions;

/// <summary>
/// Gives every command of an organization the next number, 1, 2, 3 and so on, in the order of the last statement of its
/// commit: whoever waited for another has the larger one, so no effect stands before its cause. A commit that came late
/// gets a later number; none is waited for.
/// </summary>
internal static class Numbering
{
    internal const string OldestDue = "select min(at) from history.commit_log where position is null";

    // Commands of several streams have one position, by the first of their rows. The instant never goes back, whatever clocks do.
    // So many at once as are done within the patience of the login; the index has them in this order.
    const string Number = """
        with due as materialized (
            select tenant_id, command_id, min(ord) as ord, max(at) as at
            from (select * from history.commit_log where position is null order by tenant_id, ord limit 20000) c group by 1, 2),
        numbered as materialized (
            select d.tenant_id, d.command_id, coalesce(l.last, 0) + row_number() over w as position, greatest(l.instant, max(d.at) over w) as instant
            from due d left join history.last_position l using (tenant_id) window w as (partition by d.tenant_id order by d.ord)),
        written as (
            update history.commit_log c set position = n.position, instant = n.instant from numbered n
            where c.tenant_id = n.tenant_id and c.command_id = n.command_id and c.position is null)
        insert into history.last_position as l (tenant_id, last, instant) select tenant_id, max(position), max(instant) from numbered group by 1
        on conflict (tenant_id) do update set last = excluded.last, instant = excluded.instant where l.last < excluded.last
        returning tenant_id
        """;

    /// <summary>Numbers what is due; answers whose, nobody's when another node holds the lease now.</summary>
    /// <remarks>One transaction in one round trip: a process that stops in the middle leaves nothing open.</remarks>
    /// <exception cref="PostgresException"><see cref="Lease.Lost"/>.</exception>
    internal static async Task<IReadOnlyList<string>> Run(NpgsqlDataSource source, Lease lease, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(lease.Hold());
        batch.BatchCommands.Add(new(Number));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        var tenants = new List<string>();
        while (await reader.ReadAsync(ct)) tenants.Add(reader.GetString(0));
        return tenants;
    }
}
