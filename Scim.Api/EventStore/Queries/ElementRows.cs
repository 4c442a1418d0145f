using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.EventStore.Queries;

/// <summary>
/// The elements of a multi-valued attribute as rows: <c>m</c> as keys, <c>x</c> as answered, <c>n</c> their order. They stand
/// in the document, or are other rows.
/// </summary>
/// <param name="As">What stands in a <c>from</c>, under an alias.</param>
/// <param name="AreNone">Whether there are none.</param>
sealed record ElementRows(Func<string, string> As, string AreNone)
{
    internal static ElementRows Of(ResolvedPath path, ResourceColumns columns, SqlParameters parameters) =>
        path.Extension is null && columns.Derived(path.Attribute!.Name) is { } derived ? Of(derived, parameters) : Of(FilterSql.RootOf(path));

    static ElementRows Of(DerivedElements derived, SqlParameters parameters)
    {
        var rows = derived.Rows(parameters);
        return new(alias => $"({rows}) as {alias}(m, x, n)", $"not exists ({derived.Any})");
    }

    static ElementRows Of(DocumentPath root) => new(
        alias => $"rows from (jsonb_array_elements({Array(root.Match)}), jsonb_array_elements({Array(root.Exact)})) with ordinality as {alias}(m, x, n)",
        $"coalesce({root.Match}, '[]'::jsonb) = '[]'::jsonb");

    static string Array(string json) => $"case when jsonb_typeof({json}) = 'array' then {json} else '[]'::jsonb end";
}

/// <summary>A multi-valued attribute whose elements are derived from other rows than that of alias <c>d</c>.</summary>
/// <param name="Rows">A query of its elements: <c>m</c>, <c>x</c>, <c>n</c>.</param>
/// <param name="Any">A query with a row where there is an element.</param>
/// <param name="HoldersOf">A query of the ids of all rows that have an element of this <c>value</c>.</param>
sealed record DerivedElements(Func<SqlParameters, string> Rows, string Any, Func<SqlParameters, Guid, string> HoldersOf);
