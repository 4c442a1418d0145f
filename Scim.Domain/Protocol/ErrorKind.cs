namespace Scim.Domain.Protocol;

/// <summary>
/// What can be wrong with a request, in words of our own that say nothing of anybody: finer than status and keyword where
/// the way out differs.
/// </summary>
public static class ErrorKind
{
    /// <summary>No token, or none of this organization.</summary>
    public const string UnknownToken = "unknownToken";

    /// <summary>A token whose time has ended.</summary>
    public const string TokenExpired = "tokenExpired";

    /// <summary>A token that was revoked.</summary>
    public const string TokenRevoked = "tokenRevoked";

    /// <summary>The organization's switch is off.</summary>
    public const string ScimOff = "scimOff";

    /// <summary>The userName belongs to somebody who is deactivated.</summary>
    public const string HeldByDeactivated = "heldByDeactivated";

    /// <summary>Another group has this displayName.</summary>
    public const string GroupName = "groupName";

    /// <summary>The person meant is suspended by an administrator.</summary>
    public const string HeldBySuspended = "heldBySuspended";

    static readonly Dictionary<int, string> ByStatus = new()
    {
        [400] = "badRequest",
        [401] = UnknownToken,
        [403] = "forbidden",
        [404] = "notFound",
        [405] = "verb",
        [408] = "slowBody",
        [409] = "conflict",
        [412] = "preconditionFailed",
        [413] = "tooLarge",
        [414] = "urlTooLong",
        [415] = "mediaType",
        [429] = "tooOften",
        [431] = "headersTooLarge",
        [500] = "failure",
        [501] = "notImplemented",
        [503] = "unavailable",
    };

    static readonly string[] Keywords = ["invalidFilter", "tooMany", "uniqueness", "mutability", "invalidSyntax", "invalidPath", "noTarget", "invalidValue"];

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<string> All { get; } = [.. ByStatus.Values, TokenExpired, TokenRevoked, ScimOff, HeldByDeactivated, HeldBySuspended, GroupName, .. Keywords];

    /// <summary>The kind of what says no more than its status and keyword.</summary>
    public static string Of(int status, string? scimType) =>
        scimType is not null && Keywords.Contains(scimType) ? scimType : ByStatus.GetValueOrDefault(status, status >= 500 ? ByStatus[500] : ByStatus[400]);
}
