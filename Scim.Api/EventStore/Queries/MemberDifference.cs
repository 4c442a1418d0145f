using Npgsql;
using Scim.Domain.Groups;

namespace Scim.Api.EventStore.Queries;

/// <summary>
/// What a program of members comes to against the rows of a group: asked of the database in one round trip, so that what
/// is neither named nor changed is never read.
/// </summary>
/// <param name="Delta">Who comes and who goes.</param>
/// <param name="Users">The people among those named, members already or not.</param>
/// <param name="Groups">The groups among them.</param>
internal sealed record MemberDifference(MemberDelta Delta, IdSet Users, IdSet Groups)
{
    static MemberDifference None { get; } = new(MemberDelta.None, IdSet.Empty, IdSet.Empty);

    // Each id is looked up by itself, whatever the planner expects of tables that have just grown; ids are sorted, so that
    // locks are taken in their order. Who is added is locked against deletion, so that a deletion comes before or after; a
    // change of the person is no obstacle.
    static string New(string table) =>
        $"select f.id from unnest($3) k(id) cross join lateral (select t.id from {table} t where t.tenant_id = $1 and t.id = k.id " +
        "and not exists (select from directory.group_member gm where gm.tenant_id = $1 and gm.group_id = $2 and gm.member_id = k.id offset 0) for key share) f";

    static readonly string NewUsers = New(ResourceTable.Users), NewGroups = New(ResourceTable.Groups);

    const string Named = "select k.id, f.is_group from unnest($3) k(id) cross join lateral (select gm.is_group from directory.group_member gm where gm.tenant_id = $1 and gm.group_id = $2 and gm.member_id = k.id offset 0) f";

    // Whole sets, by sorting or hashing them.
    const string Others =
        "select gm.member_id, gm.is_group from (select o.member_id from directory.group_member o where o.tenant_id = $1 and o.group_id = $2 except select unnest($3)) f(id) " +
        "cross join lateral (select m.member_id, m.is_group from directory.group_member m where m.tenant_id = $1 and m.group_id = $2 and m.member_id = f.id offset 0) gm";

    internal static async Task<MemberDifference> Of(Turn turn, Guid group, MemberProgram program)
    {
        if (program.IsEmpty) return None;
        await using var batch = new NpgsqlBatch(turn.Connection);
        if (!program.Added.IsEmpty)
        {
            Add(NewUsers, program.Added);
            Add(NewGroups, program.Added);
            Add(Named, program.Added);
        }
        if (program.ClearsOthers) Add(Others, program.Kept.Union(program.Added));
        else if (!program.Removed.IsEmpty) Add(Named, program.Removed);

        await using var reader = await batch.ExecuteReaderAsync(turn.Cancellation);
        IdSet users = IdSet.Empty, groups = IdSet.Empty;
        (IdSet Users, IdSet Groups) present = (IdSet.Empty, IdSet.Empty), gone = present;
        if (!program.Added.IsEmpty)
        {
            users = await Ids(reader, turn.Cancellation);
            groups = await Ids(reader, turn.Cancellation);
            present = await Members(reader, turn.Cancellation);
        }
        if (program.ClearsOthers || !program.Removed.IsEmpty) gone = await Members(reader, turn.Cancellation);
        return new(new MemberDelta(users, groups, gone.Users, gone.Groups), users.Union(present.Users), groups.Union(present.Groups));

        void Add(string sql, IdSet ids)
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.Add(new() { Value = turn.Tenant });
            command.Parameters.Add(new() { Value = group });
            command.Parameters.Add(new() { Value = ids.ToArray() });
            batch.BatchCommands.Add(command);
        }
    }

    static async Task<IdSet> Ids(NpgsqlDataReader reader, CancellationToken ct)
    {
        var ids = new List<Guid>();
        while (await reader.ReadAsync(ct)) ids.Add(reader.GetGuid(0));
        await reader.NextResultAsync(ct);
        return IdSet.Of(ids);
    }

    static async Task<(IdSet Users, IdSet Groups)> Members(NpgsqlDataReader reader, CancellationToken ct)
    {
        List<Guid> users = [], groups = [];
        while (await reader.ReadAsync(ct)) (reader.GetBoolean(1) ? groups : users).Add(reader.GetGuid(0));
        await reader.NextResultAsync(ct);
        return (IdSet.Of(users), IdSet.Of(groups));
    }
}
