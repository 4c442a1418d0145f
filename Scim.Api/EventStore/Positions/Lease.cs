using Npgsql;

namespace Scim.Api.EventStore.Positions;

/// <summary>
/// The right of one node to do a database's background work, as a row that lapses. A row and no advisory lock: one that
/// was stopped, or whose connection hangs, loses it after three seconds like one that died, and it needs no connection of
/// its own. Every transaction of the work begins by <see cref="Hold"/>, which fails for whoever has lost it.
/// </summary>
internal sealed class Lease(string name, Guid holder)
{
    /// <summary>The SQLSTATE by which the database says that another holds it.</summary>
    internal const string Lost = "55L01";

    const string TakeSql =
        "insert into history.lease as l (name, holder, until) values ($1, $2, clock_timestamp() + interval '3 seconds') " +
        "on conflict (name) do update set holder = excluded.holder, until = excluded.until where l.holder = excluded.holder or l.until < clock_timestamp()";

    internal Guid Holder => holder;

    /// <summary>The statement that holds it for three seconds more, or fails with <see cref="Lost"/>.</summary>
    internal NpgsqlBatchCommand Hold() => new("select history.hold_lease($1, $2)") { Parameters = { new() { Value = name }, new() { Value = holder } } };

    /// <summary>Takes it where it lapsed, renews it where it is ours; false while another has it.</summary>
    internal async Task<bool> TryTake(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand(TakeSql);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = holder });
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    /// <summary>Gives it back, so that another need not wait for its end.</summary>
    internal async Task Release(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand("update history.lease set until = clock_timestamp() where name = $1 and holder = $2");
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = holder });
        await command.ExecuteNonQueryAsync(ct);
    }
}
