using Npgsql;
using Scim.Api.EventStore;

namespace Scim.Api.Audit.Export;

/// <summary>What is exported, by whom: written before the first byte leaves.</summary>
/// <param name="Query">The parameters and the positions that they mean, as a JSON object.</param>
internal sealed record ExportBegun(Guid Id, DateTimeOffset At, string Actor, string What, string Format, string Query);

/// <summary>How an export ended: whole, or broken off after so many rows. The hash is of all bytes as they were before compression.</summary>
internal sealed record ExportEnded(DateTimeOffset At, bool Broken, long Rows, long Bytes, long? First, long? Last, byte[]? Hash);

/// <summary>The manifests of exports: what began stays written, and so does its end.</summary>
internal sealed class Exports(Placement placement)
{
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    const string Sql = "select b.id, b.at, b.actor, b.what, b.format, b.query::text, e.at, e.broken, e.rows, e.bytes, e.first_position, e.last_position, e.sha256 " +
        "from history.export_begun b left join history.export_ended e on e.tenant_id = b.tenant_id and e.id = b.id where b.tenant_id = $1";

    internal Task Begin(Guid organization, ExportBegun export, CancellationToken ct) => Write(organization,
        "insert into history.export_begun (tenant_id, id, at, actor, what, format, query) values ($1, $2, $3, $4, $5, $6, $7::text::jsonb)", ct,
        export.Id, export.At.ToUniversalTime(), export.Actor, export.What, export.Format, export.Query);

    /// <summary>Written however the request ended: nobody's patience decides on it.</summary>
    internal Task End(Guid organization, Guid id, ExportEnded end) => Write(organization,
        "insert into history.export_ended (tenant_id, id, at, broken, rows, bytes, first_position, last_position, sha256) values ($1, $2, $3, $4, $5, $6, $7::bigint, $8::bigint, $9::bytea)", CancellationToken.None,
        id, end.At.ToUniversalTime(), end.Broken, end.Rows, end.Bytes, end.First is { } first ? first : DBNull.Value, end.Last is { } last ? last : DBNull.Value, (object?)end.Hash ?? DBNull.Value);

    internal async Task<(ExportBegun Begun, ExportEnded? Ended)?> Find(Guid organization, Guid id, CancellationToken ct)
    {
        var found = await Read(organization, $"{Sql} and b.id = $2", ct, id);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Newest first.</summary>
    internal Task<IReadOnlyList<(ExportBegun Begun, ExportEnded? Ended)>> List(Guid organization, Guid? before, int count, CancellationToken ct) =>
        Read(organization, $"{Sql} and ($2::uuid is null or b.id < $2) order by b.id desc limit $3", ct, before is { } id ? id : DBNull.Value, (long)count);

    async Task Write(Guid organization, string sql, CancellationToken ct, params object[] values) => await Deadline.Within(Soon, async ct =>
    {
        await using var command = placement.Command(organization, sql, values);
        return await command.ExecuteNonQueryAsync(ct);
    }, ct);

    async Task<IReadOnlyList<(ExportBegun, ExportEnded?)>> Read(Guid organization, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = placement.Command(organization, sql, values);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<(ExportBegun, ExportEnded?)>();
        while (await reader.ReadAsync(ct))
            found.Add((new(reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5)), await reader.IsDBNullAsync(6, ct) ? null : Ended(reader)));
        return found;
    }

    static ExportEnded Ended(NpgsqlDataReader r) => new(r.GetFieldValue<DateTimeOffset>(6), r.GetBoolean(7), r.GetInt64(8), r.GetInt64(9), r.IsDBNull(10) ? null : r.GetInt64(10), r.IsDBNull(11) ? null : r.GetInt64(11), r.IsDBNull(12) ? null : r.GetFieldValue<byte[]>(12));
}
