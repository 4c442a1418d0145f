using Scim.Domain.History;

namespace Scim.Domain.Groups;

/// <summary>The members of whom an event tells: all of a few by name, else two and the number of the others.</summary>
/// <remarks>Example: <c>Ada Byron, Grace Hopper and 38 others</c>.</remarks>
static class MemberWords
{
    const int MaxListed = 3, MaxNamed = 2, MaxAsked = 8;

    /// <summary>The first members, whose names are asked for: some may have none any more.</summary>
    internal static IEnumerable<Guid> Mentioned(IReadOnlyList<Guid> users, IReadOnlyList<Guid> groups) => users.Concat(groups).Take(MaxAsked);

    /// <summary>The members in words; a group among them is said to be one.</summary>
    internal static string Of(IReadOnlyList<Guid> users, IReadOnlyList<Guid> groups, Telling telling)
    {
        var count = users.Count + groups.Count;
        if (count == 0) return "nobody";
        if (count <= MaxListed) return Wording.List([.. Names(users, groups, telling), .. Nameless(users, groups, telling)]);
        var named = Names(users, groups, telling).Take(MaxNamed).ToArray();
        return named.Length == 0 ? Numbers(users.Count, groups.Count) : Wording.List([.. named, $"{count - named.Length} others"]);
    }

    static IEnumerable<string> Names(IReadOnlyList<Guid> users, IReadOnlyList<Guid> groups, Telling telling) =>
        Mentioned(users, groups).Select((id, i) => (Name: telling.Name(id), IsGroup: i >= users.Count)).Where(m => m.Name is not null).Select(m => m.IsGroup ? $"the group {m.Name}" : m.Name!);

    static IEnumerable<string> Nameless(IReadOnlyList<Guid> users, IReadOnlyList<Guid> groups, Telling telling)
    {
        var people = users.Where(u => telling.Name(u) is null).Select(u => telling.NameOf(u).IsErased).ToArray();
        var (erased, unknown, unknownGroups) = (people.Count(p => p), people.Count(p => !p), groups.Count(g => telling.Name(g) is null));
        if (erased > 0) yield return erased == 1 ? Wording.ErasedPerson : $"{erased} erased people";
        if (unknown > 0) yield return unknown == 1 ? "an unknown person" : $"{unknown} unknown people";
        if (unknownGroups > 0) yield return unknownGroups == 1 ? "an unknown group" : $"{unknownGroups} unknown groups";
    }

    static string Numbers(int users, int groups) => Wording.List(
    [
        .. users > 0 ? [Wording.Count(users, "person", "people")] : Array.Empty<string>(),
        .. groups > 0 ? [Wording.Count(groups, "group", "groups")] : Array.Empty<string>(),
    ]);
}
