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

    // Of the registry, what a backup leaves out.
    static readonly string[] OfNow = ["session", "invitation"];

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

        if (!await IsDeclared(objects, organization.Id, ct)) throw ScimException.Conflict($"The history of \"{organization.Name}\" does not say that it is a demonstration, whatever the directory says: it is not removed.");

        // First nobody lets anybody in any more, so that nothing is written to it while it goes; then all of it or nothing, so that it can be asked for again.
        await using (var close = objects.CreateCommand("update directory.mt_doc_organization set data = jsonb_set(data, '{ScimEnabled}', 'false') where tenant_id = $1"))
        {
            close.Parameters.Add(new() { Value = Placement.Tenant(organization.Id) });
            await close.ExecuteNonQueryAsync(ct);
        }
        await Task.Delay(Unseen, ct);
        await using var there = await objects.OpenConnectionAsync(ct);
        await using var beside = await registry.OpenConnectionAsync(ct);
        await using var content = await there.BeginTransactionAsync(ct);
        await using var names = await beside.BeginTransactionAsync(ct);
        var rows = await Delete(there, "main", "tenant_id", Placement.Tenant(organization.Id), [], ct) + await Delete(beside, TableCatalog.Registry, "organization_id", organization.Id, OfNow, ct);
        await content.CommitAsync(ct);
        await names.CommitAsync(CancellationToken.None);
        return rows;
    }

    // What the service's own login cannot have written there afterwards.
    static async Task<bool> IsDeclared(NpgsqlDataSource objects, Guid organization, CancellationToken ct)
    {
        await using var command = objects.CreateCommand("select exists (select from history.mt_events where tenant_id = $1 and stream_id = $2 and version = 2 and type = $3)");
        foreach (var value in new object[] { Placement.Tenant(organization), organization, EventTypes.Names[typeof(DemonstrationDeclared)] }) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync(ct) is true;
    }

    // Whoever points to others goes before them.
    static async Task<long> Delete(NpgsqlConnection connection, string database, string column, object value, string[] more, CancellationToken ct)
    {
        var tables = (await TableCatalog.TablesAsync(connection, database, ct)).Where(t => t.Columns.Any(c => c.Name == column)).Reverse().Select(t => (t.Schema, t.Name)).Concat(more.Select(m => (Schema: "registry", Name: m))).ToArray();
        var rows = 0L;
        foreach (var (schema, name) in tables)
        {
            await using var delete = TableCatalog.Command(connection, $"delete from {schema}.\"{name}\" where {column} = $1", value);
            rows += await delete.ExecuteNonQueryAsync(ct);
        }
        return rows;
    }
}
