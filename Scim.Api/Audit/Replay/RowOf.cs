using System.Text.Json;
using Npgsql;
using Scim.Api.EventStore;
using Scim.Domain.History;

namespace Scim.Api.Audit.Replay;

/// <summary>The row under a reader, whose columns are held one after the other against what is expected.</summary>
internal sealed class RowOf
{
    readonly List<string> _paths = [];
    NpgsqlDataReader _row = null!;
    int _at;

    /// <summary>What differs.</summary>
    internal IReadOnlyList<string> Paths => _paths;

    internal RowOf On(NpgsqlDataReader row, int at)
    {
        (_row, _at) = (row, at);
        _paths.Clear();
        return this;
    }

    internal RowOf Skip(int columns)
    {
        _at += columns;
        return this;
    }

    internal RowOf Json<T>(string name, T expected)
    {
        if (_row.IsDBNull(_at)) _paths.Add(name);
        else _paths.AddRange(JsonDifference.Paths(name, JsonSerializer.SerializeToUtf8Bytes(expected, EventStoreOptions.Documents), _row.GetFieldValue<byte[]>(_at)));
        return Skip(1);
    }

    internal RowOf Text(string name, string? expected) => Same(name, (_row.IsDBNull(_at) ? null : _row.GetString(_at)) == expected);

    internal RowOf Number(string name, long expected) => Same(name, _row.GetInt64(_at) == expected);

    internal RowOf Flag(string name, bool expected) => Same(name, _row.GetBoolean(_at) == expected);

    internal RowOf Id(string name, Guid? expected) => Same(name, (_row.IsDBNull(_at) ? null : _row.GetGuid(_at)) == expected);

    internal RowOf Nothing(string name) => Same(name, _row.IsDBNull(_at));

    internal RowOf Instant(string name, DateTimeOffset expected) => Same(name, Chain.Microseconds(_row.GetFieldValue<DateTimeOffset>(_at)) == Chain.Microseconds(expected));

    RowOf Same(string name, bool isSame)
    {
        if (!isSame) _paths.Add(name);
        return Skip(1);
    }
}
