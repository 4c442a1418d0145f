using Microsoft.Playwright;
using Scim.Api.EventStore.Positions;
using Scim.Tests.Audit;
using Scim.Tests.SignIn;

namespace Scim.Tests.Browser;

/// <summary>The directory as it was, and what is left of somebody erased.</summary>
[Collection(InChromium.Name)]
public sealed class PastDirectoryTests(TestService service, Chromium chromium)
{
    const string Users = "/directory/users", Groups = "/directory/groups";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_past_is_shown_whole_says_so_and_cannot_be_changed()
    {
        using var story = await DirectoryStory.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go($"{Users}?at={story.Before}");
        var banner = page.Locator(".banner");
        Assert.Contains("You see the directory as it was on", await banner.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(["Ada Byron", "Grace Hopper", "lone@example.com"], await DirectoryStory.Names(page));
        Assert.DoesNotContain("Inactive", await page.Locator("#people").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Null(await page.Locator("#people").GetAttributeAsync("data-live"));

        // Every way within the directory keeps the moment.
        var ways = await page.Locator("main a").EvaluateAllAsync<string[]>("all => all.map(a => a.getAttribute('href'))");
        Assert.All(ways.Where(w => w.StartsWith("/directory/", StringComparison.Ordinal)), w => Assert.Contains("at=", w, StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Searchbox).PressSequentiallyAsync("hopper");
        await page.GetByText("1 user", new() { Exact = true }).WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Grace Hopper" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Grace Hopper" }).WaitForAsync();
        await banner.WaitForAsync();
        Assert.Equal(0, await page.GetByText("Why is this person inactive?").CountAsync());
        Assert.Equal(0, await page.Locator("main a.button, main form").CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "SCIM resource" }).ClickAsync();
        await page.WaitForURLAsync("**tab=resource**");
        Assert.Contains("\"active\": true", await page.Locator("#resource").InnerTextAsync(), StringComparison.Ordinal);
        await banner.GetByRole(AriaRole.Link, new() { Name = "Back to now" }).ClickAsync();
        await banner.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Contains("\"active\": false", await page.Locator("#resource").InnerTextAsync(), StringComparison.Ordinal);

        // A form of now that is sent to the past is not there.
        await window.Go($"{Users}/{story.Ada}?ask=suspend&at={story.Before}");
        Assert.Equal(0, await page.Locator("main form").CountAsync());

        await window.Go($"{Groups}/{story.Guides}?at={story.Before}");
        await page.GetByText("This group was not in the directory at that moment").WaitForAsync();
        await window.Go($"{Users}?at=2020-01-01T00:00:00Z");
        await page.GetByText("The directory was empty at 2020-01-01 00:00:00 UTC").WaitForAsync();
        await window.Go($"{Groups}?at=2020-01-01T00:00:00Z");
        await page.GetByText("There were no groups at 2020-01-01 00:00:00 UTC").WaitForAsync();
        await window.Go($"{Users}/{story.Ada}?at=2020-01-01T00:00:00Z");
        await page.GetByText("This person was not in the directory at that moment").WaitForAsync();

        foreach (var (asked, said) in new[] { ("2999-01-01T00:00:00Z", "is in the future"), ("yesterday", "is an instant with its zone") })
        {
            // Rows of now are not those of then.
            foreach (var path in new[] { Groups, $"{Users}/{story.Grace}", $"{Groups}/{story.Guides}", Users })
            {
                await window.Go($"{path}?at={asked}");
                await page.GetByRole(AriaRole.Heading, new() { Name = "Nothing is shown" }).WaitForAsync();
                Assert.Equal(0, await page.Locator("main :is(table, form, ol, [href*=export])").CountAsync());
                Assert.DoesNotContain("Grace", await page.ContentAsync(), StringComparison.Ordinal);
            }
            Assert.Contains(said, await window.Text(), StringComparison.Ordinal);
            Assert.Contains(asked, await window.Text(), StringComparison.Ordinal);
            await page.GetByText("Viewing: no moment").WaitForAsync();
            Assert.Equal(0, await banner.CountAsync());
        }
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_picked_time_is_utc_and_keeps_what_was_filtered()
    {
        using var story = await DirectoryStory.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff, javaScript: false);
        var page = window.Page;
        await window.Go($"{Users}?q=ada");
        await page.GetByText("Viewing: now").ClickAsync();
        await page.GetByLabel("Show the directory as of, in UTC").FillAsync("2020-01-01T12:30:05");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await page.GetByText("Viewing: 2020-01-01 12:30:05 UTC").WaitForAsync();
        Assert.Equal("ada", await page.GetByRole(AriaRole.Searchbox).InputValueAsync());
        await page.GetByText("No user matches").WaitForAsync();
    }

    [Fact]
    public async Task Of_somebody_erased_no_page_tells_more_than_that()
    {
        using var story = await DirectoryStory.Of(service);
        await ErasedPeople.Erase(service, story.Organization.Id, Guid.Parse(story.Lone));
        await service.Get<Moments>().Now(story.Organization.Id, Ct);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        foreach (var (query, said) in new[] { ("", "This person was erased"), ($"?at={story.Before}", "has been erased since"), ("?tab=attributes", "This person was erased"), ($"?tab=resource&at={story.Before}", "has been erased since") })
        {
            await window.Go($"{Users}/{story.Lone}{query}");
            Assert.Contains(said, await window.Text(), StringComparison.Ordinal);
            Assert.Equal("Erased person", (await window.Page.Locator("h1").InnerTextAsync()).Split(" ○")[0].Trim());
            Assert.DoesNotContain("lone@", await window.Page.ContentAsync(), StringComparison.OrdinalIgnoreCase);
            Assert.Equal(0, await window.Page.Locator("main a.button").CountAsync());
        }
        await window.Go($"{Users}?q=lone&at={story.Before}");
        await window.Page.GetByText("No user matches").WaitForAsync();
    }
}
