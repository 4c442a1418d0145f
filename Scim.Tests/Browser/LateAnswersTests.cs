using Microsoft.Playwright;
using Scim.Tests.SignIn;

namespace Scim.Tests.Browser;

/// <summary>Answers that come to an open page when it has gone on already, or without pause.</summary>
[Collection(InChromium.Name)]
public sealed class LateAnswersTests(TestService service, Chromium chromium)
{
    const string Users = "/directory/users";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_that_comes_late_takes_the_place_of_no_later_one()
    {
        using var story = await DirectoryStory.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go(Users);
        var late = await Asked(page);
        await page.GetByRole(AriaRole.Searchbox).FillAsync("byr");
        await page.WaitForURLAsync("**/directory/users?q=byr");
        late.SetResult();
        await Task.Delay(500, Ct);
        Assert.Equal(["Ada Byron"], await DirectoryStory.Names(page));
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task An_answer_that_comes_after_a_click_leaves_the_page_alone()
    {
        using var story = await DirectoryStory.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go(Users);
        var late = await Asked(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Ada Byron" }).First.ClickAsync();
        await page.WaitForURLAsync("**/directory/users/*-*");
        var at = page.Url;
        late.SetResult();
        await Task.Delay(500, Ct);
        Assert.Equal(at, page.Url);
    }

    [Fact]
    public async Task Whatever_comes_without_pause_is_shown_all_the_same()
    {
        using var story = await DirectoryStory.Of(service);
        using var staff = await StaffOf.Of(service, story.Organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var asked = 0;
        await window.Page.RouteAsync("**/directory/users", async route =>
        {
            if (route.Request.Headers.ContainsKey("x-live")) Interlocked.Increment(ref asked);
            await Task.Delay(300, CancellationToken.None); // longer than what comes takes to come
            await route.ContinueAsync();
        });
        await window.Go(Users);
        for (var n = 0; n < 30; n++)
        {
            await story.Organization.NewUser($"import{n}");
            await Task.Delay(150, Ct);
        }
        Assert.True(Volatile.Read(ref asked) >= 2, $"Asked {asked} times.");
    }

    // A search that was typed and is asked; the answer comes when it is let.
    static async Task<TaskCompletionSource> Asked(IPage page)
    {
        TaskCompletionSource asked = new(), late = new();
        await page.RouteAsync("**/directory/users?q=gr", async route =>
        {
            asked.SetResult();
            await late.Task;
            await route.ContinueAsync();
        });
        await page.GetByRole(AriaRole.Searchbox).PressSequentiallyAsync("gr");
        await asked.Task;
        return late;
    }
}
