namespace Scim.Domain.History;

/// <summary>What the history says of an event beside its content: which of its stream, when, by whom.</summary>
/// <param name="Version">The event's number in its stream, from 1.</param>
/// <param name="At">When, in whole milliseconds.</param>
/// <param name="Actor">Who: <c>scim-token:ID</c>, <c>admin:ID</c>, <c>key:ID</c>, <c>operator</c>, <c>operator:NAME</c>, <c>system</c>.</param>
public readonly record struct Fact(long Version, DateTimeOffset At, string? Actor);

/// <summary>Where a fact about a person came from; part of stored events.</summary>
public static class Source
{
    /// <summary>The organization's SCIM connection, whichever token.</summary>
    public const string Scim = "scim";

    /// <summary>Seen first at a sign-in.</summary>
    public const string SignIn = "signIn";

    /// <summary>An administrator of the organization.</summary>
    public const string Admin = "admin";

    /// <summary>The operator of the installation.</summary>
    public const string Operator = "operator";

    /// <summary>An import.</summary>
    public const string Import = "import";

    /// <summary>The service itself.</summary>
    public const string System = "system";
}
