using Npgsql;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Backups;
using Scim.Api.Hosting;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.Demo;

/// <summary>
/// Removes a demonstration with its history, which nothing else in this service can: only the owner's login may, and only where the
/// history itself says that the people were made up.
/// </summary>
internal static class DemoRemoval
{
    // Longer than any node takes to see that an organization is gone.
    static readonly TimeSpan Unseen = TimeSpan.FromSeconds(2);

    const string TablesSql = """
        select c.relname::text, a.attname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
        where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition and a.attname = $2 and not a.attisdropped
        """;

    /// <summary>How many rows went.</summary>
    /// <exception cref="ScimException">409 for an organization that is no demonstration.</exception>
    /// <exception cref="StartupException">Nobody told where the owner's login is.</exception>
    internal static async Task<long> Run(Foundation foundation, Organization organization, CancellationToken ct)
    {
        if (!organization.IsDemonstration) throw ScimException.Conflict($"\"{organization.Name}\" is no demonstration: its history cannot be removed.");
        var (owner, registryOwner) = (foundation.Connections.Owner, foundation.Connections.RegistryOwner);
        if (owner is null || registryOwner is null)
            throw new StartupException("Only the owner's login removes a history, the service's own cannot: set ConnectionStrings:Owner (and ConnectionStrings:RegistryOwner where the registry has another) for this command.");
        await using var objects = Connections.DataSource(owner);
        await using var registry = Connections.DataSource(registryOwner);

        // First nobody finds it any more, so that nothing is written to it while it goes.
        var rows = await Delete(registry, "registry", "organization_id", organization.Id, ct);
        await using (var hide = objects.CreateCommand("delete from directory.mt_doc_organization where tenant_id = $1"))
        {
            hide.Parameters.Add(new() { Value = Placement.Tenant(organization.Id) });
            rows += await hide.ExecuteNonQueryAsync(ct);
        }
        await Task.Delay(Unseen, ct);
        foreach (var schema in TableCatalog.Schemas("main")) rows += await Delete(objects, schema, "tenant_id", Placement.Tenant(organization.Id), ct);
        return rows;
    }

    // Whoever points to others goes before them: tables are tried until all are empty.
    static async Task<long> Delete(NpgsqlDataSource source, string schema, string column, object value, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        var due = new Queue<string>();
        await using (var command = TableCatalog.Command(connection, TablesSql, schema, column))
        await using (var reader = await command.ExecuteReaderAsync(ct))
            while (await reader.ReadAsync(ct)) due.Enqueue(reader.GetString(0));
        var rows = 0L;
        for (var patience = due.Count * due.Count; due.TryDequeue(out var table);)
        {
            try
            {
                await using var delete = TableCatalog.Command(connection, $"delete from {schema}.\"{table}\" where {column} = $1", value);
                rows += await delete.ExecuteNonQueryAsync(ct);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation && patience-- > 0)
            {
                due.Enqueue(table);
            }
        }
        return rows;
    }
}
