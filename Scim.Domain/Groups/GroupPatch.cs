using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Patch;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Groups;

/// <summary>
/// A PATCH of a group in its two parts: what it does to the resource without members, and what to the members. They touch
/// different places, so their order among each other changes nothing.
/// </summary>
public sealed record GroupPatch(PatchRequest Header, MemberProgram Members)
{
    /// <summary>Reads a body, in which <see cref="NamedMembers"/> may stand for an array of members.</summary>
    /// <exception cref="ScimException">400, as for every PATCH; 400 <c>invalidPath</c> when members are selected by anything but their value.</exception>
    public static GroupPatch Parse(ScimObject body, ResourceType type, Notes notes)
    {
        var operations = new MemberOperations(type.Attribute("members")!, notes);
        var header = PatchRequest.Parse(body, type, notes, operations.Read);
        return new(header, operations.Program);
    }
}
