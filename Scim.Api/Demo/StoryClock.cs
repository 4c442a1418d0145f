namespace Scim.Api.Demo;

/// <summary>A clock that is moved to the moments of a story, runs on from each as clocks do, and never goes back. What waits, waits by the real one.</summary>
internal sealed class StoryClock(DateTimeOffset begin) : TimeProvider
{
    readonly Lock _moving = new();
    DateTimeOffset _at = begin;
    long _since = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow()
    {
        lock (_moving) return _at + System.GetElapsedTime(_since);
    }

    internal void MoveTo(DateTimeOffset at)
    {
        lock (_moving)
        {
            if (at <= _at + System.GetElapsedTime(_since)) return;
            (_at, _since) = (at, System.GetTimestamp());
        }
    }
}
