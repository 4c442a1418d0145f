using System.Data.Common;

namespace Scim.Api.EventStore.Sealing;

/// <summary>Where a stream's chain ends, and the wrapped key of the person whose stream it is.</summary>
internal sealed record Head(long Version, byte[] Hash, byte[]? WrappedKey)
{
    const string Sql =
        "select e.version, e.headers->>'hash', k.wrapped from history.mt_events e " +
        "left join history.person_key k on k.tenant_id = e.tenant_id and k.person_id = e.stream_id " +
        "where e.tenant_id = ? and e.stream_id = ? order by e.version desc limit 1";

    /// <summary>Reads it in the same round trip as the stream's state.</summary>
    internal static StreamQuery<Head> Of(string tenant, Guid stream) => new(Sql, tenant, stream, (reader, ct) => Read(reader, 0, ct));

    /// <summary>From three columns of the row under the reader.</summary>
    internal static async Task<Head> Read(DbDataReader reader, int at, CancellationToken ct) => new(
        reader.GetInt64(at), Convert.FromBase64String(reader.GetString(at + 1)),
        await reader.IsDBNullAsync(at + 2, ct) ? null : await reader.GetFieldValueAsync<byte[]>(at + 2, ct));
}
