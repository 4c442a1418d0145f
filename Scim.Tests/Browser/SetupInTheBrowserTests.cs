using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Scim.Api.CommandCenter.Organizations;
using Scim.Domain.Organizations;
using Scim.Tests.Conversations;
using Scim.Tests.SignIn;

namespace Scim.Tests.Browser;

/// <summary>The setup document from its first step to its last: an administrator clicks, Okta speaks as it was heard to.</summary>
[Collection(InChromium.Name)]
public sealed class SetupInTheBrowserTests(TestService service, Chromium chromium)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_the_first_click_to_the_person_whom_Okta_assigned()
    {
        var root = $"http://localhost:{service.Address.Port}";
        using var made = await service.Operator.PostAsJsonAsync("/api/organizations", new { name = "Lumen Tours" }, Ct);
        var id = JsonDocument.Parse(await made.Content.ReadAsStringAsync(Ct)).RootElement.GetProperty("id").GetGuid();
        var (_, secret) = await service.Get<StaffAccounts>().Invite(StaffOf.Operator(id), "admin@lumen.example", Roles.Admin, Ct);
        await using var browser = await WithPasskeys.Open(chromium);
        var page = browser.Page;
        await page.GotoAsync($"{root}/setup/{secret}");
        await page.Locator("main button").ClickAsync();
        await page.Arrives(root + "/");

        // Step 1: Settings > Identity and Access > End User > SCIM Provisioning, the switch, the token.
        await page.GetByRole(AriaRole.Link, new() { Name = "Identity and Access" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "End User" }).ClickAsync();
        await page.GetByRole(AriaRole.Switch, new() { Name = "SCIM Provisioning", Checked = false }).ClickAsync();
        await page.GetByRole(AriaRole.Switch, new() { Name = "SCIM Provisioning", Checked = true }).WaitForAsync();
        await page.GetByLabel("Label").FillAsync("okta");
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate token" }).ClickAsync();
        var token = await page.GetByLabel("The token").InputValueAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "I have stored it" }).ClickAsync();
        var baseUrl = await page.GetByLabel("SCIM base URL").InputValueAsync();
        Assert.Equal($"{root}/scim/v2/{id:D}", baseUrl);

        // One window watches the checklist, one the directory, while Okta does what the admin told it in steps 2 and 3.
        var directory = await browser.Page.Context.NewPageAsync();
        await directory.GotoAsync($"{root}/directory/users");
        await directory.GetByRole(AriaRole.Heading, new() { Name = "Users" }).WaitForAsync();
        await directory.EvaluateAsync("window.sameDocument = true");
        var setup = page.Locator("#live-setup");
        await setup.GetByText("1 of 9").WaitForAsync();
        await page.EvaluateAsync("window.sameDocument = true");

        using var organization = new TestOrganization(service, id, token);
        var (_, key) = await service.Get<OrganizationAdministration>().IssueKey(StaffOf.Operator(id), "reader", Roles.Auditor, days: 1);
        using var reader = new HttpClient { BaseAddress = service.Address };
        reader.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using (var okta = new Replayed(service, organization, Conversation.Read("okta/wizard"), reader)) await okta.Run();

        await directory.GetByText("ada.lindqvist@lumen.example").First.WaitForAsync(new() { Timeout = 3000 });
        Assert.True(await directory.EvaluateAsync<bool>("window.sameDocument"));
        foreach (var step in new[] { "reached us", "First person created", "First update received", "First deactivation received" })
            await setup.Locator("li", new() { HasText = step }).Locator(".mark.good").WaitForAsync(new() { Timeout = 3000 });
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));

        // She has never signed in, and her page says who put her there.
        await directory.Locator("main tbody a").First.ClickAsync();
        await directory.GetByText("Okta (token okta)").First.WaitForAsync();
        Assert.Empty(browser.Complaints);
    }
}
