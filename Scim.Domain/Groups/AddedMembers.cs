using Scim.Domain.Dialects;
using Scim.Domain.Protocol;

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
        var detail = Detail(unknown, program.Unknown, count);
        if (count == program.Named && !removes) throw ScimException.InvalidValue(detail);
        notes.UnknownMembers(count, detail);
        return new(users, groups);
    }

    // Ids are shown; any other text could be somebody's name or address.
    static string Detail(IdSet unknown, IReadOnlySet<string> texts, int count)
    {
        var names = unknown.Select(id => id.ToString()).Concat(texts.Where(t => Guid.TryParse(t, out _)).Order(StringComparer.Ordinal)).Take(MaxShown).ToList();
        if (count > names.Count) names.Add(names.Count == 0 ? $"{count} texts that are no ids" : $"and {count - names.Count} more");
        return $"This organization has neither a person nor a group with the id: {string.Join(", ", names)}. Members are named by the id that their creation returned; provision them first.";
    }
}
