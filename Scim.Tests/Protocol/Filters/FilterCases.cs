using Scim.Domain.Dialects;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Protocol.Filters;

/// <summary>The one case table of filters, through memory and through SQL.</summary>
public class FilterCases
{
    public static TheoryData<string, string, bool> Answered() => Rows(refused: false);

    public static TheoryData<string, string, bool> Refused() => Rows(refused: true);

    [Theory, MemberData(nameof(Answered))]
    public void A_filter_finds_in_memory_whom_the_table_says(string filter, string expected, bool repaired)
    {
        var notes = new Notes();
        Assert.Equal(expected, string.Join(' ', People.InMemory(People.Check(filter, notes))));
        Assert.Equal(repaired, notes.Repairs.Count > 0);
        if (repaired) Assert.Equal("invalidFilter", Assert.Throws<ScimException>(() => People.Check(filter, new Notes(strict: true))).ScimType);
        else Assert.Equal(expected, string.Join(' ', People.InMemory(People.Check(filter, new Notes(strict: true)))));
    }

    [Fact]
    public void What_is_forgiven_is_named()
    {
        foreach (var cells in CaseTable.Read("notes.txt"))
        {
            var notes = new Notes();
            People.Check(cells[0], notes);
            Assert.Equal(cells[1], string.Join(", ", notes.Repairs));
            Assert.Equal("invalidFilter", Assert.Throws<ScimException>(() => People.Check(cells[0], new Notes(strict: true))).ScimType);
        }
    }

    [Fact]
    public async Task A_filter_finds_in_SQL_whom_the_table_says()
    {
        await using var table = await PeopleTable.With(People.All.Values, People.Type);
        var wrong = new List<string>();
        foreach (var (filter, expected, _) in Answered().Select(r => r.Data))
        {
            var ids = await table.Ids(People.Check(filter));
            var found = string.Join(' ', People.All.Where(p => ids.Contains(People.IdOf(p.Value))).Select(p => p.Key));
            if (found != expected) wrong.Add($"{filter}: {found} instead of {expected}");
        }
        Assert.Empty(wrong);
    }

    [Theory, MemberData(nameof(Refused))]
    public void A_filter_is_refused_at_the_place_that_the_table_says(string filter, string expected, bool repaired)
    {
        Assert.False(repaired);
        var refusal = Assert.Throws<ScimException>(() => People.Check(filter));
        var (type, position) = (expected.Split('@')[0], expected.Split('@')[1]);
        Assert.Equal((400, type), (refusal.Status, refusal.ScimType));
        Assert.Matches($@"position {position}\b", refusal.Message);
        Assert.Equal((400, type), (Assert.Throws<ScimException>(() => People.Check(filter, new Notes(strict: true))) is var strict ? strict.Status : 0, strict.ScimType));
    }

    [Theory, MemberData(nameof(Answered))]
    public void A_filter_prints_itself_back(string filter, string expected, bool repaired)
    {
        _ = (expected, repaired);
        var tree = FilterParser.Parse(filter, People.Type, new Notes());
        var again = FilterParser.Parse(tree.ToString(), People.Type, new Notes());
        Assert.Equal(tree, again);
        Assert.Equal(tree.ToString(), again.ToString());
    }

    [Theory]
    [InlineData("size gt 5 or userName eq \"f\"", "F")]
    [InlineData("size ne 5 and userName eq \"f\"", "F")]
    [InlineData("size eq null and not (size pr) and userName eq \"f\"", "F")]
    [InlineData("urn:acme:Thing:size eq 5", "")]
    public async Task What_only_another_type_has_is_absent_here(string filter, string expected)
    {
        var thing = new ResourceType("Thing", "/Things", "", new Schema("urn:acme:Thing", "Thing", "", [new("size", AttributeType.Integer, "")]), []);
        var check = FilterChecker.Check(FilterParser.Parse(filter, People.Type, new Notes()), People.Type, new Notes(), People.Type, thing);
        Assert.Equal(expected, string.Join(' ', People.InMemory(check)));
        await using var table = await PeopleTable.With(People.All.Values, People.Type);
        Assert.Equal(People.InMemory(check).Select(l => People.IdOf(People.All[l])), await table.Ids(check));
    }

    static TheoryData<string, string, bool> Rows(bool refused)
    {
        var rows = new TheoryData<string, string, bool>();
        foreach (var cells in CaseTable.Read("filters.txt"))
        {
            if (cells[1].Contains('@', StringComparison.Ordinal) != refused) continue;
            var expected = cells[1] switch { "*" => string.Join(' ', People.All.Keys), "-" => "", var some => some };
            rows.Add(cells[0], refused ? expected : string.Join(' ', expected.Split(' ').Order(StringComparer.Ordinal)), cells.Length > 2);
        }
        return rows;
    }
}
