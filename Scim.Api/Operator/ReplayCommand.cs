using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Scim.Api.Audit;
using Scim.Api.Audit.Replay;
using Scim.Api.EventStore.Positions;
using Scim.Domain.Protocol;

namespace Scim.Api.Operator;

/// <summary>
/// <c>replay</c>: folds the history again and holds it against the directory, beside a running service or alone. How far it
/// is stands on standard error.
/// </summary>
internal static class ReplayCommand
{
    const int Differs = 3;

    static readonly Option<string?> Organization = new("--organization") { HelpName = "ORGANIZATION", Description = "The organization's id, or its name where only one has it; all organizations when left out" };
    static readonly Option<string?> To = new("--to") { HelpName = "MOMENT", Description = "What the directory was then: an instant such as 2026-03-03T14:00:00Z, or a position of one organization" };
    static readonly Option<bool> Repair = new("--repair") { Description = "Put right what is wrong in the directory; events are never changed" };
    static readonly Option<bool> Resume = new("--resume") { Description = "Go on with replays that were interrupted, from where they were" };
    static readonly Option<int> Parallel = new("--parallel") { HelpName = "N", Description = "How many parts to walk at once; 1 unless said otherwise", DefaultValueFactory = _ => 1 };

    internal static Command Build()
    {
        Parallel.Validators.Add(option =>
        {
            if (option.Tokens is [{ Value: var text }] && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 16)) option.AddError("--parallel takes a number from 1 to 16.");
        });
        var replay = new Command("replay", "Fold the history again and hold the directory against it; exit code 3 when differences remain") { Organization, To, Repair, Resume, Parallel, Arguments.Json };
        replay.SetAction(Run);
        return replay;
    }

    static async Task<int> Run(ParseResult parsed, CancellationToken ct)
    {
        if (parsed.GetValue(To) is not null && parsed.GetValue(Repair)) throw new UsageException("What the directory was is not repaired apart: use --repair without --to.");
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var (placement, holder) = (installation.Foundation.Placement, Guid.NewGuid());
        var runs = new ReplayRuns(placement, Installation.Clock);
        var replayer = new Replayer(placement, installation.Foundation.Events, runs, Installation.Clock);
        Guid[] organizations = parsed.GetValue(Organization) is { } named ? [(await installation.Find(named, ct)).Id] : [.. await placement.OrganizationsAsync(ct)];

        var ended = new List<ReplayRun>();
        await foreach (var run in parsed.GetValue(Resume) ? Interrupted() : Begun())
        {
            using var progress = new Told();
            try
            {
                ended.Add(await replayer.Run(run, holder, parsed.GetValue(Parallel), progress.Tell, ct));
            }
            catch (OperationCanceledException)
            {
                await runs.Release(run, holder, CancellationToken.None);
                throw;
            }
        }
        return await Say(parsed, runs, ended, ct);

        async IAsyncEnumerable<ReplayRun> Begun()
        {
            foreach (var organization in organizations)
                yield return await runs.Start(organization, installation.Caller(organization).Actor, parsed.GetValue(Repair), await Moment(parsed, installation, organization, ct), holder, ct);
        }

        async IAsyncEnumerable<ReplayRun> Interrupted()
        {
            foreach (var shard in placement.Shards)
                foreach (var free in await ReplayRuns.Free(shard, ct))
                    if (organizations.Contains(free.Organization) && await runs.Take(free, holder, ct) is { } taken) yield return taken;
        }
    }

    static async Task<long?> Moment(ParseResult parsed, Installation installation, Guid organization, CancellationToken ct) => parsed.GetValue(To) is { } to
        ? await AskedMoment.InWords(to.Trim(), organization, new Moments(installation.Foundation.Placement, new CommitSignal(), Installation.Clock), installation.Foundation.Placement, ct)
        : null;

    static async Task<int> Say(ParseResult parsed, ReplayRuns runs, List<ReplayRun> ended, CancellationToken ct)
    {
        var found = new List<ReplayDifference>();
        foreach (var run in ended)
            if (run.Found > 0 && found.Count < ReplayRun.Kept) found.AddRange((await runs.Differences(run, ct)).Take(ReplayRun.Kept - found.Count));
        if (ended.FirstOrDefault(r => r.State != ReplayState.Done) is { } unfinished && !parsed.GetValue(Arguments.Json))
            throw ScimException.Unavailable($"The replay of {unfinished.Organization:D} did not come to its end: {unfinished.Failure ?? unfinished.State.ToString().ToLowerInvariant()}.");

        var (count, repaired) = (ended.Sum(r => r.Found), ended.Sum(r => r.Repaired));
        var isRight = ended.All(r => r.IsIdentical);
        if (parsed.GetValue(Arguments.Json))
        {
            await Answer.Json(new { identical = isRight, events = ended.Sum(r => r.Events), streams = ended.Sum(r => r.Streams), found = count, repaired, runs = ended.Select(r => ReplayView.Of(r, null)), differences = found });
            return isRight ? 0 : Differs;
        }
        var walked = Text($"{ended.Sum(r => r.Events):N0} events of {ended.Sum(r => r.Streams):N0} streams");
        if (ended.Count == 0) return await Answer.Words("There was nothing to replay.");
        if (count == 0) return await Answer.Words($"identical: {walked}");
        foreach (var difference in found) await Answer.Words(difference.ToString());
        await Answer.Words(isRight ? Text($"repaired: all of {count:N0} differences in {walked}") : Text($"different: {count:N0} differences in {walked}, {repaired:N0} repaired, {count - repaired:N0} remain"));
        return isRight ? 0 : Differs;
    }

    static string Text(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Says on a terminal how far a run is, once a second, in one line; elsewhere a line in half a minute.</summary>
    sealed class Told : IDisposable
    {
        readonly Stopwatch _since = Stopwatch.StartNew();
        bool _spoke;

        internal void Tell(ReplayRun run)
        {
            if (_since.Elapsed < TimeSpan.FromSeconds(Console.IsErrorRedirected ? 30 : 1)) return;
            _since.Restart();
            var words = Text($"{run.Events:N0} of {run.Total:N0} events, {run.PerSecond:N0} a second, {run.Remaining ?? 0:N0} s remain");
            if (Console.IsErrorRedirected) Console.Error.WriteLine(words);
            else Console.Error.Write($"\r{words}   ");
            _spoke = !Console.IsErrorRedirected;
        }

        public void Dispose()
        {
            if (_spoke) Console.Error.WriteLine();
        }
    }
}
