using Scim.Domain.Dialects;
using Scim.Domain.Protocol;

namespace Scim.Domain.Groups;

/// <summary>
/// Those of the members that a request adds who exist in the organization. Providers push groups before their people, so
/// the others are skipped and noted; only a request whose every member is unknown is refused, since success that did
/// nothing hides the fault.
/// </summary>
public static class AddedMembers
{
    const int MaxShown = 20;

    /// <summary>Notes those who do not exist.</summary>
    /// <param name="known">Which of the added exist, whether they are members already or not.</param>
    /// <param name="removes">Whether the request removes anybody whom it names.</param>
    /// <exception cref="ScimException">400 <c>invalidValue</c>, naming those who are unknown.</exception>
    public static void Check(MemberProgram program, IdSet known, bool removes, Notes notes)
    {
        var unknown = program.Added.Except(known);
        var count = unknown.Count + program.Unknown.Count;
        if (count == 0) return;
        var detail = Detail(unknown, program.Unknown, count);
        if (count == program.Named && !removes) throw ScimException.InvalidValue(detail);
        notes.UnknownMembers(count, detail);
    }

    // Ids are shown; any other text could be somebody's name or address.
    static string Detail(IdSet unknown, IReadOnlySet<string> texts, int count)
    {
        var names = unknown.Select(id => id.ToString()).Concat(texts.Where(t => Guid.TryParse(t, out _)).Order(StringComparer.Ordinal)).Take(MaxShown).ToList();
        if (count > names.Count) names.Add(names.Count == 0 ? $"{count} texts that are no ids" : $"and {count - names.Count} more");
        return $"This organization has neither a person nor a group with the id: {string.Join(", ", names)}. Members are named by the id that their creation returned; provision them first.";
    }
}
