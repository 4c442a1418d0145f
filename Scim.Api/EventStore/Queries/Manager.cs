using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.EventStore.Queries;

/// <summary>The manager of the row of alias <c>d</c>: another person, where the manager's value is an id in form.</summary>
internal sealed class Manager(DirectoryTables tables)
{
    const string Id = $"(d.data #>> '{{resource,{EnterpriseUserSchema.Urn},manager,value}}')";

    /// <summary>The displayName as it is answered, or null.</summary>
    internal string Name => $"(select m.data->'resource'->>'displayName' {Found})";

    /// <summary>The displayName as it is compared, or null.</summary>
    internal string NameKey => $"(select m.data->'match'->>'displayName' {Found})";

    string Found =>
        $"from {tables.Users} m where m.tenant_id = d.tenant_id and m.id = " +
        $"case when {Id} ~ '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$' then {Id}::uuid end";
}
