using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Sealing;

namespace Scim.Api.Access.DataProtection;

internal static class DataProtectionRegistration
{
    /// <summary>What one node protects every node of the installation reads, after any restart.</summary>
    internal static void AddSharedProtection(this IServiceCollection services, MasterKey master, Placement placement)
    {
        services.AddSingleton(master);
        services.AddDataProtection().SetApplicationName("scim");
        services.Configure<KeyManagementOptions>(o =>
        {
            o.XmlRepository = new RegistryKeys(placement);
            o.XmlEncryptor = new SealedXml(master);
        });
    }
}
