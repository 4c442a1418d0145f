using Npgsql;

namespace Scim.Benchmarks.Load;

/// <summary>One stored row of a table as a statement that writes another like it: some columns get new values, the rest its own.</summary>
internal sealed class Template
{
    readonly List<(string Column, string Type, object Value)> _columns = [];
    readonly string _table;

    Template(string table) => _table = table;

    internal object this[string column] => _columns.First(c => c.Column == column).Value;

    /// <summary>Of the row of a table that the condition finds.</summary>
    internal static async Task<Template> Of(NpgsqlDataSource source, string table, string where)
    {
        await using var command = source.CreateCommand($"select * from {table} where {where} limit 1");
        await using var reader = await command.ExecuteReaderAsync();
        if (!await reader.ReadAsync()) throw new InvalidOperationException($"{table} has no row where {where}.");
        var template = new Template(table);
        for (var i = 0; i < reader.FieldCount; i++)
            template._columns.Add((reader.GetName(i), reader.GetDataTypeName(i), reader.GetValue(i)));
        return template;
    }

    /// <summary>Inserts the row with some columns changed; <c>:column:</c> in an expression is that column's value.</summary>
    internal NpgsqlBatchCommand Insert(params (string Column, object Value)[] changed)
    {
        var command = new NpgsqlBatchCommand();
        var values = new List<string>();
        foreach (var (column, type, own) in _columns)
        {
            var at = Array.FindIndex(changed, c => c.Column == column);
            var value = at < 0 ? own : changed[at].Value;
            if (value is Expression { Sql: var sql })
            {
                values.Add(sql);
                continue;
            }
            command.Parameters.Add(new() { Value = value, DataTypeName = type });
            values.Add($"${command.Parameters.Count}");
        }
        for (var i = 0; i < values.Count; i++)
            for (var j = 0; j < values.Count && values[i].Contains(':', StringComparison.Ordinal); j++)
                values[i] = values[i].Replace(":" + _columns[j].Column + ":", values[j], StringComparison.Ordinal);
        command.CommandText = $"insert into {_table} ({string.Join(", ", _columns.Select(c => c.Column))}) values ({string.Join(", ", values)})";
        return command;
    }

    /// <summary>A column's value as SQL.</summary>
    internal sealed record Expression(string Sql);
}
