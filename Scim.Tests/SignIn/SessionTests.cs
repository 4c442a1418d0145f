using Scim.Api.Access.Pages;
using Scim.Api.CommandCenter.Organizations;
using Scim.Domain.Organizations;
using Scim.Tests.Faults;

namespace Scim.Tests.SignIn;

/// <summary>What a session opens, and when it ends.</summary>
[Collection(OnSteadyCluster.Name)]
public sealed class SessionTests(TestService service, OwnCluster cluster)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_opens_pages_and_nothing_else_and_a_token_opens_no_page()
    {
        using var staff = await StaffOf.New(service);
        var session = await staff.Session();
        var (status, text, response) = await staff.Get("/", session);
        Assert.Equal(200, status);
        Assert.Contains("ada@example.com, admin of Tour Guides", text, StringComparison.Ordinal);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal("default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal(("nosniff", "same-origin"), (response.Headers.GetValues("X-Content-Type-Options").Single(), response.Headers.GetValues("Referrer-Policy").Single()));

        Assert.Equal(401, (await staff.Get($"/api/organizations/{staff.Organization}", session)).Status);
        Assert.Equal(401, (await staff.Get($"/scim/v2/{staff.Organization}/Users", session)).Status);
        foreach (var bearer in new[] { await service.NewToken(staff.Organization, "more"), session, service.Operator.DefaultRequestHeaders.Authorization!.Parameter! })
            Assert.Equal((302, "/sign-in"), await Sent(staff, "/", bearer));
    }

    [Fact]
    public async Task A_stranger_is_sent_to_sign_in_and_back_to_where_they_wanted()
    {
        using var staff = await StaffOf.New(service);
        Assert.Equal((302, "/sign-in"), await Sent(staff, "/"));
        Assert.Equal((302, "/sign-in?return=%2F%3Fat%3D1"), await Sent(staff, "/?at=1"));
        Assert.Contains("action=\"/sign-in?return=%2Fusers\"", (await staff.Get("/sign-in?return=%2Fusers")).Text, StringComparison.Ordinal);
        foreach (var foreign in new[] { "https://evil.example", "//evil.example", "/\\evil.example" })
            Assert.Contains("action=\"/sign-in\"", (await staff.Get("/sign-in?return=" + Uri.EscapeDataString(foreign))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_https_cookies_are_bound_to_the_host()
    {
        var settings = (await cluster.NewDatabase()).Settings();
        settings["Scim:PublicOrigin"] = "https://scim.example.com";
        await using var own = await OwnDatabase.Start(settings);
        using var staff = await StaffOf.New(own);
        var session = await staff.Session();
        Assert.Equal((302, "/sign-in"), await Sent(staff, "/", session: session)); // that cookie is another's
        var (status, text, _) = await staff.Get("/", session, cookie: "__Host-cc");
        Assert.Equal(200, status);
        Assert.Contains("ada@example.com", text, StringComparison.Ordinal);

        var form = (await staff.Get("/sign-in")).Response.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith("__Host-cc-form=", form, StringComparison.Ordinal);
        Assert.Equal(["httponly", "path=/", "samesite=strict", "secure"], form.Split("; ")[1..].Order());
    }

    [Fact]
    public async Task What_is_no_page_says_so()
    {
        using var staff = await StaffOf.New(service);
        var (status, text, _) = await staff.Get("/nothing");
        Assert.Equal(404, status);
        Assert.Contains("There is no such page.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_member_may_changes_at_once_and_who_is_removed_is_out()
    {
        using var staff = await StaffOf.New(service);
        var administration = service.Get<OrganizationAdministration>();
        var (other, secret) = await staff.Accounts.Invite(staff.ByOperator, "grace@example.com", Roles.Auditor, Ct);
        await administration.JoinStaff(staff.ByOperator, other.Id);
        var session = await service.Get<Sessions>().Begin(staff.Organization, other.Id, null, null, Ct);
        Assert.Contains("grace@example.com, auditor", (await staff.Get("/", session)).Text, StringComparison.Ordinal);
        await administration.ChangeStaffRole(staff.ByOperator, other.Id, Roles.Admin);
        Assert.Contains("grace@example.com, admin", (await staff.Get("/", session)).Text, StringComparison.Ordinal);
        await staff.Accounts.Remove(staff.ByOperator, other.Id, Ct);
        Assert.Equal((302, "/sign-in"), await Sent(staff, "/", session: session));
        Assert.Equal(404, (await staff.Get($"/setup/{secret}")).Status);
    }

    [Theory]
    [InlineData("seen_at = now() - interval '31 minutes'")]
    [InlineData("created_at = now() - interval '481 minutes'")]
    [InlineData("revoked_at = now()")]
    public async Task A_session_ends(string how)
    {
        using var staff = await StaffOf.New(service);
        var session = await staff.Session();
        Assert.Equal(200, (await staff.Get("/", session)).Status);
        await service.Sql($"update registry.session set {how} where staff_id = $1", staff.Staff);
        Assert.Equal((302, "/sign-in"), await Sent(staff, "/", session: session));
    }

    [Fact]
    public async Task The_last_use_is_noted_once_a_minute_and_only_the_hash_is_stored()
    {
        using var staff = await StaffOf.New(service);
        var session = await staff.Session();
        await service.Sql("update registry.session set seen_at = now() - interval '50 seconds' where staff_id = $1", staff.Staff);
        var before = await service.Sql("select seen_at from registry.session where staff_id = $1", staff.Staff);
        await staff.Get("/", session);
        Assert.Equal(before, await service.Sql("select seen_at from registry.session where staff_id = $1", staff.Staff));
        await service.Sql("update registry.session set seen_at = now() - interval '70 seconds' where staff_id = $1", staff.Staff);
        await staff.Get("/", session);
        Assert.True((bool)(await service.Sql("select seen_at > now() - interval '30 seconds' from registry.session where staff_id = $1", staff.Staff))!);
        Assert.Equal(SecretText.Hash(session), await service.Sql("select hash from registry.session where staff_id = $1", staff.Staff));
    }

    [Fact]
    public async Task What_an_open_page_asks_by_itself_keeps_no_session_alive()
    {
        using var staff = await StaffOf.New(service);
        var session = await staff.Session();
        await service.Sql("update registry.session set seen_at = now() - interval '20 minutes' where staff_id = $1", staff.Staff);
        using var client = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = service.Address };
        client.DefaultRequestHeaders.Add("Cookie", $"cc={session}");
        using (await client.GetAsync("/live", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken)) { }
        client.DefaultRequestHeaders.Add("X-Live", "1");
        Assert.Equal(200, (int)(await client.GetAsync("/directory/users", TestContext.Current.CancellationToken)).StatusCode);
        Assert.True((bool)(await service.Sql("select seen_at < now() - interval '19 minutes' from registry.session where staff_id = $1", staff.Staff))!);
        Assert.Equal(200, (await staff.Get("/directory/users", session)).Status);
        Assert.True((bool)(await service.Sql("select seen_at > now() - interval '1 minute' from registry.session where staff_id = $1", staff.Staff))!);
    }

    [Fact]
    public async Task An_open_page_is_told_nothing_more_once_its_session_is_revoked()
    {
        var ct = TestContext.Current.CancellationToken;
        using var organization = await service.NewOrganization();
        using var staff = await StaffOf.Of(service, organization.Id);
        using var client = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = service.Address };
        client.DefaultRequestHeaders.Add("Cookie", $"cc={await staff.Session()}");
        using var open = await client.GetAsync("/live", HttpCompletionOption.ResponseHeadersRead, ct);
        using var told = new StreamReader(await open.Content.ReadAsStreamAsync(ct));
        await Until("changed"); // what it did not know yet
        await organization.NewUser("ada@example.com");
        await Until("changed");
        await service.Get<Scim.Api.Access.Pages.Sessions>().RevokeAll(organization.Id, staff.Staff, ct);
        await Task.Delay(1500, ct);
        var position = (await service.Sql("select last from history.last_position where tenant_id = $1", organization.Id.ToString("D")))!;
        await organization.NewUser("bob@example.com");
        var rest = await told.ReadToEndAsync(ct).WaitAsync(TimeSpan.FromSeconds(10), ct);
        Assert.All(System.Text.RegularExpressions.Regex.Matches(rest, "id: ([0-9]+)"), id => Assert.True(long.Parse(id.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) <= (long)position, rest));

        async Task Until(string words)
        {
            while (await told.ReadLineAsync(ct).AsTask().WaitAsync(TimeSpan.FromSeconds(10), ct) is { } line)
                if (line.Contains(words, StringComparison.Ordinal)) return;
            Assert.Fail("The stream ended.");
        }
    }

    static async Task<(int, string)> Sent(StaffOf staff, string path, string? bearer = null, string? session = null)
    {
        var (status, _, response) = await staff.Get(path, session, bearer);
        return (status, response.Headers.Location!.ToString());
    }
}
