using Microsoft.AspNetCore.Http.HttpResults;
using Scim.Api.Access;
using Scim.Api.Audit.Reads;
using Scim.Api.CommandCenter.Pages.Directory;
using Scim.Api.EventStore.Positions;
using Scim.Api.EventStore.Queries;
using Scim.Api.Hosting;
using Scim.Domain.Users;

namespace Scim.Api.CommandCenter.Components;

/// <summary>What the palette finds.</summary>
/// <param name="Text">What was typed; null for nothing yet.</param>
/// <param name="At">The moment of the past that goes with the links, as it stands in the address.</param>
internal sealed record PaletteAnswer(string? Text, string? At, IReadOnlyList<User> People, IReadOnlyList<StoredGroup> Groups, IReadOnlyList<MenuPage> Pages)
{
    internal int Count => People.Count + Groups.Count + Pages.Count;

    /// <summary>The past goes with one, as far as pages show it.</summary>
    internal string Link(string path, params (string Name, string? Value)[] parameters) =>
        QueryLink.Of(path, [.. parameters, .. path.StartsWith("/directory", StringComparison.Ordinal) ? new[] { ("at", At) } : []]);
}

/// <summary><c>/palette</c>: the first people and groups that a beginning finds, and the pages.</summary>
internal static class Palette
{
    const int Each = 5, Longest = 256;

    internal static void MapPalette(this IEndpointRouteBuilder app) => app.MapGet("/palette", Find).ExcludeFromDescription();

    static async Task<RazorComponentResult<PaletteFound>> Find(string? q, UserDirectory users, GroupBrowser groups, Moments moments, ReadRecords reads, PublicOrigin origin, HttpContext http)
    {
        var (caller, ct) = (PageCaller.Of(http)!, http.RequestAborted);
        var text = q?.Trim() is { Length: > 0 and <= Longest } typed && !typed.Contains('\0', StringComparison.Ordinal) ? typed : null;
        var pages = FrameMenu.Parts.SelectMany(p => p.Pages).Where(p => text is null || p.Title.Contains(text, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (text is null) return Answer(new(null, null, [], [], pages));
        var moment = await AsOf.Read(http, caller.Organization, moments);
        if (moment.Position is { } position) (users, groups) = (users.At(position), groups.At(position));
        else await moments.Now(caller.Organization, ct); // names are written behind the history
        var people = await users.Search(caller.Organization, new() { Text = text, Counted = Each }, null, Each, Audit.DirectoryApi.Locations(http, origin, caller.Organization), ct);
        var named = await groups.Search(caller.Organization, text, GroupOrder.Name, descending: false, null, Each, ct);
        await reads.Add(caller.Organization, caller.Actor, "list", [], ct);
        return Answer(new(text, moment.Text, [.. people.Items.Select(p => p.User)], named.Items, pages));
    }

    static RazorComponentResult<PaletteFound> Answer(PaletteAnswer found) => new(new { Of = (object)found });
}
