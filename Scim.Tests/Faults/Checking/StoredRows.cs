using System.Text.Json;
using Npgsql;
using Scim.Domain.History;

namespace Scim.Tests.Faults.Checking;

internal sealed record StreamRow(Guid Id, string Tenant, long Version);

internal sealed record CommitRow(string Tenant, Guid Command, Guid Stream, long From, long To, Guid? Request, long Ord);

internal sealed record KeyRow(string Tenant, Guid Person, byte[] Wrapped);

/// <param name="Columns">What stands beside the document: for a person the key of the userName, externalId, and the keys that sort; for a group the key of its name and externalId.</param>
internal sealed record DocumentRow(string Tenant, Guid Id, string Data, long Version, IReadOnlyList<string?> Columns);

internal sealed record MemberRow(string Tenant, Guid Group, Guid Member, bool IsGroup);

/// <summary>
/// All rows of a database at one instant, by plain SQL and nothing of the service's. Marten's tombstones, which mark the
/// numbers of failed saves, are left out.
/// </summary>
internal sealed record StoredRows(
    IReadOnlyList<StoredEvent> Events, IReadOnlyList<StreamRow> Streams, IReadOnlyList<CommitRow> Commits, IReadOnlyList<KeyRow> Keys,
    IReadOnlyList<DocumentRow> Users, IReadOnlyList<DocumentRow> Groups, IReadOnlyList<MemberRow> Members, IReadOnlyList<DocumentRow> Organizations, IReadOnlySet<string> Placed)
{
    // A stream for tombstones is begun at version 0 in each organization that needs one, and never counted up.
    const string NotTombstones = "s.version > 0 or exists (select from history.mt_events e where e.stream_id = s.id and e.type <> 'tombstone')";

    /// <param name="registry">Where placement stands, when it is another database.</param>
    internal static async Task<StoredRows> Read(string connectionString, string? registry = null)
    {
        await OwnCluster.Accepts(connectionString);
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false;Application Name=checker");
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        if (registry is null) return await Read(connection);
        await using var placement = new NpgsqlConnection(registry + ";Pooling=false");
        await placement.OpenAsync();
        return await Read(connection, placement);
    }

    /// <summary>The same on a connection, whose transaction may have changed rows that nobody else sees.</summary>
    internal static async Task<StoredRows> Read(NpgsqlConnection connection, NpgsqlConnection? registry = null) => new(
        await Rows(connection, "select tenant_id, stream_id, version, id, type, mt_dotnet_type, timestamp, user_name, headers::text, bdata from history.mt_events where type <> 'tombstone' order by stream_id, version, tenant_id", r => new StoredEvent(
            r.GetString(0), r.GetGuid(1), r.GetInt64(2), r.GetGuid(3), r.GetString(4), r.GetString(5), r.GetFieldValue<DateTimeOffset>(6), Text(r, 7), null, null,
            JsonSerializer.Deserialize<Dictionary<string, string>>(r.GetString(8))!, r.GetFieldValue<byte[]>(9))),
        await Rows(connection, $"select s.id, s.tenant_id, s.version from history.mt_streams s where {NotTombstones}", r => new StreamRow(r.GetGuid(0), r.GetString(1), r.GetInt64(2))),
        await Rows(connection, "select tenant_id, command_id, stream_id, from_version, to_version, request_id, ord from history.commit_log order by ord", r => new CommitRow(
            r.GetString(0), r.GetGuid(1), r.GetGuid(2), r.GetInt64(3), r.GetInt64(4), r.IsDBNull(5) ? null : r.GetGuid(5), r.GetInt64(6))),
        await Rows(connection, "select tenant_id, person_id, wrapped from history.person_key", r => new KeyRow(r.GetString(0), r.GetGuid(1), r.GetFieldValue<byte[]>(2))),
        await Rows(connection, "select tenant_id, id, data::text, mt_version, user_name_key, external_id, display_name_key, family_name_key from directory.mt_doc_user", r => new DocumentRow(
            r.GetString(0), r.GetGuid(1), r.GetString(2), r.GetInt64(3), [Text(r, 4), Text(r, 5), Text(r, 6), Text(r, 7)])),
        await Rows(connection, "select tenant_id, id, data::text, mt_version, display_name_key, external_id from directory.mt_doc_group", r => new DocumentRow(
            r.GetString(0), r.GetGuid(1), r.GetString(2), r.GetInt64(3), [Text(r, 4), Text(r, 5)])),
        await Rows(connection, "select tenant_id, group_id, member_id, is_group from directory.group_member", r => new MemberRow(r.GetString(0), r.GetGuid(1), r.GetGuid(2), r.GetBoolean(3))),
        await Rows(connection, "select tenant_id, id, data::text, mt_version from directory.mt_doc_organization", r => new DocumentRow(r.GetString(0), r.GetGuid(1), r.GetString(2), r.GetInt64(3), [])),
        (await Rows(registry ?? connection, "select organization_id::text from registry.placement", r => r.GetString(0))).ToHashSet());

    /// <summary>Those of one organization.</summary>
    internal StoredRows Of(string tenant) => new(
        [.. Events.Where(e => e.TenantId == tenant)], [.. Streams.Where(s => s.Tenant == tenant)], [.. Commits.Where(c => c.Tenant == tenant)], [.. Keys.Where(k => k.Tenant == tenant)],
        [.. Users.Where(u => u.Tenant == tenant)], [.. Groups.Where(g => g.Tenant == tenant)], [.. Members.Where(m => m.Tenant == tenant)], [.. Organizations.Where(o => o.Tenant == tenant)], Placed);

    static async Task<List<T>> Rows<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync()) rows.Add(read(reader));
        return rows;
    }

    static string? Text(NpgsqlDataReader reader, int at) => reader.IsDBNull(at) ? null : reader.GetString(at);
}
