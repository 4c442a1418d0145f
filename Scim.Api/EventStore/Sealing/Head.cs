using System.Data.Common;
using Marten.Linq.QueryHandlers;
using NpgsqlTypes;
using Weasel.Postgresql;

namespace Scim.Api.EventStore.Sealing;

/// <summary>Where a stream's chain ends, and the wrapped key of the person whose stream it is.</summary>
internal sealed record Head(long Version, byte[] Hash, byte[]? WrappedKey);

/// <summary>Reads a stream's head in the same round trip as its state.</summary>
internal sealed class HeadHandler(string tenant, Guid stream) : IQueryHandler<Head?>
{
    internal const string Sql =
        "select e.version, e.headers->>'hash', k.wrapped from history.mt_events e " +
        "left join history.person_key k on k.tenant_id = e.tenant_id and k.person_id = e.stream_id " +
        "where e.tenant_id = ? and e.stream_id = ? order by e.version desc limit 1";

    public void ConfigureCommand(ICommandBuilder builder, Weasel.Storage.IStorageSession session)
    {
        var parameters = builder.AppendWithParameters(Sql, '?');
        (parameters[0].Value, parameters[0].NpgsqlDbType) = (tenant, NpgsqlDbType.Varchar);
        (parameters[1].Value, parameters[1].NpgsqlDbType) = (stream, NpgsqlDbType.Uuid);
    }

    public async Task<Head?> HandleAsync(DbDataReader reader, Weasel.Storage.IStorageSession session, CancellationToken token) =>
        await reader.ReadAsync(token) ? await Read(reader, token) : null;

    public Task<int> StreamJson(Stream stream, DbDataReader reader, CancellationToken token) => throw new NotSupportedException("A head is not a document.");

    internal static async Task<Head> Read(DbDataReader reader, CancellationToken ct) => new(
        reader.GetInt64(0), Convert.FromBase64String(reader.GetString(1)),
        await reader.IsDBNullAsync(2, ct) ? null : reader.GetFieldValue<byte[]>(2));
}
