using System.Globalization;
using Microsoft.Playwright;
using Scim.Api.EventStore.Positions;
using Scim.Tests.Audit;

namespace Scim.Tests.Browser;

/// <summary>Three people, one of them inactive in the end, one renamed; a group of two of them, in another.</summary>
internal sealed class DirectoryStory : IDisposable
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    internal TestOrganization Organization { get; private init; } = null!;

    internal string Ada { get; private set; } = "";

    internal string Grace { get; private set; } = "";

    /// <summary>Somebody who is in no group.</summary>
    internal string Lone { get; private set; } = "";

    internal string Guides { get; private set; } = "";

    /// <summary>The requests that deactivated Grace, changed Ada, and pushed the group.</summary>
    internal string? Deactivation { get; private set; }

    internal string? Change { get; private set; }

    internal string? Pushed { get; private set; }

    /// <summary>An instant when all of them were there and nothing else had happened.</summary>
    internal string Before { get; private set; } = "";

    internal static async Task<DirectoryStory> Of(TestService service)
    {
        var story = new DirectoryStory { Organization = await service.NewOrganization("Tour Guides") };
        var organization = story.Organization;
        story.Ada = await story.New("ada@example.com", "Ada", "Byron");
        story.Grace = await story.New("grace@example.com", "Grace", "Hopper");
        story.Lone = (await organization.NewUser("lone@example.com")).Id;
        await service.Get<Moments>().Now(organization.Id, Ct);
        story.Before = DateTimeOffset.UtcNow.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        await Task.Delay(5, Ct);
        await organization.Patch($"Users/{story.Ada}", """[{"op":"replace","value":{"userName":"ada.king@example.com","title":"Lead"}}]""");
        story.Change = organization.LastRequest;
        await organization.Activate(story.Grace, false);
        story.Deactivation = organization.LastRequest;
        story.Guides = (await organization.NewGroup("Guides", story.Ada, story.Grace)).Id;
        story.Pushed = organization.LastRequest;
        await organization.NewGroup("Everyone", story.Guides);
        return story;
    }

    async Task<string> New(string userName, string given, string family) => (await Organization.Post("Users", $$$"""
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","{{{Enterprise}}}"],"userName":"{{{userName}}}","externalId":"00u{{{given}}}","displayName":"{{{given}}} {{{family}}}","title":"Guide",
        "name":{"givenName":"{{{given}}}","familyName":"{{{family}}}"},"emails":[{"value":"{{{userName}}}","primary":true}],"{{{Enterprise}}}":{"department":"Science"}}
        """)).Id;

    /// <summary>The path with ids in the place of names.</summary>
    internal string In(string path) => path.Replace("{ada}", Ada, StringComparison.Ordinal).Replace("{grace}", Grace, StringComparison.Ordinal).Replace("{guides}", Guides, StringComparison.Ordinal);

    /// <summary>The names in a page's table, in its order.</summary>
    internal static async Task<string[]> Names(IPage page) => [.. await page.Locator("tbody th a").AllInnerTextsAsync()];

    public void Dispose() => Organization.Dispose();
}
