using Microsoft.Playwright;
using Scim.Domain.Organizations;
using Scim.Tests.SignIn;

namespace Scim.Tests.Browser;

/// <summary>Every page held against what every page promises, over two stories that are told once.</summary>
[Collection(InChromium.Name)]
public sealed class InspectedPagesTests(TestService service, ToldStories told) : IClassFixture<ToldStories>
{
    [Theory]
    [InlineData("/", "overview")]
    [InlineData("/settings/identity-and-access/end-user", "end-user")]
    [InlineData("/settings/identity-and-access/end-user?ask=off", "switch-off")]
    [InlineData("/settings/admins", "admins")]
    [InlineData("/settings/admins?passkey={passkey}", "passkey")]
    [InlineData("/settings/identity-and-access/end-user?ask=strict", "strict-on")]
    [InlineData("/settings/organization", "organization")]
    [InlineData("/settings/look", "look")]
    [InlineData("/demo", "demo")]
    public async Task A_page_of_the_settings(string path, string name)
    {
        var (_, staff, window) = await told.Directory;
        if (name == "passkey") path = path.Replace("{passkey}", (await staff.Passkey("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36")).ToString("D"), StringComparison.Ordinal);
        await window.Inspect(path, name);
    }

    [Theory]
    [InlineData("/directory/users", "users")]
    [InlineData("/directory/users?q=ada&status=active&group=Guides&filter=userName%20pr", "users-filtered")]
    [InlineData("/directory/users?filter=nonsense&group=none", "users-wrong")]
    [InlineData("/directory/users?at=2999-01-01T00:00:00Z", "users-no-moment")]
    [InlineData("/directory/users?at=2020-01-01T00:00:00Z", "users-empty")]
    [InlineData("/directory/users/{grace}", "user-inactive")]
    [InlineData("/directory/users/{grace}?ask=suspend", "user-suspend")]
    [InlineData("/directory/users/{ada}?tab=attributes", "user-attributes")]
    [InlineData("/directory/users/{ada}?tab=groups", "user-groups")]
    [InlineData("/directory/users/{ada}?tab=sign-ins", "user-sign-ins")]
    [InlineData("/directory/users/{ada}?tab=resource", "user-resource")]
    [InlineData("/directory/groups", "groups")]
    [InlineData("/directory/groups/{guides}", "group")]
    [InlineData("/directory/groups/{guides}?tab=timeline", "group-timeline")]
    [InlineData("/directory/groups/{guides}?tab=nested", "group-nested")]
    public async Task A_page_of_the_directory(string path, string name)
    {
        var (story, _, window) = await told.Directory;
        await window.Inspect(story.In(path), name);
    }

    [Theory]
    [InlineData("/audit/reviews/leavers", "leavers")]
    [InlineData("/audit/requests", "requests")]
    [InlineData("/audit/requests?kind=errors&status=409&errors=all&paused=1", "requests-errors")]
    [InlineData("/audit/requests/{refused}", "request-refused")]
    [InlineData("/audit/requests/{renaming}", "request")]
    [InlineData("/audit/events", "events")]
    [InlineData("/audit/events?type=user_renamed&person={ada}", "events-narrowed")]
    [InlineData("/audit/events/{event}", "event")]
    [InlineData("/audit/events/{long}", "event-long")]
    [InlineData("/audit/compare", "compare")]
    [InlineData("/audit/reviews", "review")]
    [InlineData("/audit/replay", "replays")]
    [InlineData("/audit/replay/{replay}", "replay")]
    [InlineData("/audit/exports", "exports")]
    public async Task A_page_of_the_audit(string path, string name)
    {
        var (story, staff, window) = await told.Audit;
        var session = await staff.Session();
        if (name == "exports") Assert.Equal(200, (await staff.Get("/audit/export/events?format=csv", session)).Status);
        path = path.Replace("{refused}", story.Refused, StringComparison.Ordinal).Replace("{renaming}", story.Renaming, StringComparison.Ordinal).Replace("{ada}", story.Ada, StringComparison.Ordinal);
        if (name == "event") path = path.Replace("{event}", await story.FirstEvent(service), StringComparison.Ordinal);
        if (name == "event-long") path = path.Replace("{long}", await story.Event(service, "name=xxxxxxxxx&type=user_attributes_changed"), StringComparison.Ordinal);
        if (name.StartsWith("replay", StringComparison.Ordinal)) path = path.Replace("{replay}", await AuditStory.Replayed(staff, session), StringComparison.Ordinal);
        await window.Inspect(path, "audit-" + name);
    }

    [Fact]
    public async Task What_breaks_a_rule_is_seen()
    {
        var (_, _, window) = await told.Directory;
        await window.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await window.Go("/settings/look");
        Assert.Empty(await window.Violations());
        await window.Page.EvaluateAsync("document.querySelector('main').insertAdjacentHTML('beforeend', '<input type=\"text\"><p id=\"pale\">pale</p>'); document.querySelector('#pale').style.color = '#eee'");
        Assert.Equal(["color-contrast", "label"], (await window.Violations()).Select(v => v.Split(' ')[0]).Order());
    }
}

/// <summary>A story, a member of staff of its organization, and the window in which its pages are opened.</summary>
internal sealed record Told<T>(T Story, StaffOf Staff, SignedIn Window);

/// <summary>The stories that pages are inspected over; inspecting changes nothing of them.</summary>
public sealed class ToldStories(TestService service, Chromium chromium) : IAsyncDisposable
{
    // As long as a name may reasonably be, without a place to break it.
    static readonly string LongName = new('x', 500);

    readonly Lazy<Task<Told<DirectoryStory>>> _directory = new(() => Tell(service, chromium, () => DirectoryStory.Of(service), s => s.Organization, s => s.Guides));
    readonly Lazy<Task<Told<AuditStory>>> _audit = new(() => Tell(service, chromium, () => AuditStory.Of(service), s => s.Organization, s => s.Guides));

    internal Task<Told<DirectoryStory>> Directory => _directory.Value;

    internal Task<Told<AuditStory>> Audit => _audit.Value;

    static async Task<Told<T>> Tell<T>(TestService service, Chromium chromium, Func<Task<T>> tell, Func<T, TestOrganization> of, Func<T, string> guides)
    {
        var story = await tell();
        var person = (await of(story).NewUser("long@example.com", $$""","active":true,"displayName":"{{LongName}}","title":"Guide" """)).Id;
        await of(story).Patch($"Users/{person}", $$"""[{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"{{LongName}}"},{"op":"replace","path":"title","value":"{{LongName}}"}]""");
        await of(story).NewGroup(LongName[..256], person);
        await of(story).Join(guides(story), person);
        using (var door = service.ApiClient(await service.NewKey(of(story).Id, Roles.Reader)))
            Assert.True((await door.GetAsync($"/api/organizations/{of(story).Id}/access?userName=ada.king@example.com", TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        var staff = await StaffOf.Of(service, of(story).Id);
        return new(story, staff, await SignedIn.As(chromium, staff));
    }

    public async ValueTask DisposeAsync()
    {
        if (_directory is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await End(await _directory.Value);
        if (_audit is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await End(await _audit.Value);
    }

    static async ValueTask End<T>(Told<T> told) where T : IDisposable
    {
        await told.Window.DisposeAsync();
        told.Staff.Dispose();
        told.Story.Dispose();
    }
}
