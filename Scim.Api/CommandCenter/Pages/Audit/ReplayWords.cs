using Scim.Api.Audit;
using Scim.Api.Audit.Replay;

namespace Scim.Api.CommandCenter.Pages.Audit;

/// <summary>How pages speak of replays.</summary>
internal static class ReplayWords
{
    internal static string Result(ReplayRun run) => run switch
    {
        { State: ReplayState.Running } => run.Total > 0 ? $"○ running, {Math.Min(100, run.Events * 100 / run.Total)} %" : "○ running",
        { State: ReplayState.Cancelled } => "○ cancelled",
        { State: ReplayState.Failed } => "○ failed",
        { IsIdentical: true, Repaired: 0 } => "● identical",
        { IsIdentical: true } => "● identical after repair",
        _ => run.Found == 1 ? "○ 1 difference" : $"○ {run.Found} differences",
    };

    internal static string Tone(ReplayRun run) => run.State switch { ReplayState.Running => "", ReplayState.Cancelled => "none", ReplayState.Done when run.IsIdentical => "good", _ => "bad" };

    internal static string Name(this ActorView by) => by.Label ?? (by.Actor is { } actor ? EventWords.By(actor, null) : "not known");
}
