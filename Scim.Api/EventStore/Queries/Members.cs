using NpgsqlTypes;

namespace Scim.Api.EventStore.Queries;

/// <summary>The members of the group in the row of alias <c>d</c>: people and groups, with the names by which they are known.</summary>
static class Members
{
    const string Named =
        "left join directory.mt_doc_user mu on not gm.is_group and mu.tenant_id = gm.tenant_id and mu.id = gm.member_id " +
        "left join directory.mt_doc_group mg on gm.is_group and mg.tenant_id = gm.tenant_id and mg.id = gm.member_id";

    const string Name = "coalesce(mu.data->'resource'->>'displayName', mu.data->'resource'->>'userName', mg.data->'resource'->>'displayName')";

    const string Key = "coalesce(mu.data->'match'->>'displayName', mu.data->'match'->>'userName', mg.display_name_key)";

    const string Own = "gm.tenant_id = d.tenant_id and gm.group_id = d.id";

    internal static DerivedElements Elements(string tenant, Locations locations) => new(
        parameters =>
        {
            var reference = $"case when gm.is_group then {parameters.Text(locations.Groups)} else {parameters.Text(locations.Users)} end || gm.member_id::text";
            return $"select jsonb_build_object('value', gm.member_id, '$ref', {reference}, 'type', case when gm.is_group then 'group' else 'user' end, 'display', {Key}), " +
                $"jsonb_build_object('value', gm.member_id, '$ref', {reference}, 'type', case when gm.is_group then 'Group' else 'User' end, 'display', {Name}), " +
                $"row_number() over (order by gm.member_id) from directory.group_member gm {Named} where {Own}";
        },
        $"select 1 from directory.group_member gm where {Own}",
        (parameters, id) => $"select gm.group_id from directory.group_member gm where gm.tenant_id = {parameters.Text(tenant)} and gm.member_id = {parameters.Add(id, NpgsqlDbType.Uuid)}");
}
