using System.Net;

namespace Scim.Tests.Audit;

/// <summary>Whether somebody may sign in now, as the systems at whose doors people stand ask it.</summary>
public sealed class AccessTests(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_is_active_may_sign_in_with_groups_direct_and_indirect_by_whichever_name()
    {
        using var organization = await service.NewOrganization();
        var ada = await organization.NewUser("Ada@example.com", ""","active":true,"displayName":"Ada Byron","externalId":"e-1","emails":[{"value":"ada.byron@example.com"}]""");
        var team = (await organization.NewGroup("Tour Guides", ada.Id)).Id;
        var all = (await organization.NewGroup("Everyone", team)).Id;
        using var reader = service.ApiClient(await service.NewKey(organization.Id, "reader"));
        foreach (var asked in new[] { "userName=aDA@example.com", "externalId=e-1", "email=ADA.byron@example.com", $"id={ada.Id}", $"id=({ada.Id})" })
        {
            var access = await reader.Json(organization, $"access?{asked}");
            Assert.Equal((true, "active", ada.Id, "Ada@example.com", "Ada Byron"), (access.GetProperty("access").GetBoolean(), access.Text("reason"), access.Text("id"), access.Text("userName"), access.Text("displayName")));
            Assert.StartsWith("scim-token:", access.Text("by"), StringComparison.Ordinal);
            Assert.Equal(Scim.Domain.Protocol.ScimDateTime.TryParse(((Scim.Domain.Protocol.Json.ScimObject)ada.Body!["meta"]!)["created"]!.AsString!), access.GetProperty("since").GetDateTimeOffset());
            Assert.Equal(new[] { (team, "Tour Guides", "direct"), (all, "Everyone", "indirect") }.OrderBy(g => g.Item1, StringComparer.Ordinal),
                access.GetProperty("groups").EnumerateArray().Select(g => (g.Text("id")!, g.Text("display")!, g.Text("type")!)));
            Assert.Matches("^1\\.[0-9]+$", access.Text("position")!);
        }
    }

    [Fact]
    public async Task Who_has_no_access_is_told_apart_by_the_reason()
    {
        using var organization = await service.NewOrganization();
        var (ada, ben, cyd, dan) = ((await organization.NewUser("ada", ",\"active\":true")).Id, (await organization.NewUser("ben", ",\"active\":false")).Id, (await organization.NewUser("cyd", ",\"active\":true")).Id, (await organization.NewUser("dan", ",\"active\":true")).Id);
        await organization.Activate(ada, false);
        await organization.Suspend(cyd);
        Assert.Equal("deactivated", await Reason("ada"));
        Assert.Equal("provisionedInactive", await Reason("ben"));
        Assert.Equal("suspended", await Reason("cyd"));
        Assert.Equal("notInDirectory", await Reason("eve"));

        await organization.Activate(cyd, false); // suspended first
        await organization.Suspend(ada); // deactivated first
        Assert.Equal(("suspended", "deactivated"), (await Reason("cyd"), await Reason("ada")));
        await organization.Suspend(cyd, suspended: false);
        await organization.Activate(ada, true);
        Assert.Equal(("deactivated", "suspended"), (await Reason("cyd"), await Reason("ada")));
        await organization.Delete($"Users/{dan}");
        Assert.Equal("notInDirectory", await Reason("dan"));

        async Task<string?> Reason(string userName)
        {
            var access = await service.Operator.Json(organization, $"access?userName={userName}");
            Assert.False(access.GetProperty("access").GetBoolean());
            return access.Text("reason");
        }
    }

    [Fact]
    public async Task What_means_several_people_or_nothing_is_refused()
    {
        using var organization = await service.NewOrganization();
        foreach (var name in new[] { "ada", "ben" }) await organization.NewUser(name, ",\"externalId\":\"e-1\",\"emails\":[{\"value\":\"team@example.com\"}]");
        foreach (var (asked, status, said) in new[] { ("email=team@example.com", 409, "Several people have that e-mail address"), ("externalId=e-1", 409, "Several people have that external identifier"), ("", 400, "one of"), ("userName=ada&id=x", 400, "one of"), ("id=ada", 400, "id"), ("userName=%00", 400, "1024 characters") })
        {
            var (was, text) = await service.Operator.Ask(organization, $"access?{asked}");
            Assert.Equal(status, was);
            Assert.Contains(said, text, StringComparison.Ordinal);
        }
        Assert.Equal("notInDirectory", (await service.Operator.Json(organization, $"access?email={WebUtility.UrlEncode("\"}]'; drop")}")).Text("reason"));
    }

    [Fact]
    public async Task What_is_known_is_304_until_the_person_changes_whatever_others_do()
    {
        using var organization = await service.NewOrganization();
        var ada = (await organization.NewUser("ada", ",\"active\":true")).Id;
        var (status, tag) = await Ask(null);
        Assert.Equal(200, status);
        await organization.NewUser("ben");
        Assert.Equal((304, tag), await Ask(tag));
        var group = (await organization.NewGroup("Tour Guides", ada)).Id;
        var (joined, next) = await Ask(tag);
        Assert.Equal(200, joined);
        Assert.NotEqual(tag, next);
        await organization.Delete($"Groups/{group}");
        Assert.Equal((304, tag), await Ask(tag));
        await organization.Activate(ada, false);
        Assert.Equal(200, (await Ask(tag)).Status);

        async Task<(int Status, string? Tag)> Ask(string? known)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/organizations/{organization.Id}/access?userName=ada");
            if (known is not null) request.Headers.TryAddWithoutValidation("If-None-Match", known);
            using var answer = await service.Operator.SendAsync(request, Ct);
            Assert.StartsWith("1.", answer.Headers.GetValues("Scim-Position").Single(), StringComparison.Ordinal);
            return ((int)answer.StatusCode, answer.Headers.ETag?.ToString());
        }
    }
}
