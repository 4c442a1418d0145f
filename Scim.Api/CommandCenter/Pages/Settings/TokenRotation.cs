using Scim.Api.CommandCenter.Components;
using Scim.Domain.Organizations;

namespace Scim.Api.CommandCenter.Pages.Settings;

/// <summary>A step of exchanging a token without a gap.</summary>
/// <param name="Revokes">The token that nobody needs any more, where the step is to revoke it now.</param>
internal sealed record RotationStep(string Title, bool IsDone, string Words, Guid? Revokes = null);

/// <summary>How far the exchange of a token is: two are live, and the newer one is seen in the traffic.</summary>
internal static class TokenRotation
{
    internal static IEnumerable<RotationStep> Steps(Organization organization, IReadOnlyDictionary<(string Provider, string Signal), SetupSignal> signals, DateTimeOffset now)
    {
        var live = organization.Tokens.Where(t => t.IsLive(now)).OrderBy(t => t.CreatedAt).ToArray();
        var (older, newer) = live is [var a, var b] ? (a, b) : (null, null);
        var used = newer is null ? null : signals.Where(s => s.Key.Signal == SetupSignals.Used + newer.Id.ToString("D")).Select(s => s.Value).MinBy(s => s.First);
        yield return new("Generate a second token", newer is not null, newer is null ? "Both are good until the older one is revoked" : $"“{newer.Label}”");
        yield return new("Paste it in Okta", used is not null, "Provisioning › Integration › Edit › Authorization, then Test Connector Configuration and Save");
        yield return new("We see traffic on the new token", used is not null, used is null ? "Ticks by itself" : $"First {When.Relative(used.First, now)}");
        yield return new(older is null ? "Revoke the old one" : $"Revoke “{older.Label}”", false, used is null ? "Not before step 3 is ticked" : "Now nobody needs it any more", used is null ? null : older?.Id);
    }
}
