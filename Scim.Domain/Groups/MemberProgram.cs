namespace Scim.Domain.Groups;

/// <summary>
/// What a request does to the members of a group, whoever they are: all of its operations as one. Of the present members
/// those stay that are not removed, or, where the others are cleared, only those that are kept; then the added ones are
/// there. So a hundred thousand members need not be loaded to add one.
/// </summary>
/// <remarks>Example: <c>replace members [a, b]</c> clears the others, keeps none and adds a and b.</remarks>
public sealed record MemberProgram(bool ClearsOthers, IdSet Kept, IdSet Added, IdSet Removed, IReadOnlySet<string> Unknown)
{
    /// <summary>What changes nothing.</summary>
    public static MemberProgram None { get; } = new MemberProgramBuilder().Build();

    /// <summary>What makes these, and nobody else, the members.</summary>
    public static MemberProgram Replacing(NamedMembers members) => new(true, IdSet.Empty, members.Ids, IdSet.Empty, members.Unknown);

    /// <summary>Whether no members of any group are changed by it.</summary>
    public bool IsEmpty => !ClearsOthers && Added.IsEmpty && Removed.IsEmpty;

    /// <summary>How many members it would add that may or may not exist.</summary>
    public int Named => Added.Count + Unknown.Count;

    /// <summary>Who comes and who goes where these are the members, as if all that are added existed.</summary>
    public (IdSet Added, IdSet Removed) DeltaOn(IdSet members) =>
        (Added.Except(members), ClearsOthers ? members.Except(Kept).Except(Added) : Removed.Intersect(members));

    /// <summary>The members afterwards, where these are the members before.</summary>
    public IdSet ApplyTo(IdSet members) => (ClearsOthers ? members.Intersect(Kept) : members.Except(Removed)).Union(Added);
}

/// <summary>Takes operations in order and makes one program of them.</summary>
public sealed class MemberProgramBuilder
{
    bool _clears;
    HashSet<Guid> _kept = [], _added = [], _removed = [];
    HashSet<string> _unknown = new(StringComparer.Ordinal);

    /// <summary>These are members from here on.</summary>
    public void Add(NamedMembers members)
    {
        foreach (var id in members.Ids)
        {
            _added.Add(id);
            _removed.Remove(id);
            _kept.Remove(id);
        }
        _unknown.UnionWith(members.Unknown);
    }

    /// <summary>These are no members from here on.</summary>
    public void Remove(NamedMembers members)
    {
        foreach (var id in members.Ids)
        {
            _added.Remove(id);
            _kept.Remove(id);
            if (!_clears) _removed.Add(id);
        }
        _unknown.ExceptWith(members.Unknown);
    }

    /// <summary>All but these are no members from here on.</summary>
    public void RemoveOthers(NamedMembers members)
    {
        // From the side of the few: a set that was large once takes long to walk through.
        _added = [.. members.Ids.Where(_added.Contains)];
        _kept = [.. members.Ids.Where(id => (_clears ? _kept.Contains(id) : !_removed.Contains(id)) && !_added.Contains(id))];
        (_clears, _removed, _unknown) = (true, [], new(members.Unknown.Where(_unknown.Contains), StringComparer.Ordinal));
    }

    /// <summary>Nobody is a member from here on.</summary>
    public void Clear() => (_clears, _kept, _added, _removed, _unknown) = (true, [], [], [], new(StringComparer.Ordinal));

    /// <summary>All that was taken, as one.</summary>
    public MemberProgram Build() =>
        new(_clears, IdSet.Of(_kept), IdSet.Of(_added), IdSet.Of(_removed), new HashSet<string>(_unknown, StringComparer.Ordinal));
}
