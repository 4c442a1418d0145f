using NpgsqlTypes;

namespace Scim.Api.EventStore.Queries;

/// <summary>The groups of the person in the row of alias <c>d</c>, direct ones and those above them.</summary>
sealed class Memberships(DirectoryTables tables)
{
    readonly string _found = $"from {tables.GroupsOf("d.tenant_id", "array[d.id]")} f join {tables.Groups} g on g.tenant_id = d.tenant_id and g.id = f.group_id";

    readonly string _any = $"select 1 from {tables.Members} gm where gm.tenant_id = d.tenant_id and gm.member_id = d.id";

    const string Type = "case when f.direct then 'direct' else 'indirect' end";

    /// <summary>An array of <c>[id, type, display]</c> by id, as JSON text; null for a person without groups.</summary>
    internal string Json => $"case when exists ({_any}) then (select mb.groups from {tables.MembershipsOf("d.tenant_id", "array[d.id]")} mb) end";

    /// <summary>The elements of <c>groups</c>.</summary>
    /// <param name="groupsUrl">What <c>$ref</c> begins with.</param>
    internal DerivedElements Elements(string tenant, string groupsUrl) => new(
        parameters =>
        {
            var url = parameters.Text(groupsUrl);
            return $"select jsonb_build_object('value', f.group_id, '$ref', {url} || f.group_id::text, 'display', g.display_name_key, 'type', {Type}), " +
                $"jsonb_build_object('value', f.group_id, '$ref', {url} || f.group_id::text, 'display', g.data->'resource'->'displayName', 'type', {Type}), " +
                $"row_number() over (order by f.group_id) {_found}";
        },
        _any,
        (parameters, id) => $"select * from {tables.MembersOf(parameters.Text(tenant), parameters.Add(id, NpgsqlDbType.Uuid))}");
}
