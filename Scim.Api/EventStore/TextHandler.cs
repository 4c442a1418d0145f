using System.Data.Common;
using Marten.Linq.QueryHandlers;
using NpgsqlTypes;
using Weasel.Postgresql;

namespace Scim.Api.EventStore;

/// <summary>Reads one text about a stream in the same round trip as its state; the query has a place for the tenant, then one for the id.</summary>
internal sealed class TextHandler(string sql, string tenant, Guid stream) : IQueryHandler<string?>
{
    public void ConfigureCommand(ICommandBuilder builder, Weasel.Storage.IStorageSession session)
    {
        var parameters = builder.AppendWithParameters(sql, '?');
        (parameters[0].Value, parameters[0].NpgsqlDbType) = (tenant, NpgsqlDbType.Varchar);
        (parameters[1].Value, parameters[1].NpgsqlDbType) = (stream, NpgsqlDbType.Uuid);
    }

    public async Task<string?> HandleAsync(DbDataReader reader, Weasel.Storage.IStorageSession session, CancellationToken token) =>
        await reader.ReadAsync(token) && !await reader.IsDBNullAsync(0, token) ? reader.GetString(0) : null;

    public Task<int> StreamJson(Stream stream, DbDataReader reader, CancellationToken token) => throw new NotSupportedException("A text is not a document.");
}
