using System.Text.Json;
using Scim.Api.EventStore;
using Scim.Api.Provisioning;
using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Users;

namespace Scim.Tests.Faults.Checking;

/// <summary>What must hold between the stored rows, whoever wrote them.</summary>
internal static class StoredChecks
{
    internal static IEnumerable<Violation> Of(Histories histories) =>
        [.. histories.Violations, .. Versions(histories), .. Commits(histories), .. Chains(histories), .. Directory(histories), .. Groups(histories), .. Members(histories), .. Organizations(histories), .. Tenants(histories)];

    static IEnumerable<Violation> Versions(Histories histories)
    {
        var heads = histories.Rows.Streams.ToLookup(s => s.Id);
        foreach (var (id, stream) in histories.Streams)
        {
            if (!stream.Select(e => e.Version).SequenceEqual(Enumerable.Range(1, stream.Count).Select(v => (long)v)))
                yield return new(Invariant.VersionsHaveNoGap, $"The events of {id} are numbered {string.Join(",", stream.Select(e => e.Version))}.");
            if (heads[id].Select(h => h.Version) is var found && !found.SequenceEqual([stream[^1].Version]))
                yield return new(Invariant.VersionsHaveNoGap, $"The stream {id} ends at {stream[^1].Version}; its rows say {string.Join(",", found)}.");
        }
        foreach (var head in histories.Rows.Streams.Where(s => !histories.Streams.ContainsKey(s.Id)))
            yield return new(Invariant.VersionsHaveNoGap, $"The stream {head.Id} has no event.");
    }

    static IEnumerable<Violation> Commits(Histories histories)
    {
        var covered = new HashSet<(Guid, long)>();
        foreach (var commit in histories.Rows.Commits)
        {
            for (var version = commit.From; version <= commit.To; version++)
            {
                if (!covered.Add((commit.Stream, version))) yield return new(Invariant.EveryEventHasItsCommit, $"Event {version} of {commit.Stream} is of two commits.");
                if (!histories.Streams.TryGetValue(commit.Stream, out var stream) || !stream.Any(e => e.Version == version && e.TenantId == commit.Tenant))
                    yield return new(Invariant.EveryEventHasItsCommit, $"The commit {commit.Command} has no event {version} of {commit.Stream}.");
            }
            if (commit.From > commit.To || commit.Request != commit.Command) yield return new(Invariant.EveryEventHasItsCommit, $"The commit {commit} is none of a request.");
        }
        foreach (var e in histories.Rows.Events.Where(e => !covered.Contains((e.StreamId, e.Version))))
            yield return new(Invariant.EveryEventHasItsCommit, $"Event {e.Version} of {e.StreamId} has no commit.");
        foreach (var twice in histories.Rows.Commits.GroupBy(c => c.Ord).Where(g => g.Count() > 1))
            yield return new(Invariant.EveryEventHasItsCommit, $"The number {twice.Key} was given to {twice.Count()} commits.");
    }

    static IEnumerable<Violation> Chains(Histories histories)
    {
        foreach (var (id, stream) in histories.Streams)
        {
            ReadOnlyMemory<byte> previous = Chain.Genesis;
            foreach (var e in stream)
            {
                var hash = Chain.Hash(previous.Span, e);
                if (Convert.ToBase64String(hash) != e.Headers.GetValueOrDefault(Chain.HashHeader)) yield return new(Invariant.HistoryIsChained, $"The hash of event {e.Version} of {id} is another.");
                previous = hash;
            }
        }
    }

    static IEnumerable<Violation> Directory(Histories histories)
    {
        var live = histories.People.Where(p => p.Value is not null).ToDictionary(p => p.Key, p => p.Value!);
        foreach (var row in histories.Rows.Users)
        {
            if (!live.Remove(row.Id, out var folded))
            {
                yield return new(Invariant.DirectoryIsTheFold, $"The person {row.Id} stands in the directory and not in the history.");
                continue;
            }
            var found = JsonSerializer.Deserialize<User>(row.Data, EventStoreOptions.Json)!;
            var isSame = found with { Sources = [] } == folded with { Sources = [] } && found.Sources.SequenceEqual(folded.Sources);
            string?[] keys = [folded.UserNameKey, folded.ExternalId, folded.DisplayNameKey, folded.FamilyNameKey];
            if (row.Version != folded.Version || !isSame || !row.Columns.SequenceEqual(keys))
                yield return new(Invariant.DirectoryIsTheFold, $"The person {row.Id} is at version {row.Version} ({(isSame ? "the same" : "another")} document, columns {string.Join(", ", row.Columns.Zip(keys, (a, b) => a == b ? "same" : "other"))}); the history says {folded.Version}.");
        }
        foreach (var id in live.Keys) yield return new(Invariant.DirectoryIsTheFold, $"The person {id} is missing in the directory.");
    }

    static IEnumerable<Violation> Groups(Histories histories)
    {
        var live = histories.Groups.Where(g => g.Value.Group is not null).ToDictionary(g => g.Key, g => g.Value.Group!);
        foreach (var row in histories.Rows.Groups)
        {
            if (!live.Remove(row.Id, out var folded))
            {
                yield return new(Invariant.DirectoryIsTheFold, $"The group {row.Id} stands in the directory and not in the history.");
                continue;
            }
            var isSame = JsonSerializer.Deserialize<Group>(row.Data, EventStoreOptions.Json)! == folded;
            if (row.Version != folded.Version || !isSame || !row.Columns.SequenceEqual([folded.DisplayNameKey, folded.ExternalId]))
                yield return new(Invariant.DirectoryIsTheFold, $"The group {row.Id} is at version {row.Version} ({(isSame ? "the same" : "another")} document); the history says {folded.Version}.");
        }
        foreach (var id in live.Keys) yield return new(Invariant.DirectoryIsTheFold, $"The group {id} is missing in the directory.");
    }

