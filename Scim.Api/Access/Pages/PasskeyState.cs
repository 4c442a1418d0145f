using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Scim.Api.Access.Pages;

/// <summary>What must be known again when the browser answers with its passkey: it travels with the form, protected, for five minutes.</summary>
internal sealed class PasskeyState(IDataProtectionProvider protection)
{
    static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(5);

    internal string Protect(string purpose, string state) => Protector(purpose).Protect(state, GoodFor);

    /// <summary>Null for what is too old, or was made for another purpose.</summary>
    internal string? TryRead(string purpose, string text)
    {
        try
        {
            return text.Length == 0 ? null : Protector(purpose).Unprotect(text);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    ITimeLimitedDataProtector Protector(string purpose) => protection.CreateProtector("scim.passkey", purpose).ToTimeLimitedDataProtector();
}
