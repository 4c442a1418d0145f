using System.Collections.Concurrent;
using JasperFx.MultiTenancy;
using Npgsql;
using NpgsqlTypes;
using Scim.Domain.Protocol;

namespace Scim.Api.EventStore;

/// <summary>One database that holds whole organizations.</summary>
/// <param name="Id">Its name in the placement; it never equals an organization's id.</param>
/// <param name="Write">Where everything is written and everything that decides is read.</param>
/// <param name="Read">Where pages may read by explicit choice; the same object until there are standbys.</param>
internal sealed record Shard(string Id, NpgsqlDataSource Write, NpgsqlDataSource Read);

/// <summary>
/// Which organization's data stands in which database. The registry says so; what it said is kept, because an
/// organization does not move while only one database is configured.
/// </summary>
/// <param name="restores">Whether this process finishes a restore: to every other an organization in the middle of one is closed.</param>
internal sealed class Placement(IReadOnlyList<Shard> shards, NpgsqlDataSource registry, bool restores = false)
{
    const string Restoring = "exists (select from registry.restoring r where r.organization_id = p.organization_id)";

    readonly ConcurrentDictionary<string, Place> _known = new(StringComparer.Ordinal);

    internal IReadOnlyList<Shard> Shards => shards;

    internal NpgsqlDataSource Registry => registry;

    internal bool Restores => restores;

    /// <summary>The database of an organization that <see cref="FindAsync"/> has found before.</summary>
    /// <exception cref="UnknownTenantIdException">Nobody asked the registry for it.</exception>
    internal Shard Of(string organization) =>
        _known.TryGetValue(organization, out var place) ? place.Shard : throw new UnknownTenantIdException(organization);

    /// <summary>A statement where an organization's data stands: its first parameter is the tenant, the others follow in their order.</summary>
    internal NpgsqlCommand Command(Guid organization, string sql, params object[] parameters)
    {
        var tenant = Tenant(organization);
        var command = Of(tenant).Write.CreateCommand(sql);
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Varchar });
        foreach (var p in parameters) command.Parameters.Add(new() { Value = p });
        return command;
    }

    /// <summary>A statement where stands what nodes share: its parameters in their order, those that may be null with their types.</summary>
    internal NpgsqlCommand RegistryCommand(string sql, params object[] parameters)
    {
        var command = registry.CreateCommand(sql);
        foreach (var p in parameters) command.Parameters.Add(p as NpgsqlParameter ?? new() { Value = p });
        return command;
    }

    /// <summary>The epoch of an organization that was found before: a restore or a move raises it, and positions say of which they are.</summary>
    internal int EpochOf(Guid organization) =>
        _known.TryGetValue(Tenant(organization), out var place) ? place.Epoch : throw new UnknownTenantIdException(Tenant(organization));

    /// <summary>The database of an organization, or null when the registry does not know it.</summary>
    /// <exception cref="ScimException">A restore of it has not finished.</exception>
    internal async ValueTask<Shard?> FindAsync(Guid organization, CancellationToken ct)
    {
        var tenant = Tenant(organization);
        if (_known.TryGetValue(tenant, out var known)) return known.Shard;
        await using var command = registry.CreateCommand($"select shard, {Restoring}, epoch from registry.placement p where organization_id = $1");
        command.Parameters.Add(new() { Value = organization });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? (_known[tenant] = Placed(reader, 0)).Shard : null;
    }

    /// <summary>Places a new organization, before its stream begins; placing it twice changes nothing.</summary>
    internal async Task<Shard> PlaceAsync(Guid organization, CancellationToken ct)
    {
        await using var command = registry.CreateCommand("insert into registry.placement (organization_id, shard) values ($1, $2) on conflict do nothing");
        command.Parameters.Add(new() { Value = organization });
        command.Parameters.Add(new() { Value = shards[0].Id });
        await command.ExecuteNonQueryAsync(ct);
        return (await FindAsync(organization, ct))!;
    }

    /// <summary>Every organization of a database, by id.</summary>
    /// <exception cref="ScimException">A restore has not finished.</exception>
    internal async Task<IReadOnlyList<Guid>> OrganizationsAsync(CancellationToken ct)
    {
        await using var command = registry.CreateCommand($"select organization_id, shard, {Restoring}, epoch from registry.placement p order by organization_id");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<Guid>();
        while (await reader.ReadAsync(ct))
        {
            var id = reader.GetGuid(0);
            _known[Tenant(id)] = Placed(reader, 1);
            found.Add(id);
        }
        return found;
    }

    /// <summary>Organizations that a restore brought and has not finished.</summary>
    internal async Task<IReadOnlyList<Guid>> RestoringAsync(CancellationToken ct)
    {
        await using var command = registry.CreateCommand("select organization_id from registry.restoring order by organization_id");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<Guid>();
        while (await reader.ReadAsync(ct)) found.Add(reader.GetGuid(0));
        return found;
    }

    /// <summary>Opens an organization whose restore is finished; nothing closes it again.</summary>
    internal async Task RestoredAsync(Guid organization, CancellationToken ct)
    {
        await using var command = registry.CreateCommand("delete from registry.restoring where organization_id = $1");
        command.Parameters.Add(new() { Value = organization });
        await command.ExecuteNonQueryAsync(ct);
    }

    Place Placed(NpgsqlDataReader row, int shard) => !row.GetBoolean(shard + 1) || restores
        ? new Place(shards.Single(s => s.Id == row.GetString(shard)), row.GetInt32(shard + 2))
        : throw ScimException.Unavailable("A restore has not finished.");

    /// <summary>How an organization's id is spelled wherever it is a tenant: lower-case 8-4-4-4-12.</summary>
    internal static string Tenant(Guid organization) => organization.ToString("D");

    sealed record Place(Shard Shard, int Epoch);
}
