using Npgsql;
using Scim.Domain.Groups;

namespace Scim.Api.EventStore.Queries;

/// <summary>
/// What a program of members comes to against the rows of a group: asked of the database, so that what is neither named
/// nor changed is never read.
/// </summary>
/// <param name="Delta">Who comes and who goes.</param>
/// <param name="Known">Those named to be members who exist, members already or not.</param>
internal sealed record MemberDifference(MemberDelta Delta, IdSet Known)
{
    const int Many = 10_000;

    static MemberDifference None { get; } = new(MemberDelta.None, IdSet.Empty);

    // Each id is looked up by itself, whatever the planner expects of tables that have just grown; ids are sorted, so that
    // locks are taken in their order. Who is added is locked against deletion, so that a deletion comes before or after; a
    // change of the person is no obstacle.
    static string New(string table) =>
        $"select f.id from unnest($3) k(id) cross join lateral (select t.id from {table} t where t.tenant_id = $1 and t.id = k.id " +
        "and not exists (select from directory.group_member gm where gm.tenant_id = $1 and gm.group_id = $2 and gm.member_id = k.id offset 0) for key share) f";

    static readonly string NewUsers = New(ResourceTable.Users), NewGroups = New(ResourceTable.Groups);

    const string Named = "select k.id, f.is_group from unnest($3) k(id) cross join lateral (select gm.is_group from directory.group_member gm where gm.tenant_id = $1 and gm.group_id = $2 and gm.member_id = k.id offset 0) f";

    // A full join is one pass over both sets, whatever the planner expects: it cannot be done by loops.
    const string Whole =
        "select coalesce(k.id, o.member_id), o.is_group from unnest($3) k(id) full join (select gm.member_id, gm.is_group from directory.group_member gm where gm.tenant_id = $1 and gm.group_id = $2) o " +
        "on o.member_id = k.id where k.id is null or o.member_id is null";

    internal static async Task<MemberDifference> Of(Turn turn, Guid group, MemberProgram program) =>
        program.IsEmpty ? None : program.ClearsOthers ? await OfWhole(turn, group, program) : await OfNamed(turn, group, program);

    static async Task<MemberDifference> OfNamed(Turn turn, Guid group, MemberProgram program)
    {
        await using var batch = Batch(turn, program.Added.Count + program.Removed.Count);
        if (!program.Added.IsEmpty) Add(batch, turn, group, program.Added, NewUsers, NewGroups, Named);
        if (!program.Removed.IsEmpty) Add(batch, turn, group, program.Removed, Named);
        await using var reader = await batch.ExecuteReaderAsync(turn.Cancellation);
        var ((users, groups), known, gone) = ((IdSet.Empty, IdSet.Empty), IdSet.Empty, (Users: IdSet.Empty, Groups: IdSet.Empty));
        if (!program.Added.IsEmpty)
        {
            (users, groups) = (await Ids(reader, turn.Cancellation), await Ids(reader, turn.Cancellation));
            var (presentUsers, presentGroups) = await Members(reader, turn.Cancellation);
            known = users.Union(groups).Union(presentUsers).Union(presentGroups);
        }
        if (!program.Removed.IsEmpty) gone = await Members(reader, turn.Cancellation);
        return new(new MemberDelta(users, groups, gone.Users, gone.Groups), known);
    }

    // Two sets are compared; only who is missing among the members has to be looked up.
    static async Task<MemberDifference> OfWhole(Turn turn, Guid group, MemberProgram program)
    {
        List<Guid> missing = [], goneUsers = [], goneGroups = [];
        await using (var batch = Batch(turn, program.Added.Count))
        {
            Add(batch, turn, group, program.Kept.Union(program.Added), Whole);
            await using var reader = await batch.ExecuteReaderAsync(turn.Cancellation);
            while (await reader.ReadAsync(turn.Cancellation))
                (await reader.IsDBNullAsync(1, turn.Cancellation) ? missing : reader.GetBoolean(1) ? goneGroups : goneUsers).Add(reader.GetGuid(0));
        }
        var candidates = IdSet.Of(missing).Intersect(program.Added);
        var (users, groups) = candidates.IsEmpty ? (IdSet.Empty, IdSet.Empty) : await Existing(turn, group, candidates);
        return new(new MemberDelta(users, groups, IdSet.Of(goneUsers), IdSet.Of(goneGroups)), program.Added.Except(candidates).Union(users).Union(groups));
    }

    static async Task<(IdSet Users, IdSet Groups)> Existing(Turn turn, Guid group, IdSet ids)
    {
        await using var batch = Batch(turn, ids.Count);
        Add(batch, turn, group, ids, NewUsers, NewGroups);
        await using var reader = await batch.ExecuteReaderAsync(turn.Cancellation);
        return (await Ids(reader, turn.Cancellation), await Ids(reader, turn.Cancellation));
    }

    // Many ids may take longer than any other statement of the service's login.
    static NpgsqlBatch Batch(Turn turn, int ids)
    {
        var batch = new NpgsqlBatch(turn.Connection);
        if (ids <= Many) return batch;
        batch.Timeout = 30;
        batch.BatchCommands.Add(new NpgsqlBatchCommand("set local statement_timeout = '30s'"));
        return batch;
    }

    static void Add(NpgsqlBatch batch, Turn turn, Guid group, IdSet ids, params string[] statements)
    {
        var array = ids.ToArray();
        foreach (var sql in statements)
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.Add(new() { Value = turn.Tenant });
            command.Parameters.Add(new() { Value = group });
            command.Parameters.Add(new() { Value = array });
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
