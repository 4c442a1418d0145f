namespace Scim.Api.Provisioning.RequestLog;

/// <summary>What came with a token within a time.</summary>
/// <param name="Milliseconds">Within which 95 of 100 were answered.</param>
/// <param name="Created">People; as <paramref name="Updated"/> and <paramref name="Deactivated"/>.</param>
/// <param name="Unresolved">The oldest refusal after which nothing succeeded that concerns the same person; null where there is none.</param>
internal sealed record Traffic(long Requests, long Failed, int Milliseconds, long Created, long Updated, long Deactivated, Guid? Unresolved)
{
    /// <summary>So many are counted, the latest.</summary>
    internal const int Most = 10_000;

    /// <summary>How many of a hundred failed.</summary>
    internal double FailedOfHundred => Requests == 0 ? 0 : 100.0 * Failed / Requests;
}
