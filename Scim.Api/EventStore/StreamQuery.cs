using System.Data.Common;
using Marten.Linq.QueryHandlers;
using NpgsqlTypes;
using Weasel.Postgresql;

namespace Scim.Api.EventStore;

/// <summary>What is read about a stream in the same round trip as its state; the SQL has a place for the tenant, then one for the id.</summary>
internal sealed class StreamQuery<T>(string sql, string tenant, Guid stream, Func<DbDataReader, CancellationToken, Task<T>> read) : IQueryHandler<T?>
{
    public void ConfigureCommand(ICommandBuilder builder, Weasel.Storage.IStorageSession session)
    {
        var parameters = builder.AppendWithParameters(sql, '?');
        (parameters[0].Value, parameters[0].NpgsqlDbType) = (tenant, NpgsqlDbType.Varchar);
        (parameters[1].Value, parameters[1].NpgsqlDbType) = (stream, NpgsqlDbType.Uuid);
    }

    public async Task<T?> HandleAsync(DbDataReader reader, Weasel.Storage.IStorageSession session, CancellationToken token) =>
        await reader.ReadAsync(token) ? await read(reader, token) : default;

    // Of Marten's interface, for documents alone.
    public Task<int> StreamJson(Stream stream, DbDataReader reader, CancellationToken token) => throw new NotSupportedException("This is no document.");
}
