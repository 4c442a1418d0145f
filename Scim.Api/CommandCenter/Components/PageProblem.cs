namespace Scim.Api.CommandCenter.Components;

/// <summary>What was not possible: what, why, and what now.</summary>
/// <param name="Request">By which the log knows the request.</param>
internal sealed record PageProblem(int Status, string Words, Guid Request, string Path)
{
    internal string Title => Status switch
    {
        400 => "This cannot be understood",
        403 => "This is not allowed",
        404 => "This is not here",
        429 => "Too much at once",
        503 => "The directory does not answer",
        >= 500 => "The service failed",
        _ => "This is not possible",
    };

    /// <summary>The list from which one comes, or the Overview.</summary>
    internal MenuPage Back => FrameMenu.Parts.SelectMany(p => p.Pages).LastOrDefault(p => p.Path != "/" && p.IsAt(Path)) ?? FrameMenu.Parts[0].Pages[0];

    /// <summary>What the history knows of somebody or something that is here no more.</summary>
    internal string? History => Status == 404 && Path.Split('/') is [_, "directory", var kind, var id, ..] && Guid.TryParse(id, out var of)
        ? QueryLink.Of("/audit/events", (kind == "groups" ? "group" : "person", of.ToString("D")))
        : null;
}
