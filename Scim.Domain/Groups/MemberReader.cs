using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Groups;

/// <summary>
/// Reads the array of members, or what stands for it, into the members that it names. Of each element the <c>value</c>
/// alone counts: type, $ref and display are the service's to compute.
/// </summary>
static class MemberReader
{
    /// <exception cref="ScimException">400 <c>invalidValue</c>.</exception>
    internal static NamedMembers Read(AttributeDefinition members, ScimValue sent, ValueReader values)
    {
        if (sent is NamedMembers || sent.IsUnassigned && sent is not ScimArray) values.Ignore();
        if (sent is NamedMembers { Rest: null } whole) return whole;
        var builder = new NamedMembersBuilder();
        if (sent is NamedMembers named)
        {
            builder.Add(named);
            sent = named.Rest!;
        }
        var said = false;
        foreach (var item in values.ItemsOf(sent, members.Name))
        {
            if (item is not ScimObject && item.IsUnassigned) continue;
            said = true;
            if ((Plain(item, values) ?? values.ReadParts(members, item, members.Name)["value"]?.AsString) is { } value) builder.Add(value);
            else if (!item.IsUnassigned && item is ScimObject parts && members.SubAttributes.Any(s => parts[s.Name] is not null))
                throw ScimException.InvalidValue("An element of members has no value; it is the id of the member, as in {\"value\":\"…\"}.");
        }
        if (!said) values.Ignore();
        return builder.Build();
    }

    // A hundred thousand elements that hold what is expected need not be made anew to be read.
    static string? Plain(ScimValue item, ValueReader values)
    {
        var value = Plain(item);
        if (value is not null) values.Ignore();
        return value;
    }

    /// <summary>The <c>value</c> of an element that has one, as long as an id, and nothing that a member has not; else null.</summary>
    internal static string? Plain(ScimValue item)
    {
        if (item is not ScimObject parts || parts["value"]?.AsString is not { Length: 36 } value) return null;
        foreach (var (name, _) in parts.Members)
            if (Members.Sub(name) is null) return null;
        return value;
    }

    static AttributeDefinition Members { get; } = GroupSchema.Core.Attribute("members")!;
}
