using Scim.Domain.Groups;
using Scim.Domain.Organizations;
using Scim.Domain.Users;

namespace Scim.Tests.Faults.Checking;

/// <summary>What must hold after every commit of the past, in the order in which commits took their numbers.</summary>
internal static class OrderChecks
{
    internal static IEnumerable<Violation> Of(Histories histories) => [.. Names(histories), .. Tokens(histories), .. Revocations(histories)];

    static IEnumerable<Violation> Names(Histories histories)
    {
        var versions = new Dictionary<Guid, long>();
        var holders = new Dictionary<(string Tenant, bool IsGroup, string Key), Guid>();
        var keys = new Dictionary<Guid, string>();
        foreach (var commit in histories.Rows.Commits)
            for (var version = commit.From; version <= commit.To; version++)
            {
                if (versions.GetValueOrDefault(commit.Stream) + 1 != version)
                    yield return new(Invariant.VersionsHaveNoGap, $"The commit numbered {commit.Ord} brings event {version} of {commit.Stream} after {versions.GetValueOrDefault(commit.Stream)}.");
                versions[commit.Stream] = version;
                var e = histories.At(commit.Stream, version)?.Event;
                if (e is not (UserEvent or GroupEvent)) continue;
                var isGroup = e is GroupEvent;
                if (keys.Remove(commit.Stream, out var left)) holders.Remove((commit.Tenant, isGroup, left));
                if ((isGroup ? histories.GroupAt(commit.Stream, version)?.DisplayNameKey : histories.PersonAt(commit.Stream, version)?.UserNameKey) is not { } key) continue;
                keys[commit.Stream] = key;
                if (!holders.TryAdd((commit.Tenant, isGroup, key), commit.Stream))
                    yield return new(Invariant.OneHolderOfAName, $"After event {version} of {commit.Stream} its name is also that of {holders[(commit.Tenant, isGroup, key)]}.");
            }
    }

    static IEnumerable<Violation> Tokens(Histories histories)
    {
        foreach (var id in histories.Organizations.Keys)
        {
            Organization? folded = null;
            foreach (var e in histories.Streams[id])
            {
                if (histories.At(id, e.Version) is not { Event: OrganizationEvent of } opened) continue;
                folded = Organization.Fold(folded, of, opened.Fact);
                if (folded?.Tokens.Count(t => t.IsLive(e.Timestamp)) > Organization.MaxLiveTokens)
                    yield return new(Invariant.TwoLiveTokens, $"The organization {id} has {folded.Tokens.Count(t => t.IsLive(e.Timestamp))} live tokens after event {e.Version}.");
            }
        }
    }

    // The service's clock on both sides; a second is the promise, three are asserted.
    static IEnumerable<Violation> Revocations(Histories histories)
    {
        var ends = histories.Organizations.Values.SelectMany(o => o!.Tokens).Where(t => t.RevokedAt is not null).ToDictionary(t => t.Id.ToString("D"), t => t.RevokedAt!.Value);
        return histories.Rows.Events.Where(e => e.Headers.GetValueOrDefault("token") is { } token && ends.TryGetValue(token, out var end) && e.Timestamp > end + JournalChecks.ShutOut)
            .Select(e => new Violation(Invariant.RevokedIsShutOut, $"Event {e.Version} of {e.StreamId} came by a token that was revoked {e.Timestamp - ends[e.Headers["token"]]} before."));
    }
}
