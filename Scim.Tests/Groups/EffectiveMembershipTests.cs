using CsCheck;
using Scim.Domain.Groups;
using static Scim.Tests.Groups.GroupLife;

namespace Scim.Tests.Groups;

public class EffectiveMembershipTests
{
    [Theory]
    [InlineData("u1>g1 g1>g2 g2>g3", "g1", "g2 g3")]
    [InlineData("u1>g1 u1>g2 g1>g2", "g1 g2", "")]
    [InlineData("u1>g1 g1>g2 g2>g1", "g1", "g2")]
    [InlineData("u1>g1 g1>g2 g1>g3 g2>g4 g3>g4", "g1", "g2 g3 g4")]
    [InlineData("u1>g1 u1>g4 g1>g2 g2>g4 g4>g5", "g1 g4", "g2 g5")]
    [InlineData("g1>g2", "", "")]
    public void Each_group_counts_once_and_direct_wins(string edges, string direct, string indirect)
    {
        var parents = edges.Split(' ').Select(e => e.Split('>')).ToLookup(e => Of(e[0]), e => Of(e[1]));
        var found = EffectiveMembership.Of(U(1), id => parents[id]);
        Assert.Equal((Set(direct), Set(indirect)), (found.Direct, found.Indirect));
    }

    [Fact]
    public void A_group_is_not_among_its_own_groups()
    {
        var parents = new[] { (1, 2), (2, 1), (2, 3) }.ToLookup(e => G(e.Item1), e => G(e.Item2));
        var found = EffectiveMembership.Of(G(1), id => parents[id]);
        Assert.Equal((IdSet.Of(G(2)), IdSet.Of(G(3))), (found.Direct, found.Indirect));
    }

    /// <summary>The naive closure: groups of groups are added until none is new.</summary>
    [Fact]
    public void It_is_the_closure() =>
        Gen.Select(Gen.Int[0, 12], Gen.Int[1, 12]).Array[0, 40].Sample(edges =>
        {
            var parents = edges.Where(e => e.Item1 != e.Item2).ToLookup(e => G(e.Item1), e => G(e.Item2));
            var (direct, all) = (parents[G(0)].ToHashSet(), parents[G(0)].ToHashSet());
            while (all.SelectMany(g => parents[g]).Any(all.Add)) { }
            all.Remove(G(0));
            var found = EffectiveMembership.Of(G(0), id => parents[id]);
            Assert.Equal(IdSet.Of(direct), found.Direct);
            Assert.Equal(IdSet.Of(all.Except(direct)), found.Indirect);
        });

    static Guid Of(string name) => (name[0] == 'u' ? (Func<int, Guid>)U : G)(name[1] - '0');

    static IdSet Set(string names) => IdSet.Of(names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Of));
}
