using Npgsql;
using NpgsqlTypes;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using Scim.Tests.Protocol.Filters;

namespace Scim.Tests.Groups;

/// <summary>Groups and their members in the directory's own tables, in an organization and a transaction that nobody else sees.</summary>
sealed class GroupsTable : IAsyncDisposable
{
    static readonly Locations Prefix = new("https://scim.example.com/scim/v2/acme");

    readonly string _tenant = Guid.NewGuid().ToString();
    readonly NpgsqlDataSource _source;
    readonly NpgsqlConnection _connection;

    GroupsTable(NpgsqlDataSource source, NpgsqlConnection connection) => (_source, _connection) = (source, connection);

    internal static async Task<GroupsTable> With(IEnumerable<ScimObject> groups)
    {
        var source = await PeopleTable.DataSource();
        var table = new GroupsTable(source, await source.OpenConnectionAsync());
        await table.Run("begin");
        await table.Add([.. groups]);
        return table;
    }

    /// <summary>Adds groups as they are answered, and the people whom they name.</summary>
    internal async Task Add(IReadOnlyList<ScimObject> groups)
    {
        foreach (var group in groups)
        {
            var (stored, meta) = (group.Without("id").Without("meta").Without("schemas").Without("members"), (ScimObject)group["meta"]!);
            var match = Domain.Protocol.Filters.Match.Of(stored, GroupSchema.ResourceType);
            await Run(
                "insert into directory.mt_doc_group (tenant_id, id, data, mt_version, display_name_key, external_id, created, last_modified) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                Guid.Parse(People.IdOf(group)), Json(ScimValue.Of(("resource", stored), ("match", match))),
                long.Parse(meta["version"]!.AsString!.Split('"')[1], System.Globalization.CultureInfo.InvariantCulture), match["displayName"]!.AsString!,
                Text(stored["externalId"]), ScimDateTime.TryParse(meta["created"]!.AsString!)!.Value, ScimDateTime.TryParse(meta["lastModified"]!.AsString!)!.Value);
        }
        foreach (var (group, member) in groups.SelectMany(g => ((g["members"] as ScimArray)?.Items ?? []).Cast<ScimObject>().Select(m => (g, m))))
        {
            var isGroup = member["type"]!.AsString == "Group";
            await Run("insert into directory.group_member values ($1, $2, $3, $4)", Guid.Parse(People.IdOf(group)), Guid.Parse(member["value"]!.AsString!), isGroup);
            if (isGroup) continue;
            var person = ScimValue.Of(("userName", ScimValue.Of("u-" + member["value"]!.AsString)), ("displayName", member["display"]!));
            await Run(
                "insert into directory.mt_doc_user (tenant_id, id, data, mt_version, created, last_modified) values ($1, $2, $3, 1, now(), now()) on conflict do nothing",
                Guid.Parse(member["value"]!.AsString!), Json(ScimValue.Of(("resource", person), ("match", Domain.Protocol.Filters.Match.Of(person, UserSchema.ResourceType)))));
        }
    }

    internal async Task Clear()
    {
        foreach (var table in new[] { "group_member", "mt_doc_group", "mt_doc_user" }) await Run($"delete from directory.{table} where tenant_id = $1");
    }

    /// <summary>The ids of the groups that match, in the order that was asked for.</summary>
    internal async Task<List<string>> Ids(CheckedFilter filter, Sort? sort = null)
    {
        await using var command = Command(filter, sort, "");
        var ids = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) ids.Add(reader.GetGuid(0).ToString());
        return ids;
    }

    /// <summary>How PostgreSQL finds those who match.</summary>
    internal async Task<string> Plan(CheckedFilter filter, Sort? sort)
    {
        await using var command = Command(filter, sort, "explain ");
        var plan = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) plan.Add(reader.GetString(0));
        return string.Join('\n', plan);
    }

    /// <summary>Adds thousands of groups of five members each, so that the planner has a choice.</summary>
    internal async Task Grow()
    {
        await Run("""
            insert into directory.mt_doc_group (tenant_id, id, data, mt_version, display_name_key, external_id, created, last_modified)
            select case when n % 4 = 0 then $1 else 'other-' || $1 end, gen_random_uuid(), '{"resource":{},"match":{}}', 1, 'g' || n, 'x' || n,
            '2020-01-01'::timestamptz + n * interval '1 hour', '2020-01-01'::timestamptz + n * interval '1 hour' from generate_series(1, 10000) n
            """);
        await Run("insert into directory.group_member select tenant_id, id, gen_random_uuid(), false from directory.mt_doc_group, generate_series(1, 5) where tenant_id like '%' || $1");
        foreach (var table in new[] { "mt_doc_group", "group_member" }) await Run("analyze directory." + table);
    }

    NpgsqlCommand Command(CheckedFilter filter, Sort? sort, string verb)
    {
        var parameters = new SqlParameters();
        var columns = new GroupColumns(_tenant, DirectoryTables.Now, Prefix);
        var own = $"d.tenant_id = {parameters.Text(_tenant)}";
        var where = FilterSql.Where(filter, columns, parameters);
        var command = new NpgsqlCommand($"{verb}select d.id from directory.mt_doc_group d where {own} and {where} order by {SortSql.OrderBy(sort, false, columns, parameters)}{(verb.Length > 0 ? " limit 100" : "")}", _connection);
        command.Parameters.AddRange(parameters.Values.ToArray());
        return command;
    }

    async Task Run(string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        if (sql.Contains("$1", StringComparison.Ordinal)) command.Parameters.Add(new() { Value = _tenant });
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    static NpgsqlParameter Json(ScimValue value) => new() { Value = value.ToString(), NpgsqlDbType = NpgsqlDbType.Jsonb };

    static NpgsqlParameter Text(ScimValue? value) => new() { Value = value?.AsString ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    public async ValueTask DisposeAsync()
    {
        await Run("rollback");
        await _connection.DisposeAsync();
        await _source.DisposeAsync();
    }
}
