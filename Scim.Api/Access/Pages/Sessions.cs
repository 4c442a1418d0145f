using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;
using Scim.Api.EventStore;
using Scim.Domain.Organizations;

namespace Scim.Api.Access.Pages;

/// <summary>A live session, as the registry has it.</summary>
internal sealed record PageSession(Guid Id, Guid Organization, Guid Staff, DateTimeOffset SteppedUpAt);

/// <summary>A live session as administrators see it.</summary>
internal sealed record ListedSession(Guid Id, Guid Staff, DateTimeOffset Since, DateTimeOffset SeenAt, string? Address, string? Agent);

/// <summary>
/// The sessions of staff. Each request asks the registry, by one key: what is revoked on one node opens nothing on any.
/// </summary>
internal sealed class Sessions(Placement placement, TimeProvider clock)
{
    /// <summary>How long one lives unused, and how long at most.</summary>
    internal static readonly TimeSpan Idle = TimeSpan.FromMinutes(30), Longest = TimeSpan.FromHours(8);

    static readonly TimeSpan NoteEvery = TimeSpan.FromMinutes(1);

    static readonly SecretText Secret = new("session_");

    /// <summary>Begins one; what the cookie is to hold is in this answer and nowhere else.</summary>
    /// <param name="proved">When they proved themselves; null for just now.</param>
    internal async Task<string> Begin(Guid organization, Guid staff, string? address, string? agent, CancellationToken ct, DateTimeOffset? proved = null)
    {
        var text = Secret.Of(RandomNumberGenerator.GetBytes(32));
        var now = clock.GetUtcNow();
        await using var command = placement.RegistryCommand("""
            with ended as (delete from registry.session where created_at < $1)
            insert into registry.session (id, hash, organization_id, staff_id, created_at, stepped_up_at, seen_at, address, agent) values ($2, $3, $4, $5, $6, $9, $6, $7, $8)
            """, now - Longest, NewId.Next(clock), SecretText.Hash(text), organization, staff, now, Text(address), Text(agent is null ? null : Caller.Cut(agent)), proved < now ? proved.Value.ToUniversalTime() : now);
        await command.ExecuteNonQueryAsync(ct);
        return text;
    }

    /// <summary>The live session of a cookie; what cannot be one costs no query.</summary>
    /// <param name="isUse">Whether somebody asks; what an open page asks by itself keeps no session alive.</param>
    internal async Task<PageSession?> Find(string text, bool isUse, CancellationToken ct)
    {
        if (!Secret.IsWellFormed(text)) return null;
        var now = clock.GetUtcNow();
        await using var command = placement.RegistryCommand("""
            select id, organization_id, staff_id, stepped_up_at, seen_at from registry.session
            where hash = $1 and revoked_at is null and created_at > $2 and seen_at > $3
            """, SecretText.Hash(text), now - Longest, now - Idle);
        PageSession session;
        DateTimeOffset seen;
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            if (!await reader.ReadAsync(ct)) return null;
            session = new(reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetFieldValue<DateTimeOffset>(3));
            seen = reader.GetFieldValue<DateTimeOffset>(4);
        }
        if (isUse && now - seen >= NoteEvery) await Run("update registry.session set seen_at = $2 where id = $1 and seen_at < $2", ct, session.Id, now);
        return session;
    }

    internal Task Revoke(Guid session, CancellationToken ct) =>
        Run("update registry.session set revoked_at = $2 where id = $1 and revoked_at is null", ct, session, clock.GetUtcNow());

    /// <summary>Whoever has the session has just proved themselves again.</summary>
    internal Task StepUp(Guid session, CancellationToken ct) => Run("update registry.session set stepped_up_at = $2 where id = $1", ct, session, clock.GetUtcNow());

    /// <summary>Ends one session of an organization.</summary>
    internal Task Revoke(Guid organization, Guid session, CancellationToken ct) =>
        Run("update registry.session set revoked_at = $3 where organization_id = $1 and id = $2 and revoked_at is null", ct, organization, session, clock.GetUtcNow());

    /// <summary>The live sessions of an organization, the latest used first.</summary>
    internal async Task<IReadOnlyList<ListedSession>> Of(Guid organization, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var command = placement.RegistryCommand("""
            select id, staff_id, created_at, seen_at, address, agent from registry.session
            where organization_id = $1 and revoked_at is null and created_at > $2 and seen_at > $3 order by seen_at desc, id limit 500
            """, organization, now - Longest, now - Idle);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<ListedSession>();
        while (await reader.ReadAsync(ct))
            found.Add(new(reader.GetGuid(0), reader.GetGuid(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetFieldValue<DateTimeOffset>(3), reader.IsDBNull(4) ? null : reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5)));
        return found;
    }

    /// <summary>Ends every session of a member of staff.</summary>
    /// <param name="except">One that goes on.</param>
    internal Task RevokeAll(Guid organization, Guid staff, CancellationToken ct, Guid? except = null) =>
        Run("update registry.session set revoked_at = $3 where organization_id = $1 and staff_id = $2 and revoked_at is null and id <> $4", ct, organization, staff, clock.GetUtcNow(), except ?? Guid.Empty);

    /// <summary>Whether it is live still; asking is no use of it.</summary>
    internal async Task<bool> IsLive(Guid session, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var command = placement.RegistryCommand("select 1 from registry.session where id = $1 and revoked_at is null and created_at > $2 and seen_at > $3", session, now - Longest, now - Idle);
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    async Task Run(string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = placement.RegistryCommand(sql, parameters);
        await command.ExecuteNonQueryAsync(ct);
    }

    static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
