using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Scim.Api.EventStore;

/// <summary>
/// Rows that are read while somebody writes them on, however many they are: in a transaction of their own, whose
/// statements have minutes instead of the login's seconds. Who stops reading ends the statement.
/// </summary>
internal static class LongReading
{
    const string Patience = "set transaction read only; set local statement_timeout = '15min'; set local idle_in_transaction_session_timeout = '2min'";

    internal static async IAsyncEnumerable<T> Rows<T>(NpgsqlDataSource source, string sql, object[] parameters, Func<NpgsqlDataReader, T> read, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        await using var batch = new NpgsqlBatch(connection, transaction) { Timeout = 900 };
        foreach (var setting in Patience.Split("; ")) batch.BatchCommands.Add(new(setting));
        var command = new NpgsqlBatchCommand(sql);
        foreach (var p in parameters) command.Parameters.Add(new() { Value = p });
        batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var isWhole = false;
        try
        {
            while (await reader.ReadAsync(ct)) yield return read(reader);
            isWhole = true;
        }
        finally
        {
            if (!isWhole) batch.Cancel(); // else what nobody reads is waited for
        }
    }
}
