namespace Scim.Domain.Protocol;

/// <summary>
/// The one error of the protocol: a status, a keyword of RFC 7644 §3.12 where it has one, and a sentence that an
/// administrator of the identity provider can act on. Thrown anywhere, turned into a body in one place.
/// </summary>
/// <remarks>Example: <c>409 uniqueness "userName \"bjensen\" is held by another person."</c></remarks>
public sealed class ScimException(int status, string? scimType, string detail, Exception? inner = null) : Exception(detail, inner)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The keyword of RFC 7644 §3.12 table 9, only with 400 and 409.</summary>
    public string? ScimType { get; } = scimType;

    /// <summary>What went wrong in one word of <see cref="ErrorKind"/>: by it refusals are counted and explained.</summary>
    public string Kind { get => field ?? ErrorKind.Of(Status, ScimType); init; }

    /// <summary>Whole seconds for <c>Retry-After</c>; only with 429 and 503. Okta ignores dates there.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The filter is malformed, or names an attribute or comparison that is not supported.</summary>
    public static ScimException InvalidFilter(string detail) => new(400, "invalidFilter", detail);

    /// <summary>The request yields more results, or asks for more work, than the service is willing to do.</summary>
    public static ScimException TooMany(string detail) => new(400, "tooMany", detail);

    /// <summary>One or more of the values are already in use or reserved.</summary>
    public static ScimException Uniqueness(string detail) => new(409, "uniqueness", detail);

    /// <summary>The modification does not fit the attribute's mutability or current state (e.g. a readOnly attribute).</summary>
    public static ScimException Mutability(string detail) => new(400, "mutability", detail);

    /// <summary>The body's structure is invalid or does not conform to the request's schema.</summary>
    public static ScimException InvalidSyntax(string detail) => new(400, "invalidSyntax", detail);

    /// <summary>The path of a PATCH operation is malformed or names nothing.</summary>
    public static ScimException InvalidPath(string detail) => new(400, "invalidPath", detail);

    /// <summary>The path of a PATCH operation yields nothing that could be operated on.</summary>
    public static ScimException NoTarget(string detail) => new(400, "noTarget", detail);

    /// <summary>A required value is missing, or a value does not fit the attribute's definition.</summary>
    public static ScimException InvalidValue(string detail) => new(400, "invalidValue", detail);

    /// <summary>A request that is wrong in a way for which the RFC has no keyword.</summary>
    public static ScimException BadRequest(string detail) => new(400, null, detail);

    /// <summary>A 409 whose cause is not the uniqueness of a value.</summary>
    public static ScimException Conflict(string detail) => new(409, null, detail);

    /// <summary>What a 401 says of a token that is known but no longer opens anything (RFC 6750 §3.1 <c>invalid_token</c>).</summary>
    public string? TokenError { get; init; }

    /// <summary>The resource does not exist, or belongs to somebody else: both read the same.</summary>
    public static ScimException NotFound(string resourceType, string id) => new(404, null, $"{resourceType} \"{id}\" does not exist.");

    /// <summary>The resource has changed since the version that If-Match names.</summary>
    public static ScimException PreconditionFailed(string detail) => new(412, null, detail);

    /// <summary>The body exceeds a limit, which the sentence names.</summary>
    public static ScimException TooLarge(string detail) => new(413, null, detail);

    /// <summary>The service cannot know or do it now; the caller asks again after so many seconds.</summary>
    public static ScimException Unavailable(string detail, int retryAfter = 5, Exception? inner = null) => new(503, null, detail, inner) { RetryAfter = retryAfter };
}
