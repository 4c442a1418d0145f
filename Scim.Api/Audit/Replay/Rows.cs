using System.Runtime.CompilerServices;
using Npgsql;

namespace Scim.Api.Audit.Replay;

/// <summary>
/// Rows of a transaction, some thousand at a time: each fetch is a statement of its own, so that however many there are none
/// takes longer than a statement may.
/// </summary>
internal static class Rows
{
    const int Fetched = 4_000;

    /// <summary>The reader, on one row after the other.</summary>
    /// <param name="name">The cursor's, another for each list of columns: a prepared fetch is of one.</param>
    internal static async IAsyncEnumerable<NpgsqlDataReader> Of(NpgsqlConnection connection, string name, string sql, object[] parameters, [EnumeratorCancellation] CancellationToken ct)
    {
        var rows = 0;
        await using (var first = new NpgsqlBatch(connection))
        {
            var declare = new NpgsqlBatchCommand($"declare {name} no scroll cursor for {sql}");
            foreach (var p in parameters) declare.Parameters.Add(new() { Value = p });
            first.BatchCommands.Add(declare);
            first.BatchCommands.Add(new($"fetch {Fetched} from {name}"));
            await using var reader = await first.ExecuteReaderAsync(ct);
            for (; await reader.ReadAsync(ct); rows++) yield return reader;
        }
        for (var last = rows; last == Fetched;)
        {
            last = 0;
            await using var fetch = new NpgsqlCommand($"fetch {Fetched} from {name}", connection);
            await using var reader = await fetch.ExecuteReaderAsync(ct);
            for (; await reader.ReadAsync(ct); last++) yield return reader;
        }
        await using var close = new NpgsqlCommand($"close {name}", connection);
        await close.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The same in lists, between which the connection is free.</summary>
    internal static async IAsyncEnumerable<List<T>> Lists<T>(NpgsqlConnection connection, string sql, object[] parameters, Func<NpgsqlDataReader, ValueTask<T>> read, [EnumeratorCancellation] CancellationToken ct)
    {
        await using (var declare = new NpgsqlCommand($"declare lists no scroll cursor for {sql}", connection))
        {
            foreach (var p in parameters) declare.Parameters.Add(new() { Value = p });
            await declare.ExecuteNonQueryAsync(ct);
        }
        List<T> rows;
        do
        {
            rows = new List<T>(Fetched);
            await using (var fetch = new NpgsqlCommand($"fetch {Fetched} from lists", connection))
            await using (var reader = await fetch.ExecuteReaderAsync(ct))
                while (await reader.ReadAsync(ct)) rows.Add(await read(reader));
            yield return rows;
        }
        while (rows.Count == Fetched);
        await using var close = new NpgsqlCommand("close lists", connection);
        await close.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Holds rows against what is expected, both in the order of their keys.</summary>
    /// <param name="differs">Asked for each row that is expected.</param>
    internal static async Task Compare<T>(NpgsqlConnection connection, string name, string sql, object[] parameters, IEnumerable<(RowKey Key, T Expected)> expected, Func<NpgsqlDataReader, RowKey> keyOf,
        Action<NpgsqlDataReader, RowKey, T> differs, Action<RowKey, T> missing, Action<RowKey> surplus, CancellationToken ct)
    {
        using var next = expected.GetEnumerator();
        var has = next.MoveNext();
        await foreach (var row in Of(connection, name, sql, parameters, ct))
        {
            var key = keyOf(row);
            for (; has && next.Current.Key.CompareTo(key) < 0; has = next.MoveNext()) missing(next.Current.Key, next.Current.Expected);
            if (has && next.Current.Key.CompareTo(key) == 0)
            {
                differs(row, key, next.Current.Expected);
                has = next.MoveNext();
            }
            else surplus(key);
        }
        for (; has; has = next.MoveNext()) missing(next.Current.Key, next.Current.Expected);
    }
}
