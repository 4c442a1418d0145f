using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;
using Scim.Api.EventStore;
using Scim.Domain.Organizations;

namespace Scim.Api.Access.Pages;

/// <summary>A link that registers one passkey.</summary>
/// <param name="Staff">For whom; null for whoever comes first.</param>
internal sealed record Invitation(Guid Organization, Guid? Staff);

/// <summary>Links by which a passkey is registered: 60 minutes long and once. Of their text only the hash is known.</summary>
internal sealed class Invitations(Placement placement, TimeProvider clock)
{
    internal static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(60);

    static readonly SecretText Secret = new("invitation_");

    /// <summary>Makes one; its text is in this answer and nowhere else. What was made before for the same person opens nothing any more.</summary>
    internal async Task<string> Make(Guid organization, Guid? staff, CancellationToken ct)
    {
        var text = Secret.Of(RandomNumberGenerator.GetBytes(32));
        var now = clock.GetUtcNow();
        await using var command = placement.RegistryCommand("with over as (delete from registry.invitation where expires_at < $1 or (organization_id = $3 and staff_id = $4)) insert into registry.invitation (hash, organization_id, staff_id, expires_at) values ($2, $3, $4, $5)",
            now, SecretText.Hash(text), organization, new NpgsqlParameter { Value = (object?)staff ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid }, now + GoodFor);
        await command.ExecuteNonQueryAsync(ct);
        return text;
    }

    /// <summary>The one of that text, while it can be used.</summary>
    internal async Task<Invitation?> Find(string text, CancellationToken ct)
    {
        if (!Secret.IsWellFormed(text)) return null;
        var hash = SecretText.Hash(text);
        await using var command = placement.RegistryCommand("select hash, organization_id, staff_id from registry.invitation where hash = $1 and used_at is null and expires_at > $2", hash, clock.GetUtcNow());
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) && CryptographicOperations.FixedTimeEquals(hash, reader.GetFieldValue<byte[]>(0))
            ? new(reader.GetGuid(1), await reader.IsDBNullAsync(2, ct) ? null : reader.GetGuid(2))
            : null;
    }

    /// <summary>Uses it up; false where somebody was quicker.</summary>
    internal async Task<bool> Use(string text, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var command = placement.RegistryCommand("update registry.invitation set used_at = $2 where hash = $1 and used_at is null and expires_at > $2", SecretText.Hash(text), now);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    /// <summary>Takes back every unused one of a member of staff.</summary>
    internal async Task Withdraw(Guid organization, Guid staff, CancellationToken ct)
    {
        await using var command = placement.RegistryCommand("delete from registry.invitation where organization_id = $1 and staff_id = $2", organization, staff);
        await command.ExecuteNonQueryAsync(ct);
    }
}
