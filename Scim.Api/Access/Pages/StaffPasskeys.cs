using Microsoft.AspNetCore.Identity;
using Npgsql;
using NpgsqlTypes;
using Scim.Api.EventStore;
using Scim.Domain.Protocol;

namespace Scim.Api.Access.Pages;

/// <summary>A passkey as administrators see it.</summary>
/// <param name="Id">Ours, made of the authenticator's, which can be long.</param>
/// <param name="IsSynced">Whether its maker keeps copies, so that it is on other devices too.</param>
/// <param name="Agent">The browser by which it was registered; not known of old ones.</param>
internal sealed record ListedPasskey(Guid Id, Guid Staff, DateTimeOffset RegisteredAt, DateTimeOffset UsedAt, bool IsSynced, string? Agent);

/// <summary>The passkeys of staff, in <c>registry.passkey</c>. An account is there as long as it has one.</summary>
internal sealed class StaffPasskeys(Placement placement, TimeProvider clock) : IUserPasskeyStore<StaffAccount>
{
    const string Columns = "credential_id, public_key, created_at, sign_count, transports, user_verified, backup_eligible, backed_up, attestation_object, client_data";

    const string Id = "encode(substring(sha256(credential_id) for 16), 'hex')::uuid";

    public Task AddOrUpdatePasskeyAsync(StaffAccount user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => Keep(user, passkey, agent: null, cancellationToken);

    /// <summary>Keeps a new one, or what changed with the use of one.</summary>
    /// <param name="agent">The browser by which it is registered.</param>
    internal async Task Keep(StaffAccount user, UserPasskeyInfo passkey, string? agent, CancellationToken cancellationToken)
    {
        await using var command = placement.RegistryCommand("""
            insert into registry.passkey (credential_id, public_key, created_at, sign_count, transports, user_verified, backup_eligible, backed_up, attestation_object, client_data, organization_id, staff_id, used_at, agent)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            on conflict (credential_id) do update set sign_count = excluded.sign_count, backed_up = excluded.backed_up, user_verified = excluded.user_verified, used_at = excluded.used_at
            where passkey.staff_id = excluded.staff_id
            """,
            passkey.CredentialId, passkey.PublicKey, passkey.CreatedAt.ToUniversalTime(), (long)passkey.SignCount, passkey.Transports ?? [], passkey.IsUserVerified, passkey.IsBackupEligible, passkey.IsBackedUp,
            passkey.AttestationObject, passkey.ClientDataJson, user.Organization, user.Id, clock.GetUtcNow(),
            new NpgsqlParameter { Value = agent is null ? DBNull.Value : Caller.Cut(agent), NpgsqlDbType = NpgsqlDbType.Text });
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0) throw ScimException.Conflict("This passkey belongs to somebody else.");
    }

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(StaffAccount user, CancellationToken cancellationToken)
    {
        await using var command = placement.RegistryCommand($"select {Columns} from registry.passkey where staff_id = $1 order by created_at", user.Id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var passkeys = new List<UserPasskeyInfo>();
        while (await reader.ReadAsync(cancellationToken)) passkeys.Add(Passkey(reader));
        return passkeys;
    }

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(StaffAccount user, byte[] credentialId, CancellationToken cancellationToken)
    {
        await using var command = placement.RegistryCommand($"select {Columns} from registry.passkey where staff_id = $1 and credential_id = $2", user.Id, credentialId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Passkey(reader) : null;
    }

    public Task<StaffAccount?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) => Account("credential_id", credentialId, cancellationToken);

    public Task<StaffAccount?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParseExact(userId, "D", out var id) ? Account("staff_id", id, cancellationToken) : Task.FromResult<StaffAccount?>(null);

    public async Task RemovePasskeyAsync(StaffAccount user, byte[] credentialId, CancellationToken cancellationToken)
    {
        await using var command = placement.RegistryCommand("delete from registry.passkey where staff_id = $1 and credential_id = $2", user.Id, credentialId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>An account goes with its last passkey.</summary>
    public async Task<IdentityResult> DeleteAsync(StaffAccount user, CancellationToken cancellationToken)
    {
        await using var command = placement.RegistryCommand("delete from registry.passkey where staff_id = $1", user.Id);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return IdentityResult.Success;
    }

    /// <summary>Those of an organization's staff, the oldest first.</summary>
    internal async Task<IReadOnlyList<ListedPasskey>> Of(Guid organization, CancellationToken ct)
    {
        await using var command = placement.RegistryCommand($"select {Id}, staff_id, created_at, used_at, backed_up, agent from registry.passkey where organization_id = $1 order by created_at, credential_id", organization);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<ListedPasskey>();
        while (await reader.ReadAsync(ct))
            found.Add(new(reader.GetGuid(0), reader.GetGuid(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetBoolean(4), await reader.IsDBNullAsync(5, ct) ? null : reader.GetString(5)));
        return found;
    }

    /// <summary>Removes the one of that id.</summary>
    internal async Task Remove(Guid organization, Guid passkey, CancellationToken ct)
    {
        await using var command = placement.RegistryCommand($"delete from registry.passkey where organization_id = $1 and {Id} = $2", organization, passkey);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The organizations in which anybody has a passkey.</summary>
    internal async Task<IReadOnlyList<Guid>> Organizations(CancellationToken ct)
    {
        await using var command = placement.RegistryCommand("select distinct organization_id from registry.passkey");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<Guid>();
        while (await reader.ReadAsync(ct)) found.Add(reader.GetGuid(0));
        return found;
    }

    public Task<string> GetUserIdAsync(StaffAccount user, CancellationToken cancellationToken) => Task.FromResult(user.Handle);

    // People are known by their passkeys; names are the organization's affair, and it makes and changes members.
    public Task<string?> GetUserNameAsync(StaffAccount user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Handle);

    public Task<string?> GetNormalizedUserNameAsync(StaffAccount user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Handle);

    public Task SetUserNameAsync(StaffAccount user, string? userName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetNormalizedUserNameAsync(StaffAccount user, string? normalizedName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> CreateAsync(StaffAccount user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> UpdateAsync(StaffAccount user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StaffAccount?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose()
    {
        // Connections are the placement's.
    }

    async Task<StaffAccount?> Account(string column, object value, CancellationToken ct)
    {
        await using var command = placement.RegistryCommand($"select organization_id, staff_id from registry.passkey where {column} = $1 limit 1", value);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new(reader.GetGuid(0), reader.GetGuid(1)) : null;
    }

    static UserPasskeyInfo Passkey(NpgsqlDataReader row) => new(
        row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<DateTimeOffset>(2), (uint)row.GetInt64(3), row.GetFieldValue<string[]>(4),
        row.GetBoolean(5), row.GetBoolean(6), row.GetBoolean(7), row.GetFieldValue<byte[]>(8), row.GetFieldValue<byte[]>(9));
}
