using Microsoft.Net.Http.Headers;
using Scim.Domain.Protocol.Json;

namespace Scim.Api.Provisioning;

/// <summary>Answers of the protocol: a body with its media type, and the headers that belong to a resource.</summary>
internal static class ScimResults
{
    internal const string MediaType = "application/scim+json";

    internal static IResult Ok(ScimObject body) => new Answer(200, body);

    /// <summary>One resource with its ETag and where it is.</summary>
    internal static IResult Resource(int status, ScimObject body, string etag, string location) => new Answer(status, body, etag, location);

    internal static IResult NotModified(string etag) => new Answer(304, null, etag);

    internal static IResult NoContent(string? etag = null) => new Answer(204, null, etag);

    internal static async Task WriteBody(HttpContext http, ScimObject body)
    {
        var bytes = body.ToUtf8();
        http.Response.ContentType = TypeFor(http.Request);
        http.Response.ContentLength = bytes.Length;
        if (HttpMethods.IsHead(http.Request.Method)) return;
        http.Features.Get<ScimRequest>()?.Trace?.Answered(bytes);
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    // Plain JSON only for those who accept nothing else; nobody is refused.
    internal static string TypeFor(HttpRequest request)
    {
        var accepts = request.GetTypedHeaders().Accept;
        return accepts.Count > 0 && accepts.All(IsPlainJson) ? "application/json" : MediaType;
    }

    static bool IsPlainJson(MediaTypeHeaderValue accepted) => accepted.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase);

    sealed class Answer(int status, ScimObject? body, string? etag = null, string? location = null) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = status;
            if (etag is not null) response.Headers.ETag = etag;
            if (location is not null) response.Headers[status == 201 ? HeaderNames.Location : HeaderNames.ContentLocation] = location;
            if (location is not null && status == 201) response.Headers.ContentLocation = location;
            return body is null ? Task.CompletedTask : WriteBody(httpContext, body);
        }
    }
}
