using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Scim.Api.Access;
using Scim.Api.EventStore;
using Scim.Api.Hosting;
using Scim.Api.Provisioning.Dialects;
using Scim.Api.Provisioning.RequestLog;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol;

namespace Scim.Api.Provisioning;

/// <summary>
/// Everything under <c>/scim</c> goes through here: the caller is proved before anything is read, and whatever goes wrong,
/// the framework's own refusals included, answers a SCIM body.
/// </summary>
internal sealed class ScimPipeline(RequestDelegate next, ScimAccess access, CallRates rates, Overload overload, ScimMetrics metrics, RequestRecorder recorder, DialectCounts dialects, TimeProvider clock, ILogger<ScimPipeline> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var started = Stopwatch.GetTimestamp();
        var request = new ScimRequest(NewId.Next(clock)) { Trace = recorder.Begin() };
        ScimException? refusal = null;
        http.Features.Set(request);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Request-Id"] = request.Id.ToString("D");
        try
        {
            using var place = await overload.Enter(http.RequestAborted);
            var segments = http.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
            // /scim/v2/{organization}/…; the organization's segment is kept as sent, it has one spelling.
            if (segments.Length < 3 || !segments[1].Equals("v2", StringComparison.OrdinalIgnoreCase))
                throw new ScimException(404, null, "There is nothing here. The base URL is /scim/v2/ and the organization's id.");
            CheckSizes(http.Request);
            (request.Caller, request.Organization) = await access.Prove(http, segments[2], request.Id);
            rates.Count(request.Caller.Token!.Value);
            if (segments.Length > 3 && segments[3].Equals("Groups", StringComparison.OrdinalIgnoreCase) && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
                size.MaxRequestBodySize = GroupBodyReader.MaxBytes + 1;
            if (HttpMethods.IsOptions(http.Request.Method)) Options(http, segments);
            else await next(http);
            // A refusal of routing has a status and no body.
            if (IsBare(http)) throw ScimErrors.OfStatus(http.Response.StatusCode);
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            refusal = Translate(e, request.Id);
            metrics.Refusal(refusal);
            await ScimErrors.Write(http, refusal, request.Id);
        }
        finally
        {
            var took = Stopwatch.GetElapsedTime(started);
            Tell(http, request, took);
            recorder.Record(http, request, refusal, took);
        }
    }

    // One line a request, of ids and numbers alone.
    void Tell(HttpContext http, ScimRequest request, TimeSpan took)
    {
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        metrics.Request(Verb(http.Request.Method), Resource(route), http.Response.StatusCode);
        if (request.Caller is { } caller)
        {
            metrics.Repairs(caller.Notes.Repairs);
            if (caller.Notes.Repairs.Count + caller.Notes.Unmapped.Count > 0) dialects.Note(caller, ProviderOf(http.Request, caller));
        }
        log.LogInformation("{RequestId} {Organization} {Verb} {Route} {Status} {Milliseconds} ms {Bytes} bytes {Events} events {ProviderRequestId}",
            request.Id, request.Caller?.Organization, Verb(http.Request.Method), route, http.Response.StatusCode, (long)took.TotalMilliseconds,
            http.Response.ContentLength, request.Caller?.Written.Events ?? 0, request.Caller?.ShownProviderRequest);
    }

    static string ProviderOf(HttpRequest request, Caller caller) =>
        Provider.Of(caller.Agent, request.Path + request.QueryString, request.Headers.Keys, caller.Notes.Repairs.Contains(Repairs.OpCase.Name) ? ["Replace"] : []);

    internal static string Verb(string method) => method is "GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" ? method : "other";

    static string Resource(string? route) => route?.Split('/', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var resource, ..] ? resource : "none";

    static void CheckSizes(HttpRequest request)
    {
        if (request.Path.Value!.Length + request.QueryString.Value!.Length > ServerLimits.Url) throw ScimErrors.OfStatus(414);
        if (request.Headers.Sum(h => h.Key.Length + h.Value.ToString().Length) > ServerLimits.Headers) throw ScimErrors.OfStatus(431);
    }

    static bool IsBare(HttpContext http) =>
        !http.Response.HasStarted && http.Response.StatusCode >= 400 && http.Response.ContentLength is null or 0 && http.Response.ContentType is null;

    static void Options(HttpContext http, string[] segments)
    {
        http.Response.StatusCode = 204;
        http.Response.Headers.Allow = segments.Skip(3).ToArray() switch
        {
            [var search] when IsSearch(search) => "POST, OPTIONS",
            [var all, var search] when IsResources(all) && IsSearch(search) => "POST, OPTIONS",
            [var all] when IsResources(all) => "GET, HEAD, POST, OPTIONS",
            [var all, _] when IsResources(all) => "GET, HEAD, PUT, PATCH, DELETE, OPTIONS",
            _ => "GET, HEAD, OPTIONS",
        };
    }

    static bool IsSearch(string segment) => segment.Equals(".search", StringComparison.OrdinalIgnoreCase);

    static bool IsResources(string segment) => segment.Equals("Users", StringComparison.OrdinalIgnoreCase) || segment.Equals("Groups", StringComparison.OrdinalIgnoreCase);

    ScimException Translate(Exception e, Guid requestId)
    {
        if (e is ScimException scim) return scim;
        if (e is BadHttpRequestException bad) return ScimErrors.OfStatus(bad.StatusCode);
        if (StoreFailure.Of(e) is FailureKind.Unavailable or FailureKind.Unknown or FailureKind.LostRace)
        {
            log.LogWarning("{RequestId} the store failed: {Failure}", requestId, string.Join(" < ", StoreFailure.Names(e)));
            return ScimException.Unavailable("The directory cannot be reached. Nothing is lost: try again.", inner: e);
        }
        // Types and places only: a message may quote a value.
        log.LogError("{RequestId} failed: {Failure}\n{Stack}", requestId, string.Join(" < ", StoreFailure.Names(e)), e.StackTrace);
        return new ScimException(500, null, "The service failed at this request. The request id leads its operator to the cause.");
    }
}

/// <summary>What is known of a request under <c>/scim</c> while it runs.</summary>
internal sealed class ScimRequest(Guid id)
{
    internal Guid Id { get; } = id;

    internal Caller? Caller { get; set; }

    internal Domain.Organizations.Organization? Organization { get; set; }

    /// <summary>What the provisioning log is told of its bodies; null where there is no log.</summary>
    internal RequestTrace? Trace { get; init; }
}
