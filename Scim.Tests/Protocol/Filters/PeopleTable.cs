using Npgsql;
using NpgsqlTypes;
using Scim.Api.EventStore.Queries;
using Scim.Api.EventStore.Schema;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Protocol.Filters;

/// <summary>A table with people in the columns that filters expect, on a connection of its own, gone with it.</summary>
sealed class PeopleTable : IAsyncDisposable
{
    /// <summary>Where the test database comes from.</summary>
    internal static Func<Task<NpgsqlDataSource>> DataSource { get; set; } = () =>
    {
        var address = Environment.GetEnvironmentVariable("SCIM_TEST_POSTGRES");
        Assert.SkipWhen(address is null, "SCIM_TEST_POSTGRES names no PostgreSQL.");
        return Task.FromResult(NpgsqlDataSource.Create(address!));
    };

    static readonly Locations Prefix = new("https://scim.example.com/scim/v2/acme");
    const string Create = """
        create temp table people (tenant_id text, id uuid, data jsonb, user_name_key text, external_id text,
        display_name_key text, family_name_key text, created timestamptz, last_modified timestamptz, mt_version bigint, primary key (tenant_id, id))
        """;

    readonly NpgsqlDataSource _source;
    readonly NpgsqlConnection _connection;
    readonly ResourceType _type;

    PeopleTable(NpgsqlDataSource source, NpgsqlConnection connection, ResourceType type) => (_source, _connection, _type) = (source, connection, type);

    internal static async Task<PeopleTable> With(IEnumerable<ScimObject> people, ResourceType type)
    {
        var source = await DataSource();
        var table = new PeopleTable(source, await source.OpenConnectionAsync(), type);
        await using (var create = new NpgsqlCommand(Create, table._connection)) await create.ExecuteNonQueryAsync();
        await table.Add(people);
        return table;
    }

    internal async Task Add(IEnumerable<ScimObject> people)
    {
        foreach (var person in people) await Add(person);
    }

    // Those of the directory itself.
    static IEnumerable<string> Indexes() => SchemaSetup.Script("directory.sql").Split(";\n")
        .Where(statement => statement.Contains(" index ", StringComparison.Ordinal) && statement.Contains("mt_doc_user", StringComparison.Ordinal))
        .Select(statement => statement.Replace("directory.mt_doc_user", "people", StringComparison.Ordinal));

    internal async Task Clear()
    {
        await using var command = new NpgsqlCommand("truncate people", _connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The ids of those who match, in the order that was asked for.</summary>
    internal Task<List<string>> Ids(CheckedFilter filter) => Ids(filter, null);

    internal async Task<List<string>> Ids(CheckedFilter filter, Sort? sort)
    {
        var parameters = new SqlParameters();
        var columns = new UserColumns("acme", DirectoryTables.Now with { Users = "people" }, Prefix);
        var where = FilterSql.Where(filter, columns, parameters);
        var order = SortSql.OrderBy(sort, filter.ActiveFirst, columns, parameters);
        await using var command = new NpgsqlCommand($"select d.id from people d where {where} order by {order}", _connection);
        command.Parameters.AddRange(parameters.Values.ToArray());
        var ids = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) ids.Add(reader.GetGuid(0).ToString());
        return ids;
    }

    /// <summary>Adds thousands of people and the indexes, so that the planner has a choice.</summary>
    internal async Task Grow()
    {
        const string crowd = """
            insert into people select case when n % 4 = 0 then 'acme' else 'other' end, gen_random_uuid(), jsonb_build_object('resource', '{}'::jsonb, 'match', jsonb_build_object(
            'userName', 'u' || n, 'emails', jsonb_build_array(jsonb_build_object('value', n || '@example.com', 'type', 'work')))), 'u' || n, 'x' || n, 'd' || n, 'f' || n,
            '2020-01-01'::timestamptz + n * interval '1 hour', '2020-01-01'::timestamptz + n * interval '1 hour', 1 from generate_series(1, 20000) n
            """;
        foreach (var sql in Indexes().Prepend(crowd).Append("analyze people"))
        {
            await using var command = new NpgsqlCommand(sql, _connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>How PostgreSQL finds those who match in one organization.</summary>
    internal async Task<string> Plan(CheckedFilter filter, Sort? sort)
    {
        var parameters = new SqlParameters();
        var columns = new UserColumns("acme", DirectoryTables.Now with { Users = "people" }, Prefix);
        var where = FilterSql.Where(filter, columns, parameters);
        var order = sort is null ? "" : $"order by {SortSql.OrderBy(sort, false, columns, parameters)} limit 100";
        await using var command = new NpgsqlCommand($"explain select d.id from people d where d.tenant_id = 'acme' and {where} {order}", _connection);
        command.Parameters.AddRange(parameters.Values.ToArray());
        var plan = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) plan.Add(reader.GetString(0));
        return string.Join('\n', plan);
    }

    async Task Add(ScimObject person)
    {
        var stored = Stored(person);
        var match = Match.Of(stored, _type);
        var meta = (ScimObject)person["meta"]!;
        await using var command = new NpgsqlCommand("insert into people values ('acme', $1, $2, $3, $4, $5, $6, $7, $8, $9)", _connection);
        object Text(ScimValue? value) => value?.AsString ?? (object)DBNull.Value;
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = Guid.Parse(People.IdOf(person)) },
            new() { Value = ScimValue.Of(("resource", stored), ("match", match)).ToString(), NpgsqlDbType = NpgsqlDbType.Jsonb },
            new() { Value = Text(match["userName"]), NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = Text(stored["externalId"]), NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = Text(match["displayName"]), NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = Text((match["name"] as ScimObject)?["familyName"]), NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = ScimDateTime.TryParse(meta["created"]!.AsString!)!.Value },
            new() { Value = ScimDateTime.TryParse(meta["lastModified"]!.AsString!)!.Value },
            new() { Value = long.Parse(meta["version"]!.AsString!.Split('"')[1].Split('-')[0], System.Globalization.CultureInfo.InvariantCulture) },
        });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The resource as it is stored: without what is derived or stands in columns.</summary>
    internal static ScimObject Stored(ScimObject person)
    {
        var stored = person.Without("id").Without("meta").Without("schemas").Without("groups");
        if (stored[EnterpriseUserSchema.Urn] is ScimObject enterprise && enterprise["manager"] is ScimObject manager)
            stored = stored.With(EnterpriseUserSchema.Urn, enterprise.With("manager", manager.Without("displayName")));
        return stored;
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _source.DisposeAsync();
    }
}
