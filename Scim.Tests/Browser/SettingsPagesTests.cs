using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Scim.Api.CommandCenter.Organizations;
using Scim.Domain.Organizations;
using Scim.Tests.SignIn;

namespace Scim.Tests.Browser;

/// <summary>Settings, where an administrator lets an identity provider in.</summary>
[Collection(InChromium.Name)]
public sealed class SettingsPagesTests(TestService service, Chromium chromium)
{
    const string EndUser = "/settings/identity-and-access/end-user";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Provisioning_is_switched_on_and_a_token_is_shown_once(bool javaScript)
    {
        using var staff = await StaffOf.Of(service, await Fresh());
        await using var window = await SignedIn.As(chromium, staff, javaScript: javaScript);
        var page = window.Page;

        // The way of the setup document: Settings > Identity and Access > End User > SCIM Provisioning.
        await window.Go("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "Identity and Access" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "End User" }).ClickAsync();
        await page.GetByRole(AriaRole.Switch, new() { Name = "SCIM Provisioning", Checked = false }).ClickAsync();
        await page.GetByRole(AriaRole.Switch, new() { Name = "SCIM Provisioning", Checked = true }).WaitForAsync();
        Assert.True((await Organization(staff)).ScimEnabled);
        Assert.Equal($"{service.Address.ToString().TrimEnd('/')}/scim/v2/{staff.Organization}", await page.GetByLabel("SCIM base URL").InputValueAsync());

        await page.GetByLabel("Label").FillAsync("okta-2026");
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate token" }).ClickAsync();
        var token = await page.GetByLabel("The token").InputValueAsync();
        Assert.StartsWith("scim_", token, StringComparison.Ordinal);
        if (javaScript)
        {
            await page.Locator("[data-copy=token-text]").ClickAsync();
            Assert.Equal(token, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        }
        using (var okta = service.Client(staff.Organization, token)) Assert.Equal(200, (int)(await okta.GetAsync("Users?startIndex=1&count=2", Ct)).StatusCode);

        // Sent again, the form issues nothing; opened again, the page knows no text.
        await page.ReloadAsync();
        Assert.DoesNotContain(token, await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Single((await Organization(staff)).Tokens);
        await window.Go(EndUser);
        Assert.DoesNotContain(token, await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Contains("1 of 2 in use", await window.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_third_token_is_refused_with_the_reason_and_a_rotation_ticks_by_itself()
    {
        using var organization = await service.NewOrganization();
        using var staff = await StaffOf.Of(service, organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        await using var other = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go(EndUser);
        await other.Go(EndUser);

        await page.GetByLabel("Label").FillAsync("okta-next");
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate token" }).ClickAsync();
        var token = await page.GetByLabel("The token").InputValueAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "I have stored it" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate token", Disabled = true }).WaitForAsync();
        await page.GetByText("2 tokens are live, the most at once. Revoke one first.").WaitForAsync();

        // A form that was open all the while.
        await other.Page.Locator("#live-tokens").GetByText("okta-next").First.WaitForAsync(); // its row moves what is below
        await other.Page.GetByRole(AriaRole.Button, new() { Name = "Generate token" }).ClickAsync();
        await other.Page.GetByRole(AriaRole.Alert).GetByText("2 tokens are in use").WaitForAsync();

        await page.GetByText("Ticks by itself").WaitForAsync();
        using var okta = service.Client(organization.Id, token);
        Assert.Equal(200, (int)(await okta.GetAsync("Users?startIndex=1&count=2", Ct)).StatusCode);
        await page.Locator("#live-rotation").GetByText("First just now").WaitForAsync(new() { Timeout = 5000 });

        await page.GetByRole(AriaRole.Link, new() { Name = "Revoke okta", Exact = true }).ClickAsync();
        await page.GetByText("your other live token, “okta-next”, goes on").WaitForAsync();
        Assert.Equal("Keep it", await page.EvaluateAsync<string>("document.activeElement.textContent"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke “okta”" }).ClickAsync();
        await page.GetByText("1 of 2 in use").WaitForAsync();
        Assert.Equal(401, (await organization.Get("Users")).Status);
        Assert.Equal(200, (int)(await okta.GetAsync("Users", Ct)).StatusCode);
    }

    [Fact]
    public async Task The_checklist_turns_green_from_live_traffic_and_half_typed_text_stays()
    {
        using var organization = await service.NewOrganization();
        using var staff = await StaffOf.Of(service, organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go(EndUser);
        var setup = page.Locator("#live-setup");
        await setup.GetByText("1 of 9").WaitForAsync();
        await page.GetByLabel("Label").FillAsync("half typ");

        await organization.Get("Users?startIndex=1&count=2");
        await organization.Get("Groups?startIndex=1&count=100");
        await organization.Get("Users?filter=externalId%20eq%20%2200u1%22");
        await setup.GetByText("People are looked up by something else than their userName or e-mail").WaitForAsync(new() { Timeout = 5000 });
        await setup.GetByText("3 of 9").WaitForAsync();
        await organization.Get("Users?filter=userName%20eq%20%22ada%40example.com%22");
        await setup.GetByText("4 of 9").WaitForAsync(new() { Timeout = 5000 });
        Assert.Equal(0, await setup.GetByText("People are looked up by something else").CountAsync());
        var ada = (await organization.NewUser("ada@example.com", ",\"active\":true")).Id;
        await setup.GetByText("5 of 9").WaitForAsync(new() { Timeout = 5000 });
        await organization.Patch($"Users/{ada}", """[{"op":"replace","path":"title","value":"Guide"}]""");
        await organization.Patch($"Users/{ada}", """[{"op":"replace","value":{"active":false}}]""");
        await organization.NewGroup("Empty");
        await setup.GetByText("A group came, and no member yet").WaitForAsync(new() { Timeout = 5000 });
        await organization.NewGroup("Guides", ada);
        await setup.GetByText("8 of 9").WaitForAsync(new() { Timeout = 5000 });
        await setup.GetByText("By PATCH: an app from Okta's catalogue").WaitForAsync();

        // Whoever stands at a door asks about her; the page looks again with the next request.
        var (_, key) = await service.Get<OrganizationAdministration>().IssueKey(staff.ByOperator, "door", Roles.Reader, days: 1);
        Assert.Equal(200, (await staff.Get($"/api/organizations/{organization.Id}/access?userName=ada%40example.com", bearer: key)).Status);
        await organization.Get("Users?startIndex=1&count=2");
        await setup.GetByText("9 of 9").WaitForAsync(new() { Timeout = 5000 });

        using (var stranger = service.Client(organization.Id, organization.Token[..^4] + "k7Qe")) await stranger.GetAsync("Users", Ct);
        await setup.GetByText("A token ending in k7Qe was sent, which is none of yours").WaitForAsync(new() { Timeout = 5000 });
        await organization.Get("scim/v2/Users");
        await setup.GetByText("Requests go to /scim/v2 twice").WaitForAsync(new() { Timeout = 5000 });
        await organization.Get($"Users/{Guid.NewGuid()}");
        await page.Locator("#live-health").GetByText("the last request was refused").WaitForAsync();

        // What was put right is said no more.
        await organization.Get("Users?startIndex=1&count=2");
        await setup.GetByText("Requests go to /scim/v2 twice").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Equal(0, await setup.GetByText("A token ending in k7Qe").CountAsync());
        await page.Locator("#live-health").GetByText("connected").WaitForAsync();
        Assert.Equal("half typ", await page.GetByLabel("Label").InputValueAsync());

        // The last token goes only by its name, and everybody is told that nobody comes in.
        Assert.Contains($"scim_…{organization.Token[^4..]}", await window.Text(), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new() { Name = "Revoke okta", Exact = true }).ClickAsync();
        await page.GetByText("It is the only live token").WaitForAsync();
        await page.GetByLabel("Its label, to be sure").FillAsync("okto");
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke “okta”" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).GetByText("type its label, “okta”").WaitForAsync();
        Assert.Equal(200, (await organization.Get("Users?startIndex=1&count=2")).Status);
        await page.GetByLabel("Its label, to be sure").FillAsync("okta");
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke “okta”" }).ClickAsync();
        await page.GetByText("0 of 2 in use").WaitForAsync();
        await page.Locator("#live-health").GetByText("No token is live").WaitForAsync();
        await window.Go("/");
        await page.GetByRole(AriaRole.Heading, new() { Name = "No token is live" }).WaitForAsync();
        Assert.Contains("In 24 hours: 1 created, 1 changed, 1 deactivated", await window.Text(), StringComparison.Ordinal);
        Assert.All(window.Complaints, c => Assert.Contains("400", c, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Switching_off_names_the_consequence_and_takes_a_fresh_proof()
    {
        using var organization = await service.NewOrganization();
        using var staff = await StaffOf.Of(service, organization.Id);
        await using var window = await SignedIn.As(chromium, staff);
        var page = window.Page;
        await window.Go(EndUser);
        await page.GetByRole(AriaRole.Switch, new() { Name = "SCIM Provisioning" }).PressAsync("Space");
        await page.GetByText("Okta will get 403. Nobody is removed: the 0 users who are active stay so").WaitForAsync();

        // Half an hour later the form is still there, and the proof is not.
        await service.Sql("update registry.session set stepped_up_at = stepped_up_at - interval '30 minutes' where organization_id = $1", organization.Id);
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch SCIM off" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).GetByText("fresh proof that it is you").WaitForAsync();
        Assert.True((await Organization(staff)).ScimEnabled);
        Assert.StartsWith("/step-up?return=", await page.GetByRole(AriaRole.Link, new() { Name = "Confirm it is you" }).First.GetAttributeAsync("href"), StringComparison.Ordinal);

        await service.Sql("update registry.session set stepped_up_at = now() where organization_id = $1", organization.Id);
        await window.Go(EndUser + "?ask=off");
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch SCIM off" }).ClickAsync();
        await page.GetByRole(AriaRole.Switch, new() { Name = "SCIM Provisioning", Checked = false }).WaitForAsync();
        Assert.Equal(403, (await organization.Get("Users")).Status);
    }

    [Fact]
    public async Task An_auditor_sees_everything_and_can_send_no_form()
    {
        using var organization = await service.NewOrganization();
        using var staff = await StaffOf.Of(service, organization.Id, "grace@example.com", Roles.Auditor);
        await using var window = await SignedIn.As(chromium, staff);
        foreach (var path in new[] { EndUser, EndUser + "?ask=off", "/settings/admins", "/settings/organization" })
        {
            Assert.Equal(200, (await window.Go(path)).Status);
            Assert.Equal(0, await window.Page.Locator("main button:not(:disabled):not([data-copy])").CountAsync() + await window.Page.Locator("main a.bad").CountAsync());
        }
        var before = await Organization(staff);
        var session = await staff.Session();
        var tried = 0;
        foreach (var route in service.Service.App.Services.GetServices<Microsoft.AspNetCore.Routing.EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>())
        {
            var path = System.Text.RegularExpressions.Regex.Replace("/" + route.RoutePattern.RawText!.TrimStart('/'), "{[^}]*}", Guid.NewGuid().ToString());
            if (path.Split('/')[1] is "scim" or "api" or "health" or "metrics" || route.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is not null) continue;
            if (route.Metadata.GetMetadata<Scim.Api.CommandCenter.SignIn.OpenToAuditors>() is not null || route.Metadata.GetMetadata<Microsoft.AspNetCore.Routing.HttpMethodMetadata>()?.HttpMethods.Contains("POST") is false) continue;
            using var answer = await staff.Post(path, session, ("_handler", "generate"), ("label", "mine"), ("id", Guid.NewGuid().ToString()));
            Assert.True((int)answer.StatusCode == 403, $"POST {path} answers {answer.StatusCode}.");
            tried++;
        }
        Assert.InRange(tried, 5, 100);
        Assert.Equal(before.Version, (await Organization(staff)).Version);
    }

    [Fact]
    public async Task A_colleague_is_invited_becomes_an_auditor_and_is_removed_with_their_sessions()
    {
        using var organization = await service.NewOrganization();
        using var staff = await StaffOf.Of(service, organization.Id);
        using var grace = await StaffOf.Of(service, organization.Id, "grace@example.com");
        await using var window = await SignedIn.As(chromium, staff);
        await using var hers = await SignedIn.As(chromium, grace);
        var page = window.Page;
        Assert.Equal(200, (await hers.Go("/")).Status);
        await window.Go("/settings/admins");

        await page.GetByLabel("Email address").FillAsync("new@example.com");
        await page.GetByRole(AriaRole.Button, new() { Name = "Invite" }).ClickAsync();
        var link = await page.Locator("#secret-text").InputValueAsync();
        Assert.StartsWith($"{service.Address}setup/", link, StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new() { Name = "I have stored it" }).ClickAsync();
        await page.Locator("#secret-text").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.DoesNotContain(link, await page.ContentAsync(), StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Link, new() { Name = "Make auditor of grace@example.com" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make grace@example.com an auditor" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Make admin of grace@example.com" }).WaitForAsync();
        await hers.Go(EndUser);
        Assert.Equal(0, await hers.Page.Locator("main button.main").CountAsync());

        await page.GetByRole(AriaRole.Link, new() { Name = "Remove grace@example.com" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove grace@example.com" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Remove grace@example.com" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await hers.Go("/");
        Assert.EndsWith("/sign-in", hers.Page.Url, StringComparison.Ordinal);

        // Nobody can take the last administrator's place away.
        await page.GetByRole(AriaRole.Link, new() { Name = "Remove ada@example.com" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove ada@example.com" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).First.WaitForAsync();
        Assert.Equal(["ada@example.com", "new@example.com"], (await Organization(staff)).Staff.Where(s => s.RemovedAt is null).Select(s => s.Email!).Order(StringComparer.Ordinal));
    }

    async Task<Organization> Organization(StaffOf staff) => (await service.Get<OrganizationAdministration>().Find(staff.Organization, Ct))!;

    // As the first start leaves it: SCIM off, no token.
    async Task<Guid> Fresh()
    {
        var id = Guid.CreateVersion7();
        await service.Get<OrganizationAdministration>().Create(StaffOf.Operator(id), "Tour Guides");
        return id;
    }
}
