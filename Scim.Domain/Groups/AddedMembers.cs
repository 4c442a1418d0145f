using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;

namespace Scim.Domain.Groups;

/// <summary>
/// Those of the members that a request adds who exist in the organization. Providers push groups before their people, so
/// the others are skipped and noted; only a request whose every member is unknown is refused, since success that did
/// nothing hides the fault.
/// </summary>
public sealed record AddedMembers(IdSet Users, IdSet Groups)
{
    const int MaxShown = 20;

    /// <summary>Those who exist.</summary>
    /// <param name="users">Which of the added are people, whether they are members already or not.</param>
    /// <param name="groups">Which of them are groups.</param>
    /// <param name="removes">Whether the request removes anybody.</param>
    /// <exception cref="ScimException">400 <c>invalidValue</c>, naming those who are unknown.</exception>
    public static AddedMembers Of(MemberProgram program, IdSet users, IdSet groups, bool removes, Notes notes)
    {
        var unknown = program.Added.Except(users).Except(groups);
        var count = unknown.Count + program.Unknown.Count;
        if (count == 0) return new(users, groups);
        var names = string.Join(", ", unknown.Select(id => id.ToString()).Concat(program.Unknown.Order(StringComparer.Ordinal).Select(ScimReader.Shown)).Take(MaxShown));
        var detail = $"{count} of the members are unknown in this organization: {names}{(count > MaxShown ? ", …" : "")}. Members are the ids of its people and groups; provision them first.";
        if (count == program.Named && !removes) throw ScimException.InvalidValue(detail);
        notes.UnknownMembers(count, detail);
        return new(users, groups);
    }
}
