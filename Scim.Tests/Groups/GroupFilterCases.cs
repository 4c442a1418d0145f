using System.Text.RegularExpressions;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using Scim.Tests.Protocol;
using Scim.Tests.Protocol.Filters;

namespace Scim.Tests.Groups;

/// <summary>The fixed groups of <c>groups.txt</c>.</summary>
static partial class Crews
{
    internal static ResourceType Type => GroupSchema.ResourceType;

    internal static IReadOnlyDictionary<string, ScimObject> All { get; } =
        CaseTable.Read("groups.txt").ToDictionary(c => c[0], c => Sent.Object(Spelled(c[1])));

    /// <summary>A text of a table with the ids that u1 and g1 stand for, and the URNs.</summary>
    internal static string Spelled(string text) =>
        Names().Replace(CaseBlock.Spelled(text), m => $"{(m.Groups[1].Value == "u" ? GroupLife.U(m.Groups[2].Value[0] - '0') : GroupLife.G(m.Groups[2].Value[0] - '0'))}");

    internal static IEnumerable<string> InMemory(CheckedFilter filter) =>
        All.Where(g => FilterEvaluator.Matches(filter, g.Value)).Select(g => g.Key);

    [GeneratedRegex(@"\b([ug])([1-9])\b")]
    private static partial Regex Names();
}

/// <summary>The one case table of filters on groups.</summary>
public class GroupFilterCases
{
    public static TheoryData<string, string, bool> Answered() => Rows(refused: false);

    public static TheoryData<string, string, bool> Refused() => Rows(refused: true);

    [Fact]
    public void There_are_as_many_cases_as_the_decisions_have_clauses() => Assert.True(Answered().Count >= 60, $"{Answered().Count}");

    [Theory, MemberData(nameof(Answered))]
    public void A_filter_finds_in_memory_which_groups_the_table_says(string filter, string expected, bool repaired)
    {
        var notes = new Notes();
        Assert.Equal(expected, string.Join(' ', Crews.InMemory(Check(filter, notes))));
        Assert.Equal(repaired, notes.Repairs.Count > 0);
        if (repaired) Assert.Equal("invalidFilter", Assert.Throws<ScimException>(() => Check(filter, new Notes(strict: true))).ScimType);
        else Check(filter, new Notes(strict: true));
    }

    [Theory, MemberData(nameof(Refused))]
    public void A_filter_is_refused_at_the_place_that_the_table_says(string filter, string expected, bool repaired)
    {
        Assert.False(repaired);
        var refusal = Assert.Throws<ScimException>(() => Check(filter, new Notes()));
        Assert.Equal((400, expected.Split('@')[0]), (refusal.Status, refusal.ScimType));
        Assert.Matches($@"position {expected.Split('@')[1]}\b", refusal.Message);
    }

    [Fact]
    public void The_match_document_of_a_group_holds_its_key() =>
        Assert.Equal("""{"externalId":"ext-a","displayName":"tour guides"}""", Domain.Protocol.Filters.Match.Of(Crews.All["A"].Without("members"), Crews.Type).ToString());

    static CheckedFilter Check(string filter, Notes notes) => People.Check(filter, notes, Crews.Type);

    static TheoryData<string, string, bool> Rows(bool refused)
    {
        var rows = new TheoryData<string, string, bool>();
        foreach (var cells in CaseTable.Read("group-filters.txt"))
        {
            if (cells[1].Contains('@', StringComparison.Ordinal) != refused) continue;
            var expected = cells[1] switch { "*" => string.Join(' ', Crews.All.Keys), "-" => "", var some => some };
            rows.Add(Crews.Spelled(cells[0]), expected, cells.Length > 2);
        }
        return rows;
    }
}
