using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.EventStore.Queries;

/// <summary>The order of a list in SQL, for an <c>order by</c> on rows of alias <c>d</c>; it ends with the id, so it is total.</summary>
static class SortSql
{
    /// <summary>The order by what was asked for; else active people first when the filter says so, else by id.</summary>
    internal static string OrderBy(Sort? sort, bool activeFirst, ResourceColumns columns, SqlParameters parameters)
    {
        if (sort is null) return activeFirst ? $"coalesce({DocumentPath.Row["active"].Match} = 'true'::jsonb, false) desc, d.id" : "d.id";
        var direction = sort.Descending ? "desc nulls first" : "asc nulls last";
        return string.Concat(Keys(sort, columns, parameters).Select(key => $"{key} {direction}, ")) + "d.id";
    }

    /// <summary>The one expression by which resources of several types are sorted together.</summary>
    internal static string Key(Sort sort, ResourceColumns columns, SqlParameters parameters) => Keys(sort, columns, parameters).LastOrDefault() ?? "null";

    static IEnumerable<string> Keys(Sort sort, ResourceColumns columns, SqlParameters parameters)
    {
        var (path, name) = (sort.Path, sort.Path.ToString());
        if (path.Attribute == CommonAttributes.Schemas) return []; // everybody's first one is the core schema
        if (path.Attribute == CommonAttributes.Id) return ["d.id"];
        if (columns.Time(name) is { } time) return [time];
        if (columns.Text(name) is { } text) return text(parameters).SortKeys;
        if (!path.Attribute!.MultiValued) return [Comparable(path.Sub is null ? FilterSql.RootOf(path) : FilterSql.RootOf(path)[path.Sub.Name], sort.Leaf)];

        var element = new DocumentPath("s.m", "s.x");
        var value = Comparable(path.Sub is null ? element : element[path.Sub.Name], sort.Leaf);
        return [$"(select {value} from {ElementRows.Of(path, columns, parameters).As("s")} order by coalesce(s.m->'primary' = 'true'::jsonb, false) desc, s.n limit 1)"];
    }

    static string Comparable(DocumentPath at, AttributeDefinition leaf)
    {
        var json = at.For(leaf);
        return leaf.Type switch
        {
            AttributeType.Boolean => $"({json} = 'true'::jsonb)",
            AttributeType.Integer or AttributeType.Decimal => $"case when jsonb_typeof({json}) = 'number' then ({json})::numeric end",
            _ => $"({json} #>> '{{}}') collate \"C\"",
        };
    }
}
