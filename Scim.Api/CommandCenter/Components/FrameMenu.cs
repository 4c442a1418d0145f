namespace Scim.Api.CommandCenter.Components;

/// <summary>A page of the menu.</summary>
/// <param name="Key">The keys that lead there, one after the other.</param>
internal sealed record MenuPage(string Title, string Path, string Key)
{
    /// <summary>Whether a path is this page or one below it.</summary>
    internal bool IsAt(PathString path) => Path == "/" ? path == "/" : path.StartsWithSegments(Path);
}

/// <summary>The menu, in its order.</summary>
internal static class FrameMenu
{
    internal static IReadOnlyList<(string? Title, MenuPage[] Pages)> Parts { get; } =
    [
        (null, [new("Overview", "/", "go")]),
        ("Directory", [new("Users", "/directory/users", "gu"), new("Groups", "/directory/groups", "gg")]),
        ("Audit", [new("Events", "/audit/events", "ge"), new("SCIM requests", "/audit/requests", "gr"), new("Compare", "/audit/compare", "gc"), new("Reviews", "/audit/reviews", "gv"), new("Replay", "/audit/replay", "gp")]),
        ("Settings", [new("Identity and Access", "/settings/identity-and-access", "gi"), new("Admins", "/settings/admins", "ga"), new("Organization", "/settings/organization", "gs")]),
    ];
}
