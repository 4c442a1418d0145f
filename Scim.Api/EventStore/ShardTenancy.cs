using JasperFx.Descriptors;
using Marten;
using Marten.Schema;
using Marten.Storage;
using Weasel.Core.Migrations;

namespace Scim.Api.EventStore;

/// <summary>
/// Marten's view of <see cref="Placement"/>: an organization's sessions run in its own database, also while there is
/// only one. A session without an organization is refused.
/// </summary>
internal sealed class ShardTenancy(StoreOptions options, Placement placement) : ITenancy
{
    readonly Dictionary<string, MartenDatabase> _databases = placement.Shards.ToDictionary(s => s.Id, s => new MartenDatabase(options, s.Write, s.Id));

    public Tenant Default => throw new NotSupportedException("Every session names its organization.");

    public IDocumentCleaner Cleaner => new CompositeDocumentCleaner(this, options);

    public DatabaseCardinality Cardinality => DatabaseCardinality.StaticMultiple;

    public Tenant GetTenant(string tenantId) => new(tenantId, _databases[placement.Of(tenantId).Id]);

    public ValueTask<Tenant> GetTenantAsync(string tenantId) => new(GetTenant(tenantId));

    public ValueTask<IMartenDatabase> FindOrCreateDatabase(string tenantIdOrDatabaseIdentifier) =>
        new(_databases.TryGetValue(tenantIdOrDatabaseIdentifier, out var database) ? database : _databases[placement.Of(tenantIdOrDatabaseIdentifier).Id]);

    public ValueTask<IMartenDatabase> FindDatabase(DatabaseId id) => new(_databases.Values.First(d => d.Id == id));

    public bool IsTenantStoredInCurrentDatabase(IMartenDatabase database, string tenantId) =>
        ReferenceEquals(_databases[placement.Of(tenantId).Id], database);

    public ValueTask<IReadOnlyList<IDatabase>> BuildDatabases() => new(_databases.Values.ToList<IDatabase>());

    public ValueTask<DatabaseUsage> DescribeDatabasesAsync(CancellationToken token) =>
        new(new DatabaseUsage { Cardinality = Cardinality, Databases = [.. _databases.Values.Select(d => d.Describe())] });

    // The data sources belong to the placement, and a database would dispose its own.
    public void Dispose() { }
}
