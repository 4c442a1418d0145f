using System.Collections.Concurrent;
using Npgsql;
using Scim.Api.EventStore;

namespace Scim.Api.Access;

/// <summary>The last use of a token or a key.</summary>
/// <param name="Agent">The user agent that came with it.</param>
internal sealed record LastUse(DateTimeOffset At, string? Address, string? Agent);

/// <summary>When a token or a key was last used, from where and by what, written at most once a minute; neither event nor state, and never in the request's way.</summary>
internal sealed class TokenUse(Placement placement, ILogger<TokenUse> log)
{
    static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    readonly ConcurrentDictionary<Guid, DateTimeOffset> _written = new();

    internal void Note(Guid organization, Guid token, HttpContext http, DateTimeOffset now)
    {
        var last = _written.GetOrAdd(token, DateTimeOffset.MinValue);
        if (now - last < Every || !_written.TryUpdate(token, now, last)) return;
        _ = WriteAsync(organization, token, ScimAccess.Address(http.Connection.RemoteIpAddress), Caller.Cut(http.Request.Headers.UserAgent.ToString()), now);
    }

    /// <summary>The last use of each of an organization's tokens and keys.</summary>
    internal async Task<IReadOnlyDictionary<Guid, LastUse>> Of(Guid organization, CancellationToken ct)
    {
        var tenant = Placement.Tenant(organization);
        await using var command = placement.Of(tenant).Write.CreateCommand("select token_id, at, address, agent from directory.token_use where tenant_id = $1");
        command.Parameters.Add(new() { Value = tenant });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var uses = new Dictionary<Guid, LastUse>();
        while (await reader.ReadAsync(ct)) uses[reader.GetGuid(0)] = new(reader.GetFieldValue<DateTimeOffset>(1), await reader.IsDBNullAsync(2, ct) ? null : reader.GetString(2), await reader.IsDBNullAsync(3, ct) ? null : reader.GetString(3));
        return uses;
    }

    async Task WriteAsync(Guid organization, Guid token, string? address, string agent, DateTimeOffset now)
    {
        try
        {
            var tenant = Placement.Tenant(organization);
            await using var command = placement.Of(tenant).Write.CreateCommand(
                "insert into directory.token_use (tenant_id, token_id, at, address, agent) values ($1, $2, $3, $4, nullif($5, '')) " +
                "on conflict (tenant_id, token_id) do update set at = excluded.at, address = excluded.address, agent = excluded.agent where token_use.at < excluded.at");
            command.Parameters.Add(new() { Value = tenant });
            command.Parameters.Add(new() { Value = token });
            command.Parameters.Add(new() { Value = now });
            command.Parameters.Add(new() { Value = (object?)address ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = agent });
            await command.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException e)
        {
            log.LogWarning("The last use of token or key {Token} could not be noted ({Failure})", token, e.GetType().Name);
        }
    }
}
