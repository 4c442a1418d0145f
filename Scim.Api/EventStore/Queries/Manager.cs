using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.EventStore.Queries;

/// <summary>The manager of the row of alias <c>d</c>: another person of the table, where the manager's value is an id in form.</summary>
internal sealed record Manager(string Table)
{
    const string Id = $"(d.data #>> '{{resource,{EnterpriseUserSchema.Urn},manager,value}}')";

    /// <summary>The displayName as it is answered, or null.</summary>
    internal string Name => $"(select m.data->'resource'->>'displayName' {Found})";

    /// <summary>The displayName as it is compared, or null.</summary>
    internal string NameKey => $"(select m.data->'match'->>'displayName' {Found})";

    string Found =>
        $"from {Table} m where m.tenant_id = d.tenant_id and m.id = " +
        $"case when {Id} ~ '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$' then {Id}::uuid end";
}
