using NpgsqlTypes;

namespace Scim.Api.EventStore.Queries;

/// <summary>The members of the group in the row of alias <c>d</c>: people and groups, with the names by which they are known.</summary>
sealed class Members(DirectoryTables tables)
{
    readonly string _named =
        $"left join {tables.Users} mu on not gm.is_group and mu.tenant_id = gm.tenant_id and mu.id = gm.member_id " +
        $"left join {tables.Groups} mg on gm.is_group and mg.tenant_id = gm.tenant_id and mg.id = gm.member_id";

    const string Name = "coalesce(mu.data->'resource'->>'displayName', mu.data->'resource'->>'userName', mg.data->'resource'->>'displayName')";

    const string Key = "coalesce(mu.data->'match'->>'displayName', mu.data->'match'->>'userName', mg.display_name_key)";

    const string Own = "gm.tenant_id = d.tenant_id and gm.group_id = d.id";

    internal DerivedElements Elements(string tenant, Locations locations) => new(
        parameters =>
        {
            var reference = $"case when gm.is_group then {parameters.Text(locations.Groups)} else {parameters.Text(locations.Users)} end || gm.member_id::text";
            return $"select jsonb_build_object('value', gm.member_id, '$ref', {reference}, 'type', case when gm.is_group then 'group' else 'user' end, 'display', {Key}), " +
                $"jsonb_build_object('value', gm.member_id, '$ref', {reference}, 'type', case when gm.is_group then 'Group' else 'User' end, 'display', {Name}), " +
                $"row_number() over (order by gm.member_id) from {tables.Members} gm {_named} where {Own}";
        },
        $"select 1 from {tables.Members} gm where {Own}",
        (parameters, id) => $"select gm.group_id from {tables.Members} gm where gm.tenant_id = {parameters.Text(tenant)} and gm.member_id = {parameters.Add(id, NpgsqlDbType.Uuid)}");
}
