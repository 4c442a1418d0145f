using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Versions;
using Scim.Domain.Groups;
using Scim.Domain.Organizations;
using Scim.Domain.Users;

namespace Scim.Api.Audit.Replay;

/// <summary>The statements that write one row as the history says it must stand. What is there is changed in place, so that nobody misses it.</summary>
internal sealed class Restoring(string tenant)
{
    internal NpgsqlBatchCommand User(User u) => Document("directory.mt_doc_user", u, u.Id, u.Version,
        ("user_name_key", Text(u.UserNameKey)), ("external_id", Text(u.ExternalId)), ("display_name_key", Text(u.DisplayNameKey)), ("family_name_key", Text(u.FamilyNameKey)),
        ("created", new() { Value = u.Created.UtcDateTime }), ("last_modified", new() { Value = u.LastModified.UtcDateTime }));

    internal NpgsqlBatchCommand Group(Group g) => Document("directory.mt_doc_group", g, g.Id, g.Version,
        ("display_name_key", Text(g.DisplayNameKey)), ("external_id", Text(g.ExternalId)), ("created", new() { Value = g.Created.UtcDateTime }), ("last_modified", new() { Value = g.LastModified.UtcDateTime }));

    internal NpgsqlBatchCommand Organization(Organization o) => Document("directory.mt_doc_organization", o, o.Id, o.Version);

    internal NpgsqlBatchCommand Member(Guid group, Guid member, bool isGroup) => Sql.Command(
        "insert into directory.group_member (tenant_id, group_id, member_id, is_group) values ($1, $2, $3, $4) on conflict (tenant_id, group_id, member_id) do update set is_group = excluded.is_group",
        tenant, group, member, isGroup);

    internal NpgsqlBatchCommand MemberVersion(RowKey key, bool isGroup, long to) => Sql.Command(
        "insert into directory.member_version (tenant_id, group_id, member_id, is_group, from_position, to_position) values ($1, $2, $3, $4, $5, $6)", tenant, key.Id, key.Of, isGroup, key.Number, to);

    internal NpgsqlBatchCommand Name(RowKey key, long to) => Sql.Command(
        "insert into directory.known_as (tenant_id, person_id, value, from_position, to_position) values ($1, $2, $3, $4, $5)", tenant, key.Id, key.Text!, key.Number, to);

    // Inside a position events stand by stream and version.
    internal NpgsqlBatchCommand Timeline(TimelineRow row)
    {
        var e = row.Event;
        var command = Sql.Command(
            "insert into directory.timeline (tenant_id, position, place, event_id, stream_id, version, type, at, actor, request_id) select $1, $2, " +
            "coalesce((select sum(c.to_version - c.from_version + 1) from history.commit_log c where c.tenant_id = $1 and c.position = $2 and c.stream_id < $4), 0)" +
            " + $5 - (select c.from_version from history.commit_log c where c.tenant_id = $1 and c.position = $2 and c.stream_id = $4), $3, $4, $5, $6, $7, $8, $9",
            tenant, row.Position, e.Id, e.StreamId, e.Version, e.Type, e.Timestamp.UtcDateTime);
        command.Parameters.Add(Text(e.UserName));
        command.Parameters.Add(new() { Value = (object?)row.Request ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        return command;
    }

    /// <summary>Takes one row away by its key.</summary>
    internal NpgsqlBatchCommand Remove(string table, string keys, params object[] values) =>
        Sql.Command($"delete from {table} where tenant_id = $1 and {string.Join(" and ", keys.Split(", ").Select((k, i) => $"{k} = ${i + 2}"))}", [tenant, .. values]);

    NpgsqlBatchCommand Document<T>(string table, T document, Guid id, long version, params (string Name, NpgsqlParameter Value)[] columns)
    {
        string[] names = ["data", "mt_version", "mt_dotnet_type", .. columns.Select(c => c.Name)];
        var command = new NpgsqlBatchCommand(
            $"insert into {table} (tenant_id, id, mt_last_modified, {string.Join(", ", names)}) values ($1, $2, transaction_timestamp(), {string.Join(", ", names.Select((_, i) => $"${i + 3}"))}) " +
            $"on conflict (tenant_id, id) do update set {string.Join(", ", names.Select(n => $"{n} = excluded.{n}"))}");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(document, EventStoreOptions.Documents), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = version });
        command.Parameters.Add(Text(typeof(T).FullName));
        foreach (var (_, value) in columns) command.Parameters.Add(value);
        return command;
    }

    static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
