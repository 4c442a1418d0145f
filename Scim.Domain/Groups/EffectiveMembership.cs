namespace Scim.Domain.Groups;

/// <summary>
/// What a membership reaches through groups: each group once, direct wins over indirect. Groups may contain each other,
/// so that every group is visited once.
/// </summary>
/// <remarks>Example: somebody in <c>Tour Guides</c>, which is in <c>Employees</c>: direct the first, indirect the second.</remarks>
public sealed record EffectiveMembership(IdSet Direct, IdSet Indirect)
{
    /// <summary>The groups of a person or group, which is itself never among them.</summary>
    /// <param name="parents">The groups of which somebody is a direct member. With the groups inside a group instead, it is that group's content.</param>
    public static EffectiveMembership Of(Guid member, Func<Guid, IEnumerable<Guid>> parents)
    {
        var visited = new HashSet<Guid> { member };
        var direct = parents(member).Where(visited.Add).ToArray();
        var indirect = new List<Guid>();
        var next = new Queue<Guid>(direct);
        while (next.TryDequeue(out var group))
            foreach (var parent in parents(group).Where(visited.Add))
            {
                indirect.Add(parent);
                next.Enqueue(parent);
            }
        return new(IdSet.Of(direct), IdSet.Of(indirect));
    }
}
