using Npgsql;

namespace Scim.Benchmarks.Load;

/// <summary>The least that an operation on a group costs the store, as <see cref="Floor"/> for people.</summary>
internal sealed class GroupFloor(NpgsqlDataSource source, ClientProcess.Made made)
{
    readonly Dictionary<int, Guid[]> _members = [];
    readonly Dictionary<int, int> _next = [];
    Template _event = null!, _group = null!, _commit = null!;
    long _numbers = 1L << 41;

    /// <summary>Copies the tables of groups beside those of people.</summary>
    internal async Task Make(NpgsqlDataSource owner, string login)
    {
        const string sql = """
            create table floor.mt_doc_group (like directory.mt_doc_group including all); insert into floor.mt_doc_group select * from directory.mt_doc_group;
            create table floor.group_member (like directory.group_member including all); insert into floor.group_member select * from directory.group_member;
            analyze floor.mt_doc_group; analyze floor.group_member; analyze directory.mt_doc_group; analyze directory.group_member;
            """;
        await using (var command = owner.CreateCommand($"{sql} grant all on all tables in schema floor to {login};")) await command.ExecuteNonQueryAsync();
        foreach (var (size, id) in made.Groups) _members[size] = [.. made.Ids.Take(size)];
        var any = made.Groups.Values.First();
        _event = await Template.Of(source, "floor.mt_events", $"stream_id = '{any}' and type = 'group_created'");
        _group = await Template.Of(source, "floor.mt_doc_group", $"id = '{any}'");
        _commit = await Template.Of(source, "floor.commit_log", $"stream_id = '{any}'");
    }

    internal async Task<byte[]> Run(GroupOperation operation, int size)
    {
        await using var batch = source.CreateBatch();
        batch.Timeout = 60;
        foreach (var command in Commands(operation, size)) batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync();
        var answer = new MemoryStream();
        do
        {
            while (await reader.ReadAsync())
                for (var i = 0; i < reader.FieldCount; i++)
                    if (!await reader.IsDBNullAsync(i)) answer.Write(reader.GetDataTypeName(i) == "uuid" ? reader.GetGuid(i).ToByteArray() : reader.GetFieldValue<byte[]>(i));
        }
        while (await reader.NextResultAsync());
        return answer.ToArray();
    }

    IEnumerable<NpgsqlBatchCommand> Commands(GroupOperation operation, int size)
    {
        var id = made.Groups[size];
        return operation switch
        {
            GroupOperation.AddOrRemoveOne => Changed(id, Sql((_next[size] = _next.GetValueOrDefault(size) + 1) % 2 == 1
                ? "insert into floor.group_member values ($1, $2, $3, false) on conflict do nothing"
                : "delete from floor.group_member where tenant_id = $1 and group_id = $2 and member_id = $3", made.Tenant, id, made.Ids[size + (_next[size] - 1) / 2 % 1000])),
            GroupOperation.PutSame => [Compared(id, size)],
            GroupOperation.PutLessTen => [Compared(id, size), .. Changed(id, Sql("delete from floor.group_member where tenant_id = $1 and group_id = $2 and member_id = any($3)", made.Tenant, id, _members[size][..Math.Min(10, size - 1)])),
                Sql("insert into floor.group_member select $1, $2, unnest($3), false on conflict do nothing", made.Tenant, id, _members[size][..Math.Min(10, size - 1)])],
            GroupOperation.Get => [Header(id), Sql(
                "select m.member_id, convert_to(u.data->'resource'->>'displayName', 'UTF8') from floor.group_member m join floor.mt_doc_user u on u.tenant_id = m.tenant_id and u.id = m.member_id where m.tenant_id = $1 and m.group_id = $2 order by m.member_id", made.Tenant, id)],
            GroupOperation.GetWithoutMembers => [Header(id)],
            GroupOperation.PageOfPeople => [Sql($"select data from floor.mt_doc_user where tenant_id = $1 order by id limit {Groups.OnPage}", made.Tenant), Sql($"""
                with recursive page as (select id from floor.mt_doc_user where tenant_id = $1 order by id limit {Groups.OnPage}),
                up(person, id) as (select m.member_id, m.group_id from page p join floor.group_member m on m.tenant_id = $1 and m.member_id = p.id
                union select up.person, m.group_id from up join floor.group_member m on m.tenant_id = $1 and m.member_id = up.id)
                select up.person, g.data from up join floor.mt_doc_group g on g.tenant_id = $1 and g.id = up.id
                """, made.Tenant)],
            _ => throw new InvalidOperationException($"{operation} has no floor."),
        };
    }

    NpgsqlBatchCommand Header(Guid id) => Sql("select data from floor.mt_doc_group where tenant_id = $1 and id = $2", made.Tenant, id);

    NpgsqlBatchCommand Compared(Guid id, int size) => Sql(
        "select member_id from (select member_id from floor.group_member where tenant_id = $1 and group_id = $2 except select unnest($3)) x", made.Tenant, id, _members[size]);

    IEnumerable<NpgsqlBatchCommand> Changed(Guid id, NpgsqlBatchCommand members) => [
        Sql("update floor.mt_streams set version = version + 1, timestamp = now() where tenant_id = $1 and id = $2", made.Tenant, id),
        _event.Insert(("stream_id", id), ("id", Guid.CreateVersion7()), ("seq_id", Interlocked.Increment(ref _numbers)),
            ("version", new Template.Expression("(select version from floor.mt_streams where tenant_id = :tenant_id: and id = :stream_id:)"))),
        members,
        Sql("update floor.mt_doc_group set data = $3::jsonb, mt_version = mt_version + 1, last_modified = now() where tenant_id = $1 and id = $2", made.Tenant, id, _group["data"]),
        _commit.Insert(("stream_id", id), ("command_id", Guid.CreateVersion7()), ("ord", Interlocked.Increment(ref _numbers)))];

    static NpgsqlBatchCommand Sql(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }
}
