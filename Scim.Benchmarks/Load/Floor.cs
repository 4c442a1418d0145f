using Npgsql;

namespace Scim.Benchmarks.Load;

/// <summary>
/// The least that an operation costs the store: the same rows in tables of the same shape and indexes, written and read by
/// hand in one prepared round trip. Nothing is parsed, decided, sealed or checked.
/// </summary>
internal sealed class Floor(NpgsqlDataSource source, ClientProcess.Made people)
{
    Template _stream = null!, _event = null!, _key = null!, _user = null!, _commit = null!;
    long _numbers = 1L << 40; // beyond those of the rows that were copied

    /// <summary>Copies the tables of the people that the service has, and looks at a row of each.</summary>
    internal async Task Make(NpgsqlDataSource owner, string login)
    {
        string[] tables = ["history.mt_streams", "history.mt_events", "history.person_key", "history.commit_log", "directory.mt_doc_user"];
        var sql = "drop schema if exists floor cascade; create schema floor; " + string.Join(" ", tables.Select(t =>
            $"create table floor.{t[(t.IndexOf('.') + 1)..]} (like {t} including all); insert into floor.{t[(t.IndexOf('.') + 1)..]} select * from {t};")) +
            $" grant usage on schema floor to {login}; grant all on all tables in schema floor to {login};";
        await using (var command = owner.CreateCommand(sql)) await command.ExecuteNonQueryAsync();
        foreach (var table in tables)
        {
            await using var analyze = owner.CreateCommand($"analyze {table}; analyze floor.{table[(table.IndexOf('.') + 1)..]}");
            await analyze.ExecuteNonQueryAsync();
        }
        var id = people.Ids[0];
        _stream = await Template.Of(source, "floor.mt_streams", $"id = '{id}'");
        _event = await Template.Of(source, "floor.mt_events", $"stream_id = '{id}'");
        _key = await Template.Of(source, "floor.person_key", $"person_id = '{id}'");
        _user = await Template.Of(source, "floor.mt_doc_user", $"id = '{id}'");
        _commit = await Template.Of(source, "floor.commit_log", $"stream_id = '{id}'");
    }

    /// <summary>Does what the operation does to a person, and gives the bytes to answer.</summary>
    internal async Task<byte[]> Run(Operation operation, int person)
    {
        await using var batch = source.CreateBatch();
        foreach (var command in Commands(operation, people.Ids[person], people.Names[person])) batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync();
        var answer = new MemoryStream();
        do
        {
            while (await reader.ReadAsync())
                if (reader.GetDataTypeName(0) == "jsonb") answer.Write(reader.GetFieldValue<byte[]>(0));
        }
        while (await reader.NextResultAsync());
        // What only writes answers the document that it wrote.
        return answer.Length > 0 || operation is Operation.NotModified ? answer.ToArray() : System.Text.Encoding.UTF8.GetBytes((string)_user["data"]);
    }

    /// <summary>How many people a list of this kind finds.</summary>
    internal async Task<long> Total(Operation operation)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Commands(operation, people.Ids[0], people.Names[0]).First());
        return (long)(await batch.ExecuteScalarAsync())!;
    }

    IEnumerable<NpgsqlBatchCommand> Commands(Operation operation, Guid id, string name) => operation switch
    {
        Operation.Post => Created(Guid.CreateVersion7()),
        Operation.Get => [Sql("select data, mt_version from floor.mt_doc_user where tenant_id = $1 and id = $2", people.Tenant, id)],
        Operation.NotModified => [Sql("select mt_version from floor.mt_doc_user where tenant_id = $1 and id = $2", people.Tenant, id)],
        Operation.PutUnchanged => [
            Sql("select version from floor.mt_streams where tenant_id = $1 and id = $2 for update", people.Tenant, id),
            Sql("select data from floor.mt_doc_user where tenant_id = $1 and id = $2", people.Tenant, id)],
        Operation.PatchActive => Patched(id),
        Operation.UserNameEq => List("user_name_key collate \"C\" = $2", name, 100, 0),
        Operation.Unindexed => List("(data->'match'->>'title') = $2", "engineer 7", 100, 0),
        Operation.Contains => List("display_name_key like '%' || $2 || '%'", "person 17", 100, 0),
        Operation.ListFirst => List("true or $2 = ''", "", 100, 0),
        Operation.ListMiddle => List("true or $2 = ''", "", 100, people.Ids.Length / 2),
        Operation.ListLast => List("true or $2 = ''", "", 100, Math.Max(0, people.Ids.Length - 100)),
        _ => throw new InvalidOperationException($"{operation} has no floor."),
    };

    IEnumerable<NpgsqlBatchCommand> Created(Guid id) => [
        _stream.Insert(("tenant_id", people.OtherTenant), ("id", id)),
        _event.Insert(("tenant_id", people.OtherTenant), ("stream_id", id), ("id", Guid.CreateVersion7()), ("seq_id", Interlocked.Increment(ref _numbers)), ("version", 1L)),
        _key.Insert(("tenant_id", people.OtherTenant), ("person_id", id)),
        _user.Insert(("tenant_id", people.OtherTenant), ("id", id), ("user_name_key", id.ToString())),
        _commit.Insert(("tenant_id", people.OtherTenant), ("stream_id", id), ("command_id", id), ("ord", Interlocked.Increment(ref _numbers)))];

    IEnumerable<NpgsqlBatchCommand> Patched(Guid id) => [
        Sql("update floor.mt_streams set version = version + 1, timestamp = now() where tenant_id = $1 and id = $2", people.Tenant, id),
        _event.Insert(("stream_id", id), ("id", Guid.CreateVersion7()), ("seq_id", Interlocked.Increment(ref _numbers)),
            ("version", new Template.Expression("(select version from floor.mt_streams where tenant_id = :tenant_id: and id = :stream_id:)"))),
        Sql("update floor.mt_doc_user set data = $3::jsonb, mt_version = mt_version + 1, last_modified = now() where tenant_id = $1 and id = $2", people.Tenant, id, _user["data"]),
        _commit.Insert(("stream_id", id), ("command_id", Guid.CreateVersion7()), ("ord", Interlocked.Increment(ref _numbers)))];

    IEnumerable<NpgsqlBatchCommand> List(string where, string value, int count, int skip) => [
        Sql($"select count(*) from floor.mt_doc_user where tenant_id = $1 and ({where})", people.Tenant, value),
        Sql($"select data, mt_version from floor.mt_doc_user where tenant_id = $1 and ({where}) order by id limit $3 offset $4", people.Tenant, value, count, skip)];

    static NpgsqlBatchCommand Sql(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }
}
