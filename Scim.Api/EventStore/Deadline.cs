namespace Scim.Api.EventStore;

/// <summary>
/// How long a request waits for the store. Cancelling a statement first asks the server to cancel it, which on a silent
/// network takes seconds of its own; so what is late is cancelled and no longer waited for.
/// </summary>
internal static class Deadline
{
    /// <summary>For what is left to end in order once it is cancelled.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    /// <summary>The work's result within the time.</summary>
    /// <exception cref="TimeoutException">It is late; it goes on to its end alone, and whether it was done must be found out.</exception>
    internal static Task<T> Within<T>(TimeSpan time, Func<CancellationToken, Task<T>> work, CancellationToken ct)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(ct);
        source.CancelAfter(time);
        var task = work(source.Token);
        _ = task.ContinueWith(
            ended =>
            {
                _ = ended.Exception; // nobody may be left to see it
                source.Dispose();
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task.WaitAsync(time + Grace, CancellationToken.None);
    }
}
