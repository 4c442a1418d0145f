using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Scim.Api.EventStore;

namespace Scim.Api.Access.Pages;

/// <summary>What must be known again when the browser answers with its passkey: it travels with the form, protected, for five minutes.</summary>
internal sealed class PasskeyState(IDataProtectionProvider protection, Placement placement, TimeProvider clock)
{
    static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(5);

    internal string Protect(string purpose, string state) => Protector(purpose).Protect(state, GoodFor);

    /// <summary>Takes it back, once; null for what is too old, was answered before, or was made for another purpose.</summary>
    internal async Task<string?> Take(string purpose, string text, CancellationToken ct)
    {
        if (text.Length == 0) return null;
        try
        {
            var state = Protector(purpose).Unprotect(text);
            var now = clock.GetUtcNow();
            await using var command = placement.RegistryCommand("with over as (delete from registry.answered_challenge where expires_at < $1) insert into registry.answered_challenge (hash, expires_at) values ($2, $3) on conflict do nothing",
                now, SHA256.HashData(Encoding.UTF8.GetBytes(state)), now + GoodFor + GoodFor);
            return await command.ExecuteNonQueryAsync(ct) == 1 ? state : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    ITimeLimitedDataProtector Protector(string purpose) => protection.CreateProtector("scim.passkey", purpose).ToTimeLimitedDataProtector();
}
