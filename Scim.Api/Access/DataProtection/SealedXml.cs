using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Scim.Api.EventStore.Sealing;

namespace Scim.Api.Access.DataProtection;

/// <summary>The secret part of a protection key as the registry holds it: sealed by the master key, in base64.</summary>
internal sealed class SealedXml(MasterKey master) : IXmlEncryptor
{
    internal const string Purpose = "scim.data-protection.1";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        try
        {
            return new(new XElement("sealed", Convert.ToBase64String(master.Seal(Purpose, plain))), typeof(OpenedXml));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}

/// <summary>Opens it again; the framework finds this type by its name, which stands beside the sealed content.</summary>
internal sealed class OpenedXml : IXmlDecryptor
{
    readonly MasterKey _master;

    public OpenedXml(IServiceProvider services) => _master = services.GetRequiredService<MasterKey>();

    public XElement Decrypt(XElement encryptedElement)
    {
        var plain = _master.Open(SealedXml.Purpose, Convert.FromBase64String(encryptedElement.Value));
        try
        {
            return XElement.Parse(Encoding.UTF8.GetString(plain));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}
