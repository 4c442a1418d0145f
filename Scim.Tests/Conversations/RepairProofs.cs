using Scim.Domain.Dialects;

namespace Scim.Tests.Conversations;

/// <summary>Nothing is forgiven that no identity provider was seen to need.</summary>
public class RepairProofs
{
    /// <summary>What the RFCs leave open leaves no note; these steps show it.</summary>
    static readonly Dictionary<Repair, string> Shown = new()
    {
        [Repairs.PasswordDropped] = "okta/wizard: Create, with a password that nobody asked for",
        [Repairs.ReadOnlyIgnored] = "okta/wizard: Her profile changes: read, then write",
        [Repairs.ReadOnlyInPatchValue] = "okta/network: A profile update by PATCH, the id inside the value",
        [Repairs.Unassigned] = "okta/unknown-and-empty: null, \"\", [] and what holds nothing else clear",
        [Repairs.Redundant] = "okta/wizard: The same once more changes nothing",
    };

    static readonly Conversation[] Conversations = [.. Conversation.Names.Select(Conversation.Read)];

    [Fact]
    public void Every_repair_that_is_noted_is_noted_in_a_conversation()
    {
        var noted = Conversations.SelectMany(Noted).ToHashSet();
        Assert.Empty(KnownRepairs.All.Where(r => r.IsNoted).Where(r => !noted.Contains(r.Name)).Select(r => r.Name));
    }

    [Fact]
    public void Every_repair_that_is_not_noted_is_shown_by_a_step()
    {
        var steps = Conversations.SelectMany(c => c.Parts.Select(p => $"{c.Name}: {p.Step}")).ToHashSet();
        Assert.Empty(KnownRepairs.All.Where(r => !r.IsNoted && !(Shown.TryGetValue(r, out var step) && steps.Contains(step))).Select(r => r.Name));
    }

    [Fact]
    public void A_repair_that_names_a_conversation_is_noted_there()
    {
        foreach (var repair in KnownRepairs.All.Except(Repairs.All))
            Assert.Contains(repair.Name, Noted(Conversation.Read(repair.Proof)));
    }

    [Fact]
    public void What_a_conversation_notes_is_known() => Assert.Empty(Conversations.SelectMany(Noted).Except(KnownRepairs.Names));

    [Fact]
    public void No_two_repairs_share_a_name() => Assert.Equal(KnownRepairs.All.Count, KnownRepairs.Names.Count);

    static IEnumerable<string> Noted(Conversation conversation)
    {
        foreach (var part in conversation.Parts)
        {
            if (part.Kind == "~") yield return part.Text;
            if (part.Kind != "=") continue;
            foreach (var line in part.Lines.Where(l => l.Contains(" ~ ", StringComparison.Ordinal)))
                foreach (var name in line.Split(" ~ ")[1].Split(" ? ")[0].Split("; ")) yield return name;
        }
    }
}
