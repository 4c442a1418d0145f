using System.Text.Json;
using Npgsql;
using Scim.Domain.Groups;
using Scim.Domain.Users;

namespace Scim.Api.EventStore.Versions;

/// <summary>Rows of versions, in the columns of the directory: what reads the one reads the other.</summary>
static class VersionRows
{
    /// <param name="erased">People whose rows keep where they stood and nothing else.</param>
    internal static NpgsqlBatchCommand OfUsers(string tenant, IReadOnlyList<Version<User>> rows, IReadOnlyCollection<Guid> erased)
    {
        return Sql.Command(
            "insert into directory.user_version (tenant_id, id, from_position, to_position, data, user_name_key, external_id, display_name_key, family_name_key, created, last_modified, mt_version, has_access) " +
            "select $1, id, f, t, d::jsonb, u, e, n, l, c, m, v, a from unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::bigint[], $13::boolean[]) r(id, f, t, d, u, e, n, l, c, m, v, a)",
            tenant, Of(r => r.Id), Of(r => r.From), Of(r => r.To), Known(u => JsonSerializer.Serialize(u, EventStoreOptions.Json)), Known(u => u.UserNameKey), Known(u => u.ExternalId),
            Known(u => u.DisplayNameKey), Known(u => u.FamilyNameKey), Of(r => r.State.Created.UtcDateTime), Of(r => r.State.LastModified.UtcDateTime), Of(r => r.State.Version), Of(r => r.State.HasAccess));

        T[] Of<T>(Func<Version<User>, T> value) => [.. rows.Select(value)];
        string?[] Known(Func<User, string?> value) => [.. rows.Select(r => erased.Contains(r.Id) ? null : value(r.State))];
    }

    internal static NpgsqlBatchCommand OfGroups(string tenant, IReadOnlyList<Version<Group>> rows)
    {
        return Sql.Command(
            "insert into directory.group_version (tenant_id, id, from_position, to_position, data, external_id, display_name_key, created, last_modified, mt_version) " +
            "select $1, id, f, t, d::jsonb, e, n, c, m, v from unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::bigint[]) r(id, f, t, d, e, n, c, m, v)",
            tenant, Of(r => r.Id), Of(r => r.From), Of(r => r.To), Of(r => JsonSerializer.Serialize(r.State, EventStoreOptions.Json)), Of(r => r.State.ExternalId),
            Of(r => r.State.DisplayNameKey), Of(r => r.State.Created.UtcDateTime), Of(r => r.State.LastModified.UtcDateTime), Of(r => r.State.Version));

        T[] Of<T>(Func<Version<Group>, T> value) => [.. rows.Select(value)];
    }
}
