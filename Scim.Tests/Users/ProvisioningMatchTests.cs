using Scim.Domain.Protocol;
using Scim.Domain.Users;

namespace Scim.Tests.Users;

public class ProvisioningMatchTests
{
    public static TheoryData<string> Rows() =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Users", "Cases", "matches.txt")).Where(l => l.Length > 0 && l[0] != '#')];

    [Theory, MemberData(nameof(Rows))]
    public void A_POST_means(string row)
    {
        var cells = row.Split('|', StringSplitOptions.TrimEntries);
        var people = cells[0].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Person).ToArray();
        string answer;
        try
        {
            var found = ProvisioningMatch.Find([.. people.Select(p => p.Candidate)], cells[1].Length > 0 ? cells[1] : null, bool.Parse(cells[2]));
            answer = found is null ? "new" : people.Single(p => p.Candidate.Id == found).Letter;
        }
        catch (ScimException e)
        {
            Assert.Equal(("uniqueness", 409), (e.ScimType, e.Status));
            answer = $"409 {e.Message}";
        }
        var expected = cells[3];
        if (expected.StartsWith("409 ", StringComparison.Ordinal)) Assert.Contains(expected[4..] == "changes nothing" ? "would change nothing" : expected[4..], answer, StringComparison.Ordinal);
        else Assert.Equal(expected, answer);
    }

    static (string Letter, Candidate Candidate) Person(string text)
    {
        var (letter, flags) = (text[..1], text[2..]);
        bool Has(char flag) => flags.Contains(flag, StringComparison.Ordinal);
        var externalId = Has('X') ? "X" : Has('Y') ? "Y" : null;
        var at = DateTimeOffset.UnixEpoch.AddDays(char.IsDigit(flags[^1]) ? flags[^1] - '0' : 5);
        return (letter, new Candidate(Guid.CreateVersion7(), Has('N'), externalId, Has('a'), Has('s'), true, Has('i') ? at : null));
    }
}
