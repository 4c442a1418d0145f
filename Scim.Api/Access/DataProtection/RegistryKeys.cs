using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;
using NpgsqlTypes;
using Scim.Api.EventStore;

namespace Scim.Api.Access.DataProtection;

/// <summary>The protection keys of all nodes, in <c>registry.data_protection_key</c>; none is ever changed.</summary>
internal sealed class RegistryKeys(Placement placement) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = placement.RegistryCommand("select content::text from registry.data_protection_key order by stored_at, name");
        using var reader = command.ExecuteReader();
        var elements = new List<XElement>();
        while (reader.Read()) elements.Add(XElement.Parse(reader.GetString(0)));
        return elements;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var command = placement.RegistryCommand("insert into registry.data_protection_key (name, content) values ($1, $2)",
            friendlyName, new NpgsqlParameter { Value = element.ToString(SaveOptions.DisableFormatting), NpgsqlDbType = NpgsqlDbType.Xml });
        command.ExecuteNonQuery();
    }
}
