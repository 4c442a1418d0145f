using System.Data;
using Npgsql;
using Scim.Domain.Protocol.Filters;

namespace Scim.Api.EventStore.Queries;

/// <summary>A query of one of the types that are read together: its filter, which may hold for none, and its order.</summary>
internal sealed record TypeQuery(ResourceTable Table, CheckedFilter? Filter, Sort? Sort);

/// <summary>Reads people and groups as one list (RFC 7644 §3.4.2.1), as of one moment.</summary>
internal sealed class RootDirectory(Placement placement, UserDirectory people)
{
    internal async Task<RootPage> List(Guid organization, TypeQuery users, TypeQuery groups, int startIndex, int count, CancellationToken ct)
    {
        var tenant = Placement.Tenant(organization);
        var connection = await placement.Of(tenant).Write.OpenConnectionAsync(ct);
        try
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
            var (total, keys) = await Keys(connection, tenant, users, groups, startIndex, count, ct);
            var found = await Rows(connection, tenant, ResourceTable.Users, people.AsAnswered, [.. keys.Where(k => !k.IsGroup).Select(k => k.Id)], ct);
            var headers = await Rows(connection, tenant, ResourceTable.Groups, GroupDirectory.AsAnswered, [.. keys.Where(k => k.IsGroup).Select(k => k.Id)], ct);
            return new RootPage(total, [.. keys.Select(k => k.IsGroup)], found, headers, connection, transaction);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            await connection.DisposeAsync();
            throw ListReader.TooSlow(e);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    static async Task<(long Total, IReadOnlyList<(bool IsGroup, Guid Id)> Keys)> Keys(NpgsqlConnection connection, string tenant, TypeQuery users, TypeQuery groups, int startIndex, int count, CancellationToken ct)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(RootListSql.Count(tenant, users, groups));
        if (count > 0) batch.BatchCommands.Add(RootListSql.Page(tenant, users, groups, startIndex, count));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var total = reader.GetInt64(0);
        var keys = new List<(bool, Guid)>();
        if (await reader.NextResultAsync(ct))
            while (await reader.ReadAsync(ct)) keys.Add((reader.GetBoolean(0), reader.GetGuid(1)));
        return (total, keys);
    }

    static async Task<IReadOnlyList<T>> Rows<T>(NpgsqlConnection connection, string tenant, string table, Shape<T> shape, Guid[] ids, CancellationToken ct)
    {
        if (ids.Length == 0) return [];
        await using var command = new NpgsqlCommand($"select {shape.PageColumns} from unnest($2) with ordinality k(id, n) join {table} d on d.tenant_id = $1 and d.id = k.id {shape.PageJoin("$2")} order by k.n", connection);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct)) rows.Add(shape.Read(reader));
        return rows;
    }
}

/// <summary>A page of people and groups, in the transaction whose moment it is.</summary>
/// <param name="AreGroups">What stands at each place of the page.</param>
internal sealed record RootPage(long Total, IReadOnlyList<bool> AreGroups, IReadOnlyList<StoredUser> Users, IReadOnlyList<StoredGroup> Groups, NpgsqlConnection Connection, NpgsqlTransaction Transaction) : IAsyncDisposable
{
    /// <summary>The groups with their members, which are read while they are enumerated.</summary>
    internal async Task<PageWithMembers> WithMembers(Guid organization, CancellationToken ct)
    {
        try
        {
            return new PageWithMembers(new Page<StoredGroup>(Groups.Count, Groups), Connection, Transaction, await GroupDirectory.MembersOf(Connection, organization, Groups, DirectoryTables.Now, ct));
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}

/// <summary>The statements of a list of both types.</summary>
static class RootListSql
{
    internal static NpgsqlBatchCommand Count(string tenant, TypeQuery users, TypeQuery groups)
    {
        var parameters = new SqlParameters();
        return Command($"select (select count(*) {From(tenant, users, parameters)}) + (select count(*) {From(tenant, groups, parameters)})", parameters);
    }

    /// <summary>Which type, and the id.</summary>
    internal static NpgsqlBatchCommand Page(string tenant, TypeQuery users, TypeQuery groups, int startIndex, int count)
    {
        var parameters = new SqlParameters();
        var direction = (users.Sort ?? groups.Sort)?.Descending == true ? "desc nulls first" : "asc nulls last";
        return Command(
            $"select k.is_group, k.id from (select false as is_group, d.id, {Key(users, parameters)} as key {From(tenant, users, parameters)} " +
            $"union all select true, d.id, {Key(groups, parameters)} {From(tenant, groups, parameters)}) k " +
            $"order by k.key {direction}, k.id limit {parameters.Add(count, NpgsqlTypes.NpgsqlDbType.Integer)} offset {parameters.Add((long)startIndex - 1, NpgsqlTypes.NpgsqlDbType.Bigint)}", parameters);
    }

    static string Key(TypeQuery query, SqlParameters parameters) => query.Sort is null ? "null" : SortSql.Key(query.Sort, query.Table.Columns, parameters);

    static string From(string tenant, TypeQuery query, SqlParameters parameters)
    {
        var own = $"from {query.Table.Name} d where d.tenant_id = {parameters.Text(tenant)}";
        return query.Filter is null ? own : $"{own} and {FilterSql.Where(query.Filter, query.Table.Columns, parameters)}";
    }

    static NpgsqlBatchCommand Command(string sql, SqlParameters parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var p in parameters.Values) command.Parameters.Add(p);
        return command;
    }
}
