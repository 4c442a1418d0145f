using System.Collections.Concurrent;
using Npgsql;
using Scim.Api.EventStore;

namespace Scim.Api.Access;

/// <summary>When a token or a key was last used and from where, written at most once a minute; neither event nor state, and never in the request's way.</summary>
internal sealed class TokenUse(Placement placement, ILogger<TokenUse> log)
{
    static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    readonly ConcurrentDictionary<Guid, DateTimeOffset> _written = new();

    internal void Note(Guid organization, Guid token, string? address, DateTimeOffset now)
    {
        var last = _written.GetOrAdd(token, DateTimeOffset.MinValue);
        if (now - last < Every || !_written.TryUpdate(token, now, last)) return;
        _ = WriteAsync(organization, token, address, now);
    }

    /// <summary>The last use of each of an organization's tokens and keys.</summary>
    internal async Task<IReadOnlyDictionary<Guid, (DateTimeOffset At, string? Address)>> Of(Guid organization, CancellationToken ct)
    {
        var tenant = Placement.Tenant(organization);
        await using var command = placement.Of(tenant).Write.CreateCommand("select token_id, at, address from directory.token_use where tenant_id = $1");
        command.Parameters.Add(new() { Value = tenant });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var uses = new Dictionary<Guid, (DateTimeOffset, string?)>();
        while (await reader.ReadAsync(ct)) uses[reader.GetGuid(0)] = (reader.GetFieldValue<DateTimeOffset>(1), await reader.IsDBNullAsync(2, ct) ? null : reader.GetString(2));
        return uses;
    }

    async Task WriteAsync(Guid organization, Guid token, string? address, DateTimeOffset now)
    {
        try
        {
            var tenant = Placement.Tenant(organization);
            await using var command = placement.Of(tenant).Write.CreateCommand(
                "insert into directory.token_use (tenant_id, token_id, at, address) values ($1, $2, $3, $4) " +
                "on conflict (tenant_id, token_id) do update set at = excluded.at, address = excluded.address where token_use.at < excluded.at");
            command.Parameters.Add(new() { Value = tenant });
            command.Parameters.Add(new() { Value = token });
            command.Parameters.Add(new() { Value = now });
            command.Parameters.Add(new() { Value = (object?)address ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
            await command.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException e)
        {
            log.LogWarning("The last use of token or key {Token} could not be noted ({Failure})", token, e.GetType().Name);
        }
    }
}
