using System.Net;
using Scim.Api.Access.Pages;
using Scim.Api.CommandCenter.Organizations;
using Scim.Domain.Organizations;
using Scim.Tests.Faults;

namespace Scim.Tests.SignIn;

/// <summary>Staff that an identity provider knows: its groups are the roles, and whoever is in none stays out.</summary>
[Collection(OnSteadyCluster.Name)]
public sealed class OpenIdConnectTests(OwnCluster cluster)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_groups_of_the_provider_decide_who_comes_in_and_as_what()
    {
        await using var provider = await TestProvider.Start();
        await using var own = await OwnDatabase.Start(new Dictionary<string, string?>((await cluster.NewDatabase()).Settings())
        {
            ["OpenIdConnect:Authority"] = provider.Issuer,
            ["OpenIdConnect:ClientId"] = TestProvider.ClientId,
            ["OpenIdConnect:ClientSecret"] = TestProvider.ClientSecret,
            ["OpenIdConnect:Admins"] = "directory-admins",
            ["OpenIdConnect:Auditors"] = "directory-auditors",
            ["OpenIdConnect:Name"] = "Okta",
        });
        var organization = Assert.Single(await own.Service.Foundation.Placement.OrganizationsAsync(Ct));

        // Nobody, and somebody whom nobody mapped.
        using (var stranger = Browser(own))
        {
            Assert.Contains("Sign in with Okta", await stranger.GetStringAsync("/sign-in", Ct), StringComparison.Ordinal);
            provider.Claims = new() { ["email"] = "eve@example.com", ["groups"] = new[] { "sales" } };
            var refused = await stranger.GetAsync("/sign-in/oidc?return=%2Fsettings%2Fadmins", Ct);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Contains("eve@example.com is in none of the groups", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
            provider.Claims = new() { ["email"] = "eve@example.com", ["email_verified"] = false, ["groups"] = new[] { "directory-admins" } };
            Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync("/sign-in/oidc", Ct)).StatusCode);
            Assert.Empty((await Organization()).Staff);

            // An answer that nobody asked for, and one of another browser.
            Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync("/signin-oidc?code=abc&state=def", Ct)).StatusCode);
        }

        using var ada = Browser(own);
        provider.Claims = new() { ["email"] = "ada@example.com", ["groups"] = new[] { "sales", "directory-admins" } };
        var first = await ada.GetAsync("/sign-in/oidc?return=%2Fsettings%2Fadmins", Ct);
        Assert.Equal((HttpStatusCode.OK, "/settings/admins"), (first.StatusCode, first.RequestMessage!.RequestUri!.AbsolutePath));
        Assert.Equal("S256", provider.Asked["code_challenge_method"]);
        Assert.Equal($"{own.Address.ToString().TrimEnd('/')}/signin-oidc", provider.Asked["redirect_uri"]);
        var member = Assert.Single((await Organization()).Staff);
        Assert.Equal(("ada@example.com", Roles.Admin, true, "system"), (member.Email, member.Role, member.IsActive, member.InvitedBy));

        // Whoever was signed in there already proved nothing here.
        Assert.True(await own.Sql("select stepped_up_at < now() - interval '1 day' from registry.session") is true);

        // A proof that is asked for again is a fresh one, of the same person.
        await own.Get<Sessions>().StepUp(await Session(own), Ct);
        await own.Sql("update registry.session set stepped_up_at = now() - interval '1 hour'");
        Assert.Equal(HttpStatusCode.Forbidden, (await ada.GetAsync("/step-up/oidc?return=%2F", Ct)).StatusCode); // no auth_time
        Assert.Equal(("0", "login"), (provider.Asked["max_age"], provider.Asked["prompt"]));
        provider.Claims["auth_time"] = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds();
        Assert.Equal(HttpStatusCode.Forbidden, (await ada.GetAsync("/step-up/oidc?return=%2F", Ct)).StatusCode);
        Assert.True(await own.Sql("select stepped_up_at < now() - interval '30 minutes' from registry.session") is true);
        provider.Claims["auth_time"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.Equal(HttpStatusCode.OK, (await ada.GetAsync("/step-up/oidc?return=%2F", Ct)).StatusCode);
        Assert.True(await own.Sql("select stepped_up_at > now() - interval '1 minute' from registry.session") is true);

        // Another role at the provider is another role here, from the next sign-in on; a second person is no first one.
        provider.Claims = new() { ["email"] = "grace@example.com", ["groups"] = "directory-admins" };
        using var grace = Browser(own);
        Assert.Equal(HttpStatusCode.OK, (await grace.GetAsync("/sign-in/oidc", Ct)).StatusCode);
        provider.Claims = new() { ["email"] = "ADA@example.com", ["groups"] = "directory-auditors" };
        Assert.Equal(HttpStatusCode.OK, (await ada.GetAsync("/sign-in/oidc", Ct)).StatusCode);
        Assert.Equal([("ada@example.com", Roles.Auditor), ("grace@example.com", Roles.Admin)], (await Organization()).Staff.Select(s => (s.Email!, s.Role)));

        // What was open by the other role is closed.
        Assert.Equal(1L, await own.Sql("select count(*) from registry.session where staff_id = $1 and revoked_at is null", member.Id));

        // A subject is one person, whatever address it has by now; the address with another subject is somebody else, who gets nobody's place.
        provider.Claims = new() { ["email"] = "ada.king@example.com", ["sub"] = "00u of ada@example.com", ["groups"] = "directory-auditors" };
        Assert.Equal(HttpStatusCode.OK, (await ada.GetAsync("/sign-in/oidc", Ct)).StatusCode);
        Assert.Equal(2, (await Organization()).Staff.Length);
        Assert.All((await Organization()).Staff, s => Assert.Equal((provider.Issuer, $"00u of {s.Email}"), (s.Issuer, s.Subject)));
        provider.Claims = new() { ["email"] = "grace@example.com", ["sub"] = "00u of eve", ["groups"] = "directory-admins" };
        using var eve = Browser(own);
        var taken = await eve.GetAsync("/sign-in/oidc", Ct);
        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
        Assert.Contains("grace@example.com belongs to another account", await taken.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(1L, await own.Sql("select count(distinct staff_id) from registry.session where staff_id <> $1", member.Id));

        // A demonstration beside it makes nobody wonder whose staff comes.
        var demonstration = Guid.CreateVersion7();
        await own.Get<OrganizationAdministration>().Create(StaffOf.Operator(demonstration), "Demonstration");
        await own.Get<OrganizationAdministration>().DeclareDemonstration(StaffOf.Operator(demonstration));
        provider.Claims = new() { ["email"] = "grace@example.com", ["groups"] = "directory-admins" };
        Assert.Equal(HttpStatusCode.OK, (await grace.GetAsync("/sign-in/oidc", Ct)).StatusCode);

        // Who was removed and is still sent by the provider comes back as somebody new.
        var removed = (await Organization()).Staff.Single(s => s.Email == "ada@example.com").Id;
        await own.Get<StaffAccounts>().Remove(StaffOf.Operator(organization), removed, Ct);
        provider.Claims = new() { ["email"] = "ada@example.com", ["groups"] = "directory-auditors" };
        Assert.Equal(HttpStatusCode.OK, (await ada.GetAsync("/sign-in/oidc", Ct)).StatusCode);
        Assert.NotEqual(removed, (await Organization()).Staff.Single(s => s.RemovedAt is null && s.Email == "ada@example.com").Id);

        async Task<Organization> Organization() => (await own.Get<OrganizationAdministration>().Find(organization, Ct))!;
    }

    static async Task<Guid> Session(TestService own) => (Guid)(await own.Sql("select id from registry.session"))!;

    // Follows redirects and keeps cookies, as browsers do.
    static HttpClient Browser(TestService own) => new(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = own.Address };
}
