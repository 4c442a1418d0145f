using System.Text;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Dialects;

/// <summary>
/// Entra's AppRoleAssignmentsComplex: the whole role as JSON in the text of <c>value</c>.
/// </summary>
/// <remarks>Example: <c>{"value":"{\"id\":\"…\",\"value\":\"Admin\",\"displayName\":\"Administrator\"}"}</c>.</remarks>
static class RoleInText
{
    /// <summary>The role as an object of the attribute's parts, or null when the element is not of that form.</summary>
    internal static ScimObject? TryRead(AttributeDefinition attribute, ScimObject element)
    {
        if (!attribute.Name.Equals("roles", StringComparison.OrdinalIgnoreCase)) return null;
        if (element["value"]?.AsString is not { } text || !text.StartsWith('{') || TryParse(text) is not { } role) return null;
        if (role["value"] is not ScimString value) return null;

        var read = element.With("value", value);
        if (element["display"] is null && (role["display"] ?? role["displayName"]) is ScimString display) read = read.With("display", display);
        foreach (var name in (string[])["type", "primary"])
            if (element[name] is null && role[name] is { } part) read = read.With(name, part);
        return read;
    }

    static ScimObject? TryParse(string text)
    {
        try
        {
            return ScimReader.Read(Encoding.UTF8.GetBytes(text)) as ScimObject;
        }
        catch (ScimException) // then it is a role whose name begins with a brace
        {
            return null;
        }
    }
}
