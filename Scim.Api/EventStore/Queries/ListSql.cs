using Npgsql;
using NpgsqlTypes;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.EventStore.Queries;

/// <summary>Where resources of one type stand.</summary>
internal sealed record ResourceTable(string Name, ResourceColumns Columns)
{
    internal const string Users = "directory.mt_doc_user", Groups = "directory.mt_doc_group";

    internal static ResourceTable OfUsers(string tenant, DirectoryTables tables, Locations locations) => new(tables.Users, new UserColumns(tenant, tables, locations));

    internal static ResourceTable OfGroups(string tenant, DirectoryTables tables, Locations locations) => new(tables.Groups, new GroupColumns(tenant, tables, locations));
}

/// <summary>The statements of one list; each has parameters of its own.</summary>
internal sealed class ListSql(string tenant, ResourceTable of, CheckedFilter? filter, Sort? sort)
{
    readonly string _table = of.Name;

    /// <summary>Whether the filter asks for somebody by a name that an index finds, so that few rows are the answer.</summary>
    internal bool IsLookUp => filter is not null && sort is null && IsName(filter.Root);

    static bool IsName(Test test) => test switch
    {
        AnyOf any => any.Terms.All(IsName),
        ElementTest { Path.Attribute.Name: "emails", Inner: ValueTest { Operator: FilterOperator.Eq } inner } => inner.Path.ToString() == "value",
        ValueTest { Operator: FilterOperator.Eq } value => value.Path.ToString() is "userName" or "externalId" or "id" or "emails.value" || value is { Path.Attribute.Name: "displayName", Path.Extension: null },
        _ => false,
    };

    internal NpgsqlBatchCommand Count()
    {
        var parameters = new SqlParameters();
        return Command($"select count(*) from {_table} d where {Where(parameters)}", parameters);
    }

    /// <summary>Whole rows at once, for few.</summary>
    internal NpgsqlBatchCommand LookUp(string columns, int startIndex, int count)
    {
        var parameters = new SqlParameters();
        return Command($"select {columns} from {Found(parameters)} {Ordered(startIndex, count, parameters)}", parameters);
    }

    // What comes before nearly every create has a plan of its own: userName eq "x", which also finds people by their addresses.
    string Found(SqlParameters parameters)
    {
        if (_table != ResourceTable.Users || NameOrAddress is not var (name, address)) return $"{_table} d where {Where(parameters)}";
        return $"directory.user_ids({parameters.Add(tenant, NpgsqlDbType.Varchar)}, {parameters.Text(name)}, {parameters.Json(address)}) as f(id) join {_table} d on d.tenant_id = $1 and d.id = f.id";
    }

    /// <summary>Keys first, then their rows, so that no row is carried through the sort.</summary>
    internal NpgsqlBatchCommand Page(string columns, Func<string, string> join, int startIndex, int count)
    {
        var parameters = new SqlParameters();
        return Command(
            $"with k as materialized (select d.id from {_table} d where {Where(parameters)} {Ordered(startIndex, count, parameters)}), " +
            $"n as (select id, row_number() over () as n from k) " +
            $"select {columns} from n join {_table} d on d.tenant_id = $1 and d.id = n.id {join("(select array_agg(k.id) from k)")} order by n.n", parameters);
    }

    (string Name, string Address)? NameOrAddress =>
        filter?.Root is AnyOf { Terms: [ValueTest { Operator: FilterOperator.Eq } name, ValueTest { Operator: FilterOperator.Eq, Path: { Attribute: { } emails, Sub: { } value } } address] }
        && (name.Path.ToString(), address.Path.ToString()) == ("userName", "emails.value")
            ? (name.Literal.AsString!, Contained.Pattern([address with { Path = new ResolvedPath(null, value, null) }], emails))
            : null;

    string Where(SqlParameters parameters)
    {
        var own = $"d.tenant_id = {parameters.Add(tenant, NpgsqlDbType.Varchar)}";
        return filter is null ? own : $"{own} and {FilterSql.Where(filter, of.Columns, parameters)}";
    }

    string Ordered(int startIndex, int count, SqlParameters parameters)
    {
        var order = SortSql.OrderBy(sort, filter?.ActiveFirst ?? false, of.Columns, parameters);
        return $"order by {order} limit {parameters.Add(count, NpgsqlDbType.Integer)} offset {parameters.Add((long)startIndex - 1, NpgsqlDbType.Bigint)}";
    }

    static NpgsqlBatchCommand Command(string sql, SqlParameters parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var p in parameters.Values) command.Parameters.Add(p);
        return command;
    }
}
