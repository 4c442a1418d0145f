using Scim.Api.CommandCenter.Organizations;
using Scim.Domain.Organizations;
using Scim.Tests.Faults;

namespace Scim.Tests.SignIn;

/// <summary>Links that register a passkey: an hour, once, and only from our own page.</summary>
[Collection(OnSteadyCluster.Name)]
public sealed class InvitationTests(TestService service, OwnCluster cluster)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_shows_its_page_until_it_is_used_or_an_hour_old()
    {
        using var staff = await StaffOf.New(service);
        var (_, secret) = await staff.Accounts.Invite(staff.ByOperator, "ada@example.com", Roles.Admin, Ct);
        var (status, text, response) = await staff.Get($"/setup/{secret}");
        Assert.Equal(200, status);
        Assert.Contains("ada@example.com", text, StringComparison.Ordinal);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.DoesNotContain(secret, (string)(await service.Sql("select string_agg(i::text, ' ') from registry.invitation i"))!, StringComparison.Ordinal);

        await service.Sql("update registry.invitation set expires_at = now() where hash = $1", SecretText.Hash(secret));
        Assert.Equal(404, (await staff.Get($"/setup/{secret}")).Status);
        var (_, second) = await staff.Accounts.Invite(staff.ByOperator, "ada@example.com", Roles.Admin, Ct);
        await service.Sql("update registry.invitation set used_at = now() where hash = $1", SecretText.Hash(second));
        Assert.Equal(404, (await staff.Get($"/setup/{second}")).Status);
        Assert.Equal(404, (await staff.Get($"/setup/{secret[..^1]}")).Status);
    }

    [Fact]
    public async Task Another_link_for_who_is_there_stands_in_the_history_and_takes_the_one_before_back()
    {
        using var staff = await StaffOf.New(service);
        var (_, first) = await staff.Accounts.Invite(staff.ByOperator, "ada@example.com", Roles.Admin, Ct);
        var (_, second) = await staff.Accounts.Invite(staff.ByOperator, "ADA@example.com", Roles.Admin, Ct);
        Assert.Equal((404, 200), ((await staff.Get($"/setup/{first}")).Status, (await staff.Get($"/setup/{second}")).Status));
        await service.Get<OrganizationAdministration>().RegisterStaffPasskey(staff.ByOperator, staff.Staff);
        Assert.Equal("staff_invited staff_joined staff_invited_again staff_invited_again staff_passkey_registered",
            await service.Sql("select string_agg(type, ' ' order by version) from history.mt_events where stream_id = $1 and type like 'staff%'", staff.Organization));
    }

    [Fact]
    public async Task Of_many_who_come_first_at_the_same_instant_one_is_the_administrator()
    {
        using var organization = await service.NewOrganization();
        var came = await Task.WhenAll(Enumerable.Range(0, 8).Select(async n =>
        {
            try
            {
                return (await service.Get<OrganizationAdministration>().JoinFirst(StaffOf.Operator(organization.Id), Guid.CreateVersion7(), $"first{n}@example.com")).Email;
            }
            catch (Scim.Domain.Protocol.ScimException e) when (e.Status == 409)
            {
                return null;
            }
        }));
        Assert.Equal(Assert.Single(came, c => c is not null), Assert.Single((await service.Get<OrganizationAdministration>().Find(organization.Id, Ct))!.Staff).Email);
    }

    [Fact]
    public async Task What_no_page_of_ours_sent_is_refused()
    {
        using var staff = await StaffOf.New(service);
        var (_, secret) = await staff.Accounts.Invite(staff.ByOperator, "ada@example.com", Roles.Admin, Ct);
        var session = await staff.Session();
        foreach (var path in new[] { $"/setup/{secret}", $"/setup/{secret}/options", "/sign-in", "/sign-in/options", "/sign-out" })
            using (var answer = await staff.Post(path, session, ("credential", "{}")))
                Assert.Equal((path, 400), (path, (int)answer.StatusCode));
        Assert.Equal(200, (await staff.Get("/", session)).Status);
    }

    [Fact]
    public async Task Whoever_guesses_is_sent_away()
    {
        var settings = (await cluster.NewDatabase()).Settings();
        settings["Limits:StrangerRate"] = "1";
        settings["Limits:StrangerBurst"] = "3";
        await using var own = await OwnDatabase.Start(settings);
        using var staff = await StaffOf.New(own);
        var answers = new List<int>();
        for (var i = 0; i < 8; i++) answers.Add((await staff.Get("/setup/guess")).Status);
        Assert.Equal([404, 429], answers.Distinct());
    }

    [Fact]
    public async Task The_first_to_come_is_asked_who_they_are_and_the_link_dies_when_somebody_came()
    {
        var settings = (await cluster.NewDatabase()).Settings();
        await using var own = await OwnDatabase.Start(settings);
        using var first = await own.NewOrganization();
        var all = await own.Service.Foundation.Placement.OrganizationsAsync(Ct);
        using var stranger = new StaffOf(own, all[0], Guid.Empty);
        var secret = await stranger.Accounts.FirstLink(all, Ct);
        Assert.Contains("name=\"email\"", (await stranger.Get($"/setup/{secret}")).Text, StringComparison.Ordinal);

        var (member, _) = await stranger.Accounts.Invite(stranger.ByOperator, "ada@example.com", Roles.Admin, Ct);
        await own.Get<OrganizationAdministration>().JoinStaff(stranger.ByOperator, member.Id);
        Assert.Equal(404, (await stranger.Get($"/setup/{secret}")).Status);
    }
}