    // The rows of members are the fold of their groups, and everybody in them is there.
    static IEnumerable<Violation> Members(Histories histories)
    {
        var rows = histories.Rows.Members.ToLookup(m => m.Group);
        foreach (var id in histories.Groups.Keys.Union(rows.Select(r => r.Key)))
        {
            var (group, members) = histories.Groups.GetValueOrDefault(id, (null, Membership.None));
            var found = rows[id].ToDictionary(m => m.Member, m => m.IsGroup);
            if (found.Count != members.IsGroup.Count || members.IsGroup.Any(m => !found.TryGetValue(m.Key, out var isGroup) || isGroup != m.Value))
                yield return new(Invariant.DirectoryIsTheFold, $"The rows of {id} name {found.Count} members; the history says {members.IsGroup.Count}.");
            if (group is not null && group.MemberCount != members.IsGroup.Count) yield return new(Invariant.DirectoryIsTheFold, $"The group {id} counts {group.MemberCount} members and has {members.IsGroup.Count}.");
        }
        var people = histories.Rows.Users.ToDictionary(u => u.Id, u => u.Tenant);
        var groups = histories.Rows.Groups.ToDictionary(g => g.Id, g => g.Tenant);
        foreach (var row in histories.Rows.Members)
        {
            if ((row.IsGroup ? groups : people).GetValueOrDefault(row.Member) is not { } tenant) yield return new(Invariant.MembersAreThere, $"{row.Member} is a member of {row.Group} and not in the directory.");
            else if (tenant != row.Tenant) yield return Crosses($"{row.Member} of {tenant} is a member of {row.Group} of {row.Tenant}.");
            if (row.Member == row.Group) yield return new(Invariant.MembersAreThere, $"The group {row.Group} is a member of itself.");
        }
    }

    static IEnumerable<Violation> Organizations(Histories histories)
    {
        var rows = histories.Rows.Organizations.ToDictionary(r => r.Id);
        foreach (var (id, folded) in histories.Organizations)
        {
            var found = rows.Remove(id, out var row) ? JsonSerializer.Deserialize<Organization>(row.Data, EventStoreOptions.Json) : null;
            if (found is null || found with { Tokens = [], Keys = [], Staff = [] } != folded! with { Tokens = [], Keys = [], Staff = [] }
                || !found.Tokens.SequenceEqual(folded.Tokens) || !found.Keys.SequenceEqual(folded.Keys) || !found.Staff.SequenceEqual(folded.Staff) || row!.Version != folded.Version)
                yield return new(Invariant.DirectoryIsTheFold, $"The organization {id} is not what the history makes of it.");
        }
        foreach (var id in rows.Keys) yield return new(Invariant.DirectoryIsTheFold, $"The organization {id} has no history.");
    }

    static IEnumerable<Violation> Tenants(Histories histories)
    {
        var rows = histories.Rows;
        var owners = rows.Streams.GroupBy(s => s.Id).ToDictionary(s => s.Key, s => s.First().Tenant);
        // Members of staff have keys and no streams: they stand in their organization's.
        foreach (var (id, organization) in histories.Organizations)
            foreach (var member in organization?.Staff ?? []) owners.TryAdd(member.Id, id.ToString("D"));
        foreach (var twice in rows.Streams.GroupBy(s => s.Id).Where(s => s.Count() > 1))
            yield return Crosses($"The stream {twice.Key} belongs to {string.Join(" and ", twice.Select(s => s.Tenant))}.");
        var named = rows.Events.Select(e => ("event", e.StreamId, e.TenantId)).Concat(rows.Commits.Select(c => ("commit", c.Stream, c.Tenant)))
            .Concat(rows.Keys.Select(k => ("key", k.Person, k.Tenant))).Concat(rows.Users.Select(u => ("person", u.Id, u.Tenant))).Concat(rows.Groups.Select(g => ("group", g.Id, g.Tenant))).Concat(rows.Members.Select(m => ("member", m.Group, m.Tenant))).Concat(rows.Organizations.Select(o => ("organization", o.Id, o.Tenant)));
        foreach (var (kind, stream, tenant) in named.Distinct())
        {
            if (owners.GetValueOrDefault(stream) != tenant) yield return Crosses($"The {kind} of {stream} is of {tenant}, its stream of {owners.GetValueOrDefault(stream) ?? "nobody"}.");
            if (!rows.Placed.Contains(tenant)) yield return Crosses($"The {kind} of {stream} is of {tenant}, which is no organization.");
        }
        foreach (var (id, organization) in histories.Organizations.Where(o => owners.GetValueOrDefault(o.Key) != o.Key.ToString("D")))
            yield return Crosses($"The organization {id} \"{organization?.Name}\" is another's stream.");
        foreach (var person in histories.People.Values.OfType<User>())
            if (UserAnswer.ManagerOf(person.Resource) is { } manager && owners.TryGetValue(manager, out var other) && owners.TryGetValue(person.Id, out var own) && own != other)
                yield return Crosses($"The manager of {person.Id} is another organization's.");
    }

    static Violation Crosses(string what) => new(Invariant.NothingCrossesOrganizations, what);
}
