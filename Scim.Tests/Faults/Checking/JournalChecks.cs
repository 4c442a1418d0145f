namespace Scim.Tests.Faults.Checking;

/// <summary>What clients were told, held against what is stored.</summary>
internal static class JournalChecks
{
    /// <summary>A revoked token is refused within a second; three are allowed.</summary>
    internal static readonly TimeSpan ShutOut = TimeSpan.FromSeconds(3 * 1);

    /// <param name="isComplete">Whether nobody else wrote to the journal's organizations, so that each commit about a person or a group must have its operation.</param>
    internal static IEnumerable<Violation> Of(ClientJournal journal, Histories histories, bool isComplete)
    {
        var entries = journal.Entries.ToArray();
        var commits = histories.Rows.Commits.ToLookup(c => (c.Tenant, c.Command));
        var operations = OperationsOf(histories);
        return [
            .. entries.Where(e => e.IsWrite).SelectMany(e => Stored(e, e.RequestId is { } r ? [.. commits[(e.Organization.ToString("D"), r)]] : [], histories)),
            .. entries.Where(e => e.IsWrite).SelectMany(e => ByOperation(e, operations)),
            .. isComplete ? Unasked(entries, histories) : [],
            .. Reads(entries, histories), .. Revoked(journal, entries),
            .. entries.Where(e => e.Breach is not null).Select(e => new Violation(Invariant.AnswersObeyTheContract, $"{e}: {e.Breach}")),
        ];
    }

    static IEnumerable<Violation> Stored(Entry entry, CommitRow[] commits, Histories histories)
    {
        // Who leaves the directory leaves groups in the same commit.
        if (entry.Verb != HttpMethod.Delete && commits.Length > 1) yield return new(Invariant.NothingIsStoredTwice, $"{entry} has {commits.Length} commits.");
        if (entry.Outcome == Outcome.Refused && commits.Length > 0) yield return new(Invariant.RefusedIsNotStored, $"{entry} was refused and has events.");
        if (entry.Outcome != Outcome.Acked) yield break;
        if (commits.Length == 0)
        {
            // Only what changed nothing has none: the person was at that version, and as it was wished.
            if (entry.Verb == HttpMethod.Post || entry.Verb == HttpMethod.Delete) yield return new(Invariant.AcknowledgedIsStored, $"{entry} was acknowledged and is not stored.");
            else if (entry is { Version: { } version } && (entry.Person ?? entry.Group) is { } stream && !IsMet(entry, stream, version, histories))
                yield return new(Invariant.AcknowledgedIsStored, $"{entry} was acknowledged at version {version}, is not stored, and was not so before.");
            yield break;
        }
        var subject = entry.Person ?? entry.Group;
        var commit = Array.Find(commits, c => c.Stream == subject) ?? commits[0];
        if (subject is { } id && commit.Stream != id) yield return new(Invariant.AnswersAreTrue, $"{entry} changed {commit.Stream}.");
        if (entry.Version < commit.To || entry.Version is { } shown && !histories.Has(commit.Stream, shown)) yield return new(Invariant.AnswersAreTrue, $"{entry} shows version {entry.Version}, its commit made {commit.To}.");
        var isGone = histories.GroupAt(commit.Stream, commit.To) is null && histories.PersonAt(commit.Stream, commit.To) is null;
        if (entry.Verb == HttpMethod.Delete ? !isGone : !IsMet(entry, commit.Stream, commit.To, histories))
            yield return new(Invariant.AnswersAreTrue, $"{entry} left something else than was asked for.");
    }

    static bool IsMet(Entry entry, Guid stream, long version, Histories histories) => entry.IsGroups
        ? histories.GroupAt(stream, version) is { } group && (entry.Wish as GroupWish)?.IsMetBy(group, histories.MembersAt(stream, version)) != false
        : histories.PersonAt(stream, version) is { } person && (entry.Wish as Wish)?.IsMetBy(person) != false;

