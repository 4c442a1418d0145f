using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Messages;

namespace Scim.Api.Provisioning;

/// <summary>Errors on the wire, RFC 7644 §3.12: one body for all, with the request id in the sentence that Okta prints.</summary>
internal static class ScimErrors
{
    internal static async Task Write(HttpContext http, ScimException e, Guid requestId)
    {
        var response = http.Response;
        response.StatusCode = e.Status;
        if (e.RetryAfter is { } seconds) response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (e.Status == 401)
            response.Headers.WWWAuthenticate = e.TokenError is { } error ? $"Bearer realm=\"scim\", error=\"invalid_token\", error_description=\"{error}\"" : "Bearer realm=\"scim\"";
        var body = ErrorMessage.Compose(e.Status, e.ScimType, $"{e.Message} (request {requestId:D})");
        await ScimResults.WriteBody(http, body);
    }

    /// <summary>What the framework refuses without a body of its own.</summary>
    internal static ScimException OfStatus(int status) => status switch
    {
        404 => new(404, null, "There is nothing at this path. Users are at /Users, groups at /Groups, discovery at /ServiceProviderConfig, /ResourceTypes and /Schemas."),
        405 => new(405, null, "This path does not take this verb; the Allow header says which it takes."),
        408 => new(408, null, "The body came too slowly."),
        413 => ScimException.TooLarge("The body is larger than it may be: 1 MB (1,048,576 bytes) for a user, 32 MB for a group, of which all but the members 1 MB."),
        414 => new(414, null, "The URL is longer than 32,768 characters. Send a shorter filter."),
        415 => new(415, null, "The body must be application/scim+json or application/json in UTF-8, plain or gzip."),
        431 => new(431, null, "The request's headers are too large."),
        _ => new(status, null, "The request cannot be understood."),
    };
}
