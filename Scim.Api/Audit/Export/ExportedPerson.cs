using Scim.Api.Audit.Sheets;
using Scim.Api.EventStore.Queries;
using Scim.Api.Provisioning;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.Audit.Export;

/// <summary>A person as exports show one: the SCIM resource, or of it what a table has room for.</summary>
static class ExportedPerson
{
    internal static readonly string[] Columns =
        ["id", "userName", "externalId", "active", "displayName", "givenName", "familyName", "email", "title", "employeeNumber", "department", "manager", "directGroups", "indirectGroups", "created", "lastModified"];

    internal static SheetRow Row(StoredUser user, Locations locations)
    {
        var (resource, name, enterprise) = (user.Resource, user.Resource["name"] as ScimObject, user.Resource[EnterpriseUserSchema.Urn] as ScimObject);
        var emails = (resource["emails"] as ScimArray)?.Items.OfType<ScimObject>().ToArray() ?? [];
        var email = emails.FirstOrDefault(e => e["primary"]?.AsBoolean == true) ?? emails.FirstOrDefault();
        return new(new UserAnswer(user, locations).Resource, null, user.Id.ToString("D"), Text(resource, "userName"), Text(resource, "externalId"), resource["active"]?.AsBoolean == true ? "true" : "false", Text(resource, "displayName"),
            Text(name, "givenName"), Text(name, "familyName"), Text(email, "value"), Text(resource, "title"), Text(enterprise, "employeeNumber"), Text(enterprise, "department"), Text(enterprise?["manager"] as ScimObject, "value"),
            Groups("direct"), Groups("indirect"), ScimDateTime.Print(user.Created), ScimDateTime.Print(user.LastModified));

        string Groups(string type) => string.Join("; ", user.Derived.Groups.Where(g => g.Type == type).Select(g => g.Display));
    }

    static string? Text(ScimObject? of, string name) => of?[name]?.AsString;
}
