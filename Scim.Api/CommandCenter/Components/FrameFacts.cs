using System.Collections.Concurrent;
using Npgsql;
using Scim.Api.EventStore;

namespace Scim.Api.CommandCenter.Components;

/// <summary>What stands around every page: how large the directory is and when its identity provider called.</summary>
/// <param name="Stamp">Changes whenever something happened that a page may show.</param>
/// <param name="LastRequest">The last one that carried a token of the organization.</param>
/// <param name="Status">Its answer.</param>
/// <param name="LastSuccess">The last that was answered as asked.</param>
internal sealed record FrameFacts(string Stamp, long Users, long Groups, DateTimeOffset? LastRequest, string? Provider, int Status, DateTimeOffset? LastSuccess, string? LastSuccessProvider);

/// <summary>Reads them, at most once a second for an organization.</summary>
internal sealed class FrameFactsReader(Placement placement, TimeProvider clock)
{
    static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);

    /// <summary>Of <c>o.tenant_id</c>: the last position, the row of the last request, and that of the last who was only counted.</summary>
    internal const string StampSql = """
        coalesce((select p.last::text from history.last_position p where p.tenant_id = o.tenant_id), '') || '.' ||
            coalesce((select r.id::text from history.request_log r where r.tenant_id = o.tenant_id order by r.at desc, r.id desc limit 1), '') || '.' ||
            coalesce((select extract(epoch from r.last_at)::text || r.count::text from history.request_log r where r.tenant_id = o.tenant_id and r.last_at is not null order by r.last_at desc limit 1), '')
        """;

    const string Sql = $"""
        select {StampSql}, (select count(*) from directory.mt_doc_user u where u.tenant_id = o.tenant_id), (select count(*) from directory.mt_doc_group g where g.tenant_id = o.tenant_id),
            l.at, l.provider, l.status, s.at, s.provider
        from (select $1::varchar as tenant_id) o
        left join lateral (select at, provider, status from history.request_log r where r.tenant_id = o.tenant_id and r.token_id is not null order by at desc, id desc limit 1) l on true
        left join lateral (select at, provider from history.request_log r where r.tenant_id = o.tenant_id and r.token_id is not null and r.status < 400 order by at desc, id desc limit 1) s on true
        """;

    readonly ConcurrentDictionary<Guid, (long Begun, Task<FrameFacts> Reading)> _known = new();

    internal Task<FrameFacts> Of(Guid organization, CancellationToken ct)
    {
        if (_known.TryGetValue(organization, out var known) && clock.GetElapsedTime(known.Begun) < GoodFor && !known.Reading.IsFaulted) return known.Reading.WaitAsync(ct);
        var reading = Read(organization);
        _known[organization] = (clock.GetTimestamp(), reading);
        return reading.WaitAsync(ct);
    }

    /// <summary>Something happened: what was read before does not serve any more.</summary>
    internal void Forget(Guid organization) => _known.TryRemove(organization, out _);

    // Nobody's patience ends it: others wait for it too.
    Task<FrameFacts> Read(Guid organization) => Deadline.Within(TimeSpan.FromSeconds(5), async ct =>
    {
        await using var command = placement.Command(organization, Sql);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new FrameFacts(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), At(reader, 3), reader.IsDBNull(4) ? null : reader.GetString(4), reader.IsDBNull(5) ? 0 : reader.GetInt16(5), At(reader, 6), reader.IsDBNull(7) ? null : reader.GetString(7));
    }, CancellationToken.None);

    static DateTimeOffset? At(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
