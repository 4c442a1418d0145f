using Npgsql;
using Scim.Api.EventStore;

namespace Scim.Api.Provisioning.Dialects;

/// <summary>How often a provider was forgiven a deviation.</summary>
internal sealed record DialectRow(string Provider, string Repair, long Today, long Last30Days, DateTimeOffset LastAt, Guid? LastToken);

/// <summary>A name that no schema knows.</summary>
internal sealed record UnmappedRow(string Name, string Provider, string JsonType, long Count, DateTimeOffset LastAt, Guid LastRequest);

/// <summary>The counts as they were at most a second ago.</summary>
internal sealed class DialectReport(Placement placement, TimeProvider clock)
{
    const string DialectsSql = """
        select provider, repair, sum(count) filter (where day = $2)::bigint, sum(count)::bigint, max(last_at), (array_agg(last_token order by last_at desc))[1]
        from directory.dialect_count where tenant_id = $1 and day > $2 - 30 and day <= $2 group by provider, repair order by 4 desc, provider, repair
        """;

    const string UnmappedSql = "select name, provider, json_type, count, last_at, last_request from directory.unmapped where tenant_id = $1 order by count desc, name";

    /// <summary>By provider and repair, the most frequent first; days are UTC's.</summary>
    internal Task<IReadOnlyList<DialectRow>> Dialects(Guid organization, CancellationToken ct) =>
        Rows(organization, DialectsSql, r => new DialectRow(r.GetString(0), r.GetString(1), r.IsDBNull(2) ? 0 : r.GetInt64(2), r.GetInt64(3), r.GetFieldValue<DateTimeOffset>(4), r.IsDBNull(5) ? null : r.GetGuid(5)),
            ct, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));

    /// <summary>The names that were skipped, the most frequent first.</summary>
    internal Task<IReadOnlyList<UnmappedRow>> Unmapped(Guid organization, CancellationToken ct) =>
        Rows(organization, UnmappedSql, r => new UnmappedRow(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3), r.GetFieldValue<DateTimeOffset>(4), r.GetGuid(5)), ct);

    async Task<IReadOnlyList<T>> Rows<T>(Guid organization, string sql, Func<NpgsqlDataReader, T> row, CancellationToken ct, params object[] more)
    {
        var tenant = Placement.Tenant(organization);
        await using var command = placement.Of(tenant).Read.CreateCommand(sql);
        command.Parameters.Add(new() { Value = tenant });
        foreach (var parameter in more) command.Parameters.Add(new() { Value = parameter });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct)) rows.Add(row(reader));
        return rows;
    }
}
