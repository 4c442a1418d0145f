using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Scim.Tests.Faults;

namespace Scim.Tests.SignIn;

/// <summary>The keys that protect forms and cookies: one ring for all nodes, of use only to who has the master key.</summary>
[Collection(OnSteadyCluster.Name)]
public sealed class DataProtectionTests(OwnCluster cluster)
{
    [Fact]
    public async Task What_one_node_protects_another_reads_and_the_registry_holds_no_key_in_clear()
    {
        var settings = (await cluster.NewDatabase()).Settings();
        await using var one = await OwnDatabase.Start(settings);
        var text = one.Get<IDataProtectionProvider>().CreateProtector("test").Protect("a secret");

        await using var other = await OwnDatabase.Start(settings);
        Assert.Equal("a secret", other.Get<IDataProtectionProvider>().CreateProtector("test").Unprotect(text));
        Assert.Throws<CryptographicException>(() => other.Get<IDataProtectionProvider>().CreateProtector("another").Unprotect(text));

        var stored = (string)(await one.Sql("select string_agg(content::text, ' ') from registry.data_protection_key"))!;
        Assert.Contains("<sealed", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("masterKey", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("<value", stored, StringComparison.Ordinal);
    }
}
