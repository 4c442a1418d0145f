using System.Text.RegularExpressions;

namespace Scim.Tests.Conversations;

/// <summary>Holds <c>docs/dialects.md</c>: what every provider sends, what is done with it, what proves it.</summary>
public partial class DialectsPage
{
    static readonly string Text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "dialects.md"));

    static readonly string[][] Rows = [.. Text.Split('\n').Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(l => l.Trim('|', ' ').Split(" | "))];

    [Fact]
    public void It_has_a_row_for_everything_that_providers_were_seen_to_do() => Assert.Equal(51, Rows.Length);

    [Fact]
    public void Every_row_names_proofs_and_every_proof_exists()
    {
        Assert.All(Rows, row => Assert.Equal(4, row.Length));
        Assert.All(Rows, row => Assert.NotEmpty(Quoted().Matches(row[3])));
        Assert.Empty(Proofs.Missing(Rows.SelectMany(row => Quoted().Matches(row[3]).Select(m => m.Groups[1].Value))));
    }

    [Fact]
    public void Every_repair_stands_there_and_nothing_else_is_called_one()
    {
        var named = Rows.SelectMany(row => Emphasised().Matches(row[2]).Select(m => m.Groups[1].Value)).ToHashSet();
        Assert.Empty(KnownRepairs.Names.Except(named));
        Assert.Empty(named.Except(KnownRepairs.Names));
    }

    [Fact]
    public void Every_folder_of_conversations_is_a_provider_of_it()
    {
        var quoted = Quoted().Matches(Text).Select(m => m.Groups[1].Value.Split('/')[0]).ToHashSet();
        Assert.Empty(Conversation.Names.Select(n => n.Split('/')[0]).Distinct().Except(quoted));
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"(?<!\*)\*([^*]+)\*(?!\*)")]
    private static partial Regex Emphasised();
}
