using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Domain.Groups;

/// <summary>The body of a POST or PUT of a group in its two parts: the resource without members in its stored form, and the members it names.</summary>
public sealed record GroupBody(ScimObject Header, NamedMembers Members)
{
    /// <summary>What the body makes of the members of the group: a PUT without any empties it (RFC 7644 §3.5.1).</summary>
    public MemberProgram Program => MemberProgram.Replacing(Members);

    /// <summary>Reads the body of a POST, in which <see cref="NamedMembers"/> may stand for the array of members.</summary>
    /// <exception cref="ScimException">400 <c>invalidValue</c>, naming the attribute and what would be right.</exception>
    public static GroupBody Read(ScimObject body, ResourceType type, Notes notes) =>
        Part(body, ResourceReader.Read(body.Without("members"), type, notes), type, notes);

    /// <summary>Reads the body of a PUT; what is kept when it is omitted is kept as for every resource.</summary>
    /// <exception cref="ScimException">400 <c>invalidValue</c>.</exception>
    public static GroupBody ReadReplacement(ScimObject body, Group current, ResourceType type, Notes notes)
    {
        var read = Part(body, ResourceReader.ReadReplacement(body.Without("members"), current.Resource, type, notes), type, notes);
        if (body["id"] is not null && body["members"] is null && read.Members.Count == 0 && current.MemberCount > 0) notes.Remark(Repairs.LeftOut.Name);
        return read;
    }

    // Members under the key of their full path have been read with the rest.
    static GroupBody Part(ScimObject body, ScimObject read, ResourceType type, Notes notes)
    {
        var members = type.Attribute("members")!;
        var (named, more) = (Named(body["members"]), Named(read["members"]));
        if (more.Count > 0 && named.Count > 0) throw ScimException.InvalidSyntax("members is given twice.");
        return new(read.Without("members"), more.Count > 0 ? more : named);

        NamedMembers Named(ScimValue? sent) => sent is null ? NamedMembers.None : MemberReader.Read(members, sent, new ValueReader(notes));
    }
}
