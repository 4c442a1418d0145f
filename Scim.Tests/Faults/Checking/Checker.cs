using Scim.Api.EventStore.Sealing;

namespace Scim.Tests.Faults.Checking;

/// <summary>
/// The one checker of every run in which something fails: reads the rows as they are stored, and proves what must hold
/// of them and of what clients were told. It writes nothing.
/// </summary>
internal static class Checker
{
    internal static readonly MasterKey OwnMasterKey = new(Convert.FromBase64String(OwnDatabase.MasterKey));

    /// <summary>Every violation there is; none is what a run asserts.</summary>
    internal static IReadOnlyList<Violation> Check(StoredRows rows, MasterKey master, ClientJournal? journal, bool isComplete = false)
    {
        var histories = new Histories(rows, master);
        return [.. StoredChecks.Of(histories), .. OrderChecks.Of(histories), .. journal is null ? [] : JournalChecks.Of(journal, histories, isComplete)];
    }

    /// <summary>The end of a fault run on a database of its own, to which only the journal's clients wrote: prints its line of figures and proves that nothing is violated.</summary>
    /// <param name="name">The run's, as docs/reliability.md names it.</param>
    /// <param name="faults">What was done to it, such as <c>10 kills</c>.</param>
    internal static async Task Prove(OwnDatabase database, ClientJournal journal, string name, string faults, IReadOnlyCollection<TimeSpan>? recoveries = null, bool isComplete = true)
    {
        var found = Check(await StoredRows.Read(database.Superuser), OwnMasterKey, journal, isComplete);
        TestRun.Print($"| {name} | {faults} | {Verdict.Of(journal, found)} | {Recovered(recoveries)} | {TestRun.Seed} |");
        AssertNone(found);
    }

    static string Recovered(IReadOnlyCollection<TimeSpan>? recoveries) => recoveries is not { Count: > 0 }
        ? "- | -"
        : $"{recoveries.Order().ElementAt(recoveries.Count / 2).TotalSeconds:0.0} | {recoveries.Max().TotalSeconds:0.0}";

    internal static void AssertNone(IReadOnlyList<Violation> violations) =>
        Assert.True(violations.Count == 0, $"{violations.Count} violations:\n{string.Join('\n', violations.GroupBy(v => v.Invariant).SelectMany(g => g.Take(5)))}");
}

/// <summary>The figures of a run.</summary>
internal sealed record Verdict(int Operations, int Acked, int Refused, int Unknown, int Lost, int Doubled)
{
    internal static Verdict Of(ClientJournal journal, IReadOnlyList<Violation> violations)
    {
        var entries = journal.Entries.ToArray();
        return new(entries.Length, Count(Outcome.Acked), Count(Outcome.Refused), Count(Outcome.Unknown),
            violations.Count(v => v.Invariant == Invariant.AcknowledgedIsStored), violations.Count(v => v.Invariant == Invariant.NothingIsStoredTwice));

        int Count(Outcome outcome) => entries.Count(e => e.Outcome == outcome);
    }

    /// <summary>As cells of a table.</summary>
    public override string ToString() => string.Join(" | ", new[] { Operations, Acked, Refused, Unknown, Lost, Doubled }.Select(n => n.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)));
}
