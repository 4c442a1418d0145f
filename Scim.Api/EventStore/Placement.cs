using System.Collections.Concurrent;
using JasperFx.MultiTenancy;
using Npgsql;

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
internal sealed class Placement(IReadOnlyList<Shard> shards, NpgsqlDataSource registry)
{
    readonly ConcurrentDictionary<string, Shard> _known = new(StringComparer.Ordinal);

    internal IReadOnlyList<Shard> Shards => shards;

    internal NpgsqlDataSource Registry => registry;

    /// <summary>The database of an organization that <see cref="FindAsync"/> has found before.</summary>
    /// <exception cref="UnknownTenantIdException">Nobody asked the registry for it.</exception>
    internal Shard Of(string organization) =>
        _known.TryGetValue(organization, out var shard) ? shard : throw new UnknownTenantIdException(organization);

    /// <summary>The database of an organization, or null when the registry does not know it.</summary>
    internal async ValueTask<Shard?> FindAsync(Guid organization, CancellationToken ct)
    {
        var tenant = Tenant(organization);
        if (_known.TryGetValue(tenant, out var known)) return known;
        await using var command = registry.CreateCommand("select shard from registry.placement where organization_id = $1");
        command.Parameters.Add(new() { Value = organization });
        return await command.ExecuteScalarAsync(ct) is string id ? _known[tenant] = shards.Single(s => s.Id == id) : null;
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
    internal async Task<IReadOnlyList<Guid>> OrganizationsAsync(CancellationToken ct)
    {
        await using var command = registry.CreateCommand("select organization_id, shard from registry.placement order by organization_id");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<Guid>();
        while (await reader.ReadAsync(ct))
        {
            var id = reader.GetGuid(0);
            _known[Tenant(id)] = shards.Single(s => s.Id == reader.GetString(1));
            found.Add(id);
        }
        return found;
    }

    /// <summary>How an organization's id is spelled wherever it is a tenant: lower-case 8-4-4-4-12.</summary>
    internal static string Tenant(Guid organization) => organization.ToString("D");
}
