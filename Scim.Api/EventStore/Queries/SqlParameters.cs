using Npgsql;
using NpgsqlTypes;

namespace Scim.Api.EventStore.Queries;

/// <summary>The values of a statement in the order of their placeholders. Whatever a client sent stands here and nowhere else.</summary>
sealed class SqlParameters
{
    readonly List<NpgsqlParameter> _values = [];

    internal IReadOnlyList<NpgsqlParameter> Values => _values;

    /// <summary>Adds a value and gives its placeholder, such as <c>$3</c>.</summary>
    internal string Add(object value, NpgsqlDbType type)
    {
        _values.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
        return $"${_values.Count}";
    }

    internal string Text(string value) => Add(value, NpgsqlDbType.Text);

    internal string Json(string value) => Add(value, NpgsqlDbType.Jsonb);
}
