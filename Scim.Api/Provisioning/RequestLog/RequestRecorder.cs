using Scim.Api.Access;
using Scim.Domain.Protocol;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>Notes every request at the end of the pipeline. It only copies and queues; parsing, sealing and writing are others' work.</summary>
internal sealed class RequestRecorder(LogQueue queue, StrangerCounts strangers, RequestLogSettings settings, IServiceProvider services, ILogger<RequestRecorder> log)
{
    /// <summary>The route of requests whose path repeats the beginning that the base URL has already.</summary>
    internal const string DoubledPath = "other: /scim repeated";

    HashSet<string>? _resources;

    /// <summary>For the bodies of a request that begins; null where there is no log.</summary>
    internal RequestTrace? Begin() => settings.Enabled ? new() : null;

    internal void Record(HttpContext http, ScimRequest request, ScimException? refusal, TimeSpan took)
    {
        try
        {
            if (request.Trace is { } trace) Note(http, request, trace, refusal, took);
        }
        catch (Exception e) // no request fails for its log
        {
            log.LogError("{RequestId} is missing in the provisioning log: {Failure}\n{Stack}", request.Id, e.GetType().Name, e.StackTrace);
        }
    }

    void Note(HttpContext http, ScimRequest request, RequestTrace trace, ScimException? refusal, TimeSpan took)
    {
        var segments = http.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (caller, known) = (request.Caller, http.Features.Get<KnownToken>());
        if (known is null && !(segments.Length > 2 && Guid.TryParseExact(segments[2], "D", out _))) return; // nobody's log
        var atRoot = http.GetEndpoint() is not null && (segments.Length == 3 || segments.Length == 4 && segments[3] == LoggedAction.Search);
        var resource = atRoot ? LoggedAction.All : segments.Length > 3 && Resources.TryGetValue(segments[3], out var spelled) ? spelled : null;
        var headers = http.Request.Headers;
        var entry = new LogEntry(known?.Organization.Id ?? Guid.ParseExact(segments[2], "D"), request.Id, LogEntry.InstantOf(request.Id), ScimPipeline.Verb(http.Request.Method), Route(http, segments, resource), http.Response.StatusCode)
        {
            Token = known?.Token,
            TokenEnd = caller is null ? End(BearerToken.Of(http.Request).Token) : null,
            Address = ScimAccess.Address(http.Connection.RemoteIpAddress),
            Agent = headers.UserAgent.ToString() is { Length: > 0 } agent ? Caller.Cut(Redaction.Text(agent)) : null,
            ProviderRequest = ScimAccess.ProviderRequest(http.Request) is { } id ? Caller.Cut(Redaction.Text(id)) : null,
            Headers = [.. headers.Keys],
            Path = known is null ? "" : string.Join('/', segments.Skip(3)),
            Query = known is null ? "" : http.Request.QueryString.Value!,
            ResourceType = resource,
            ResourceId = atRoot ? segments.ElementAtOrDefault(3) : resource is not null && segments.Length > 4 ? segments[4] : null,
            ScimType = refusal?.ScimType,
            DetailKind = refusal?.Kind,
            Detail = refusal?.Message,
            Milliseconds = (int)Math.Min(took.TotalMilliseconds, int.MaxValue),
            BytesIn = Math.Max(trace.Request.Total, http.Request.ContentLength ?? 0),
            BytesOut = Math.Max(trace.Answer.Total, 0),
            Events = caller?.Written.Stored ?? [],
            Name = caller?.Written.Name,
            Members = caller?.Written.Members ?? default,
            Repairs = [.. caller?.Notes.Repairs ?? []],
            Unmapped = [.. caller?.Notes.Unmapped ?? []],
            Bodies = known is null ? null : trace,
        };
        if (known is not null && entry.Status != 429) queue.Add(entry);
        else if (strangers.TryAdd(entry)) queue.Nudge();
        else queue.Lost(entry);
    }

    // Of a path that nothing stands at only its kind: it may be whatever somebody typed.
    static string Route(HttpContext http, string[] segments, string? resource) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { } pattern
        ? "/" + string.Join('/', pattern.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(3))
        : resource is null ? segments is [_, _, _, "scim", ..] ? DoubledPath : "other" : segments.Length == 4 ? $"/{resource}" : $"/{resource}/{{id}}";

    // A short text is no token, and its end would be all of it.
    static string? End(string? token) => token is { Length: >= 12 } ? Caller.Cut(token[^4..]) : null;

    // As the routes spell them: what is not among them is not shown.
    HashSet<string> Resources => _resources ??= services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Select(e => e.RoutePattern.RawText?.Split('/', StringSplitOptions.RemoveEmptyEntries))
        .Where(s => s is ["scim", "v2", "{organization}", _, ..]).Select(s => s![3]).ToHashSet(StringComparer.OrdinalIgnoreCase);
}

/// <summary>The section <c>RequestLog</c>.</summary>
/// <param name="Enabled">Whether requests are logged at all.</param>
/// <param name="Queue">Requests that wait to be written at most.</param>
/// <param name="QueueBytes">Bytes of bodies that wait at most.</param>
internal sealed record RequestLogSettings(bool Enabled = true, int Queue = 8192, long QueueBytes = 32 << 20)
{
    internal static RequestLogSettings Of(IConfiguration configuration) => new(
        configuration.GetValue("RequestLog:Enabled", true), Math.Max(16, configuration.GetValue("RequestLog:Queue", 8192)), Math.Max(0, configuration.GetValue("RequestLog:QueueBytes", 32L << 20)));
}
