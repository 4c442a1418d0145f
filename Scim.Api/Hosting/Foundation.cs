using Marten;
using Npgsql;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Schema;
using Scim.Api.EventStore.Sealing;
using Scim.Api.Hosting.Embedded;
using Scim.Domain.Protocol;

namespace Scim.Api.Hosting;

/// <summary>
/// What stands before the first request or command: the database reached, the schema there, the master key proved.
/// The service and the operator's commands lay the same one.
/// </summary>
internal sealed class Foundation : IAsyncDisposable
{
    readonly EmbeddedPostgres? _embedded;
    readonly NpgsqlDataSource _directory, _registry;

    Foundation(Connections connections, EmbeddedPostgres? embedded, DataFolder folder, bool restores)
    {
        (Connections, _embedded, Folder) = (connections, embedded, folder);
        _directory = Connections.DataSource(connections.Directory);
        _registry = connections.Registry == connections.Directory ? _directory : Connections.DataSource(connections.Registry);
        Placement = new Placement([new Shard("main", _directory, _directory)], _registry, restores);
    }

    internal Connections Connections { get; }

    internal DataFolder Folder { get; }

    internal Placement Placement { get; }

    internal SealedEvents Events { get; private set; } = null!;

    internal IDocumentStore Store { get; private set; } = null!;

    internal static Task<Foundation> LayAsync(IConfiguration configuration, FolderRole role, TimeProvider clock, ILogger log, CancellationToken ct) =>
        LayAsync(configuration, role, restores: false, foundation => foundation.LayAsync(configuration, role, clock, ct), log, ct);

    /// <summary>The same for the command that finishes a restore, beside which nothing else is open.</summary>
    internal static Task<Foundation> LayRestoredAsync(IConfiguration configuration, TimeProvider clock, ILogger log, CancellationToken ct) =>
        LayAsync(configuration, FolderRole.Command, restores: true, foundation => foundation.LayAsync(configuration, FolderRole.Command, clock, ct), log, ct);

    /// <summary>Only the database, and its schema where the owner's login is there to apply it: the key's check value may come with a backup.</summary>
    internal static Task<Foundation> LaySchemaAsync(IConfiguration configuration, FolderRole role, ILogger log, CancellationToken ct) =>
        LayAsync(configuration, role, restores: false, foundation => foundation.ApplyAsync(ct), log, ct);

    static async Task<Foundation> LayAsync(IConfiguration configuration, FolderRole role, bool restores, Func<Foundation, Task> lay, ILogger log, CancellationToken ct)
    {
        SelfTest();
        var folder = DataFolder.Open(configuration["Embedded:Folder"]);
        var embedded = Connections.NeedEmbedded(configuration) ? await EmbeddedPostgres.AcquireAsync(folder, role, log, ct) : null;
        var foundation = new Foundation(Connections.Of(configuration, embedded), embedded, folder, restores);
        try
        {
            await lay(foundation);
            return foundation;
        }
        catch (Exception e)
        {
            await foundation.DisposeAsync();
            if (e is NpgsqlException) throw new StartupException($"The database does not answer as it should: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Another one on the same databases, with connections and a clock of its own; this one must outlive it.</summary>
    internal Foundation Beside(TimeProvider clock)
    {
        var beside = new Foundation(Connections, embedded: null, Folder, restores: false);
        beside.Build(Events.Keys.Master, clock);
        return beside;
    }

    void Build(MasterKey key, TimeProvider clock)
    {
        Events = new SealedEvents(new KeyRing(key, Placement, clock), EventStoreOptions.Json);
        Store = EventStoreOptions.BuildStore(Placement, Events, clock);
    }

    async Task LayAsync(IConfiguration configuration, FolderRole role, TimeProvider clock, CancellationToken ct)
    {
        await SchemaAsync(role, ct);
        if (!Placement.Restores && (await Placement.RestoringAsync(ct)).Count > 0)
            throw new StartupException("A restore into this database has not finished: its tokens and keys are not revoked yet, and no organization is served. Finish it: restore --resume (with --keep-tokens to leave them live).");
        var key = await MasterKeySource.LoadAsync(configuration, _embedded is null ? null : Folder, _registry, ct);
        Build(key, clock);
        await Placement.OrganizationsAsync(ct);
    }

    async Task SchemaAsync(FolderRole role, CancellationToken ct)
    {
        if (role is FolderRole.Service) await ApplyAsync(ct);
        try
        {
            await SchemaSetup.AssertAsync(Placement, ct);
        }
        catch (Exception e) when (role is FolderRole.Command && Connections.Owner is not null && e is (PostgresException or StartupException))
        {
            // A command mostly finds all that it needs, and looking is quicker than making.
            await ApplyAsync(ct);
            await SchemaSetup.AssertAsync(Placement, ct);
        }
    }

    async Task ApplyAsync(CancellationToken ct)
    {
        if (Connections is not { Owner: { } owner, RegistryOwner: var registryOwner }) return;
        var login = new NpgsqlConnectionStringBuilder(Connections.Directory);
        await using var objects = Connections.DataSource(owner);
        await using var registryObjects = registryOwner is null || registryOwner == owner ? null : Connections.DataSource(registryOwner);
        await SchemaSetup.ApplyAsync(objects, registryOwner is null ? null : registryObjects ?? objects, login.Username!, login.Password, ct);
        // A login's settings are those of the moment it connected.
        _directory.Clear();
        _registry.Clear();
    }

    // Without ICU, normalisation silently does nothing, and two spellings of one name would be two people.
    static void SelfTest()
    {
        try
        {
            CanonicalKey.SelfTest();
        }
        catch (InvalidOperationException e)
        {
            throw new StartupException($"This runtime does not compare names as Unicode says ({e.Message}). Is DOTNET_SYSTEM_GLOBALIZATION_INVARIANT set, or ICU missing?", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Store?.Dispose();
        await _directory.DisposeAsync();
        if (!ReferenceEquals(_registry, _directory)) await _registry.DisposeAsync();
        if (_embedded is not null) await _embedded.DisposeAsync();
    }
}
