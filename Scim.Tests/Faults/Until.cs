using System.Diagnostics;

namespace Scim.Tests.Faults;

/// <summary>Waits for what must come.</summary>
internal static class Until
{
    /// <summary>Asks every 20 ms, for 30 seconds at most.</summary>
    internal static Task True(Func<bool> condition, string otherwise, double seconds = 30) => True(() => Task.FromResult(condition()), otherwise, seconds);

    internal static async Task True(Func<Task<bool>> condition, string otherwise, double seconds = 30)
    {
        for (var clock = Stopwatch.StartNew(); !await condition(); await Task.Delay(20, TestContext.Current.CancellationToken))
            Assert.True(clock.Elapsed.TotalSeconds < seconds, otherwise);
    }
}
