using NpgsqlTypes;

namespace Scim.Api.EventStore.Queries;

/// <summary>The groups of the person in the row of alias <c>d</c>, direct ones and those above them.</summary>
static class Memberships
{
    const string Found =
        "from directory.groups_of(d.tenant_id, array[d.id]) f join directory.mt_doc_group g on g.tenant_id = d.tenant_id and g.id = f.group_id";

    const string Type = "case when f.direct then 'direct' else 'indirect' end";

    const string Any = "select 1 from directory.group_member gm where gm.tenant_id = d.tenant_id and gm.member_id = d.id";

    /// <summary>An array of <c>[id, type, display]</c> by id, as JSON text; null for a person without groups.</summary>
    internal const string Json = $"case when exists ({Any}) then (select mb.groups from directory.memberships_of(d.tenant_id, array[d.id]) mb) end";

    /// <summary>The elements of <c>groups</c>.</summary>
    /// <param name="groupsUrl">What <c>$ref</c> begins with.</param>
    internal static DerivedElements Elements(string tenant, string groupsUrl) => new(
        parameters =>
        {
            var url = parameters.Text(groupsUrl);
            return $"select jsonb_build_object('value', f.group_id, '$ref', {url} || f.group_id::text, 'display', g.display_name_key, 'type', {Type}), " +
                $"jsonb_build_object('value', f.group_id, '$ref', {url} || f.group_id::text, 'display', g.data->'resource'->'displayName', 'type', {Type}), " +
                $"row_number() over (order by f.group_id) {Found}";
        },
        Any,
        (parameters, id) => $"select directory.members_of({parameters.Text(tenant)}, {parameters.Add(id, NpgsqlDbType.Uuid)})");
}
