using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Scim.Domain.Protocol;

namespace Scim.Api.Hosting;

/// <summary>
/// The service's own meter. Labels are few and known beforehand: never an organization, a person, a token or a value.
/// </summary>
internal sealed class ScimMetrics : IDisposable
{
    internal const string Name = "scim";

    readonly Meter _meter = new(Name);
    readonly Counter<long> _requests, _refusals, _repairs, _events, _logDropped, _logRebuilt;
    readonly Histogram<double> _turns, _ages;
    readonly ConcurrentDictionary<string, (double Numbering, int Versions)> _lags = new();

    public ScimMetrics()
    {
        _requests = _meter.CreateCounter<long>("scim.requests", "{request}", "Requests of identity providers by verb, resource and outcome.");
        _refusals = _meter.CreateCounter<long>("scim.refusals", "{request}", "Refused requests by status and scimType.");
        _repairs = _meter.CreateCounter<long>("scim.repairs", "{repair}", "Deviations that were understood, by name.");
        _events = _meter.CreateCounter<long>("scim.events", "{event}", "Stored events by name and shard.");
        _logDropped = _meter.CreateCounter<long>("scim.request_log.dropped", "{item}", "What the provisioning log had to leave out under pressure: bodies, or whole requests.");
        _logRebuilt = _meter.CreateCounter<long>("scim.request_log.rebuilt", "{request}", "Rows that were made from the history after a crash, by shard.");
        _turns = _meter.CreateHistogram<double>("scim.turn.duration", "s", "How long a writer waited for its stream and its state, by shard.");
        _meter.CreateObservableGauge("scim.positions.lag", () => _lags.Select(l => new Measurement<double>(l.Value.Numbering, new KeyValuePair<string, object?>("shard", l.Key))), "s", "How long the oldest commit waits for its position, on the node that numbers.");
        _meter.CreateObservableGauge("scim.versions.behind", () => _lags.Select(l => new Measurement<int>(l.Value.Versions, new KeyValuePair<string, object?>("shard", l.Key))), "{organization}", "Organizations whose versions are not written up to their last position, on the node that writes them.");
        _ages = _meter.CreateHistogram<double>("scim.organization.age", "s", "How old an organization's copy was when it was used.");
    }

    internal void Request(string verb, string resource, int status) => _requests.Add(1, new("verb", verb), new("resource", resource), new("outcome", $"{status / 100}xx"));

    internal void Refusal(ScimException e) => _refusals.Add(1, new("status", e.Status), new("scimType", e.ScimType ?? "none"));

    internal void Repairs(IEnumerable<string> names)
    {
        foreach (var name in names) _repairs.Add(1, new KeyValuePair<string, object?>("repair", name));
    }

    internal void Events(IEnumerable<string> names, string shard)
    {
        foreach (var name in names) _events.Add(1, new("event", name), new("shard", shard));
    }

    internal void LogDropped(int requests, int bodies)
    {
        if (requests > 0) _logDropped.Add(requests, new KeyValuePair<string, object?>("what", "request"));
        if (bodies > 0) _logDropped.Add(bodies, new KeyValuePair<string, object?>("what", "body"));
    }

    internal void LogRebuilt(int rows, string shard) => _logRebuilt.Add(rows, new KeyValuePair<string, object?>("shard", shard));

    internal void Turn(TimeSpan waited, string shard) => _turns.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("shard", shard));

    /// <summary>How long the oldest commit of a database has waited for its position, and how many organizations' versions are behind.</summary>
    internal void Lag(string shard, TimeSpan numbering, int versionsBehind) => _lags[shard] = (Math.Max(0, numbering.TotalSeconds), versionsBehind);

    internal void Age(TimeSpan age) => _ages.Record(age.TotalSeconds);

    public void Dispose() => _meter.Dispose();
}
