using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using Scim.Api.EventStore.Positions;

namespace Scim.Api.Audit.Timeline;

/// <summary>
/// What one watcher is sent: first from the database what it has not seen, then what is new. A message is a command with
/// its events, and its id the command's position, so that whoever resumes by the last id has each command once.
/// </summary>
internal sealed class LiveStream(LiveFeed feed, Moments moments, TimelineReader timeline, TimeProvider clock)
{
    /// <summary>The type of messages that say only up to where nothing came; they carry that position as their id.</summary>
    internal const string Heartbeat = "heartbeat";

    static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>Ends when the token says so, when the watcher is too slow, or when the store fails; a watcher resumes then.</summary>
    /// <param name="seen">The last position that the watcher has seen.</param>
    internal async IAsyncEnumerable<SseItem<byte[]>> Of(Guid organization, int epoch, TimelineFilter filter, long seen, [EnumeratorCancellation] CancellationToken ct)
    {
        // A long way is gone before anything is handed over, which would have to wait meanwhile.
        for (var now = (await moments.Progress(organization, ct)).Versions; seen < now;)
        {
            (var commands, seen) = await timeline.Commands(organization, filter, seen, now, ct);
            foreach (var command in commands) yield return Message(command.Events, command.Position, epoch);
        }
        using var watcher = await feed.Join(organization, ct);
        while (seen < watcher.Begin)
        {
            (var commands, seen) = await timeline.Commands(organization, filter, seen, watcher.Begin, ct);
            foreach (var command in commands) yield return Message(command.Events, command.Position, epoch);
        }

        yield return Beat(seen, epoch);
        for (var spoke = clock.GetTimestamp(); ;)
        {
            if (watcher.Commands.TryRead(out var handed))
            {
                if (handed.Position <= seen) continue; // read from the database already
                seen = handed.Position;
                if (handed.Events.Where(filter.Matches).ToArray() is not { Length: > 0 } events) continue;
                yield return Message(events, seen, epoch);
                spoke = clock.GetTimestamp();
            }
            else if (await Comes(watcher, Silence - clock.GetElapsedTime(spoke), ct) is not { } more)
            {
                yield return Beat(seen, epoch);
                spoke = clock.GetTimestamp();
            }
            else if (!more)
            {
                yield break;
            }
        }
    }

    // Null when it was silent for so long.
    async Task<bool?> Comes(Watcher watcher, TimeSpan silence, CancellationToken ct)
    {
        if (silence <= TimeSpan.Zero) return null;
        using var patience = new CancellationTokenSource(silence, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            return await watcher.Commands.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }

    static SseItem<byte[]> Message(IReadOnlyList<LiveEvent> events, long position, int epoch)
    {
        var at = new Position(epoch, position).ToString();
        using var json = new MemoryStream();
        json.Write(Encoding.UTF8.GetBytes($"{{\"position\":\"{at}\",\"events\":["));
        for (var i = 0; i < events.Count; i++)
        {
            if (i > 0) json.WriteByte((byte)',');
            json.Write(events[i].Json);
        }
        json.Write("]}"u8);
        return new(json.ToArray()) { EventId = at };
    }

    static SseItem<byte[]> Beat(long position, int epoch)
    {
        var at = new Position(epoch, position).ToString();
        return new(Encoding.UTF8.GetBytes($"{{\"position\":\"{at}\"}}"), Heartbeat) { EventId = at };
    }
}