    // By the client's own id, which events carry: also what was never answered.
    static IEnumerable<Violation> ByOperation(Entry entry, ILookup<string, Guid> operations)
    {
        if (entry.Wish is null) yield break;
        var commands = operations[entry.Operation.ToString("D")].ToArray();
        if (commands.Length > 1) yield return new(Invariant.NothingIsStoredTwice, $"{entry} was carried out {commands.Length} times.");
        if (entry.Outcome == Outcome.Refused && commands.Length > 0) yield return new(Invariant.RefusedIsNotStored, $"{entry} was refused and carried out.");
        if (entry.RequestId is { } request && commands.Any(c => c != request)) yield return new(Invariant.AnswersAreTrue, $"{entry} was carried out under another request id.");
    }

    static IEnumerable<Violation> Unasked(Entry[] entries, Histories histories)
    {
        var known = entries.Select(e => e.Operation.ToString("D")).ToHashSet();
        var organizations = entries.Select(e => e.Organization.ToString("D")).ToHashSet();
        return histories.Rows.Events.Where(e => organizations.Contains(e.TenantId) && (e.Type.StartsWith("user_", StringComparison.Ordinal) || e.Type.StartsWith("group_", StringComparison.Ordinal)) && !known.Contains(e.Headers.GetValueOrDefault("providerRequest") ?? ""))
            .Select(e => new Violation(Invariant.NothingIsStoredUnasked, $"Event {e.Version} of {e.StreamId} is of no operation of the journal."));
    }

    // Whatever began after an answer shows at least that answer's version, on whichever node; a change shows a later one.
    static IEnumerable<Violation> Reads(Entry[] entries, Histories histories)
    {
        var telling = entries.Where(e => (e.Person ?? e.Group) is not null && (e.Outcome == Outcome.Acked && (e.IsWrite || e.Version is not null) || e is { Status: 404, IsReadOfOne: true }));
        foreach (var one in telling.GroupBy(e => (e.Organization, Stream: (e.Person ?? e.Group)!.Value)))
        {
            var (begun, ended) = (one.OrderBy(e => e.Sent), one.OrderBy(e => e.Ended).ToArray());
            var (floor, isGone, at) = (0L, false, 0);
            foreach (var entry in begun)
            {
                for (; at < ended.Length && ended[at].Ended <= entry.Sent; at++)
                {
                    floor = Math.Max(floor, ended[at].Version ?? 0);
                    isGone |= ended[at].Verb == HttpMethod.Delete && ended[at].Outcome == Outcome.Acked;
                }
                if (isGone && entry.Status != 404) yield return new(Invariant.ReadsAreNeverOlder, $"{entry} shows somebody whose deletion was acknowledged before.");
                if (entry.Version < floor) yield return new(Invariant.ReadsAreNeverOlder, $"{entry} shows version {entry.Version} after {floor} was shown.");
                if (entry.Version is { } shown && !histories.Has(one.Key.Stream, shown)) yield return new(Invariant.ReadsAreNeverOlder, $"{entry} shows version {shown}, which is not stored.");
                if (entry.Status == 404 && (histories.People.GetValueOrDefault(one.Key.Stream) ?? (object?)histories.Groups.GetValueOrDefault(one.Key.Stream).Group) is not null && histories.Streams[one.Key.Stream][0].TenantId == entry.Organization.ToString("D")) yield return new(Invariant.ReadsAreNeverOlder, $"{entry} denies somebody who is there.");
            }
        }
    }

    static IEnumerable<Violation> Revoked(ClientJournal journal, Entry[] entries) =>
        from revocation in journal.Revocations
        from entry in entries
        where entry.Token == revocation.Token && entry.Outcome == Outcome.Acked && entry.Sent > revocation.At + ShutOut
        select new Violation(Invariant.RevokedIsShutOut, $"{entry} was accepted {entry.Sent - revocation.At} after its token was revoked.");

    static ILookup<string, Guid> OperationsOf(Histories histories)
    {
        var commandOf = new Dictionary<(Guid, long), Guid>();
        foreach (var commit in histories.Rows.Commits)
            for (var version = commit.From; version <= commit.To; version++) commandOf[(commit.Stream, version)] = commit.Command;
        return histories.Rows.Events.Where(e => e.Headers.ContainsKey("providerRequest"))
            .Select(e => (Operation: e.Headers["providerRequest"], Command: commandOf.GetValueOrDefault((e.StreamId, e.Version)))).Distinct().ToLookup(p => p.Operation, p => p.Command);
    }
}
