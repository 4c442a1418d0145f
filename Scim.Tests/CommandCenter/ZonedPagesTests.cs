using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Scim.Api.CommandCenter.Components;
using Scim.Api.CommandCenter.Pages.Overview;
using Scim.Tests.Faults;
using Scim.Tests.Provisioning.RequestLog;
using Scim.Tests.Replay;
using Scim.Tests.SignIn;

namespace Scim.Tests.CommandCenter;

/// <summary>Pages tell times in the organization's zone, and whom an identity provider could not create.</summary>
public sealed class ZonedPagesTests(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_organization_chooses_the_zone_of_its_pages()
    {
        using var organization = await service.NewOrganization();
        Assert.Equal("UTC", (await Change(organization, new { name = "Guides" }, 200)).GetProperty("timeZone").GetString());
        Assert.Contains("IANA", (await Change(organization, new { timeZone = "Middle-earth/Shire" }, 400)).GetRawText(), StringComparison.Ordinal);
        Assert.Equal("Asia/Kathmandu", (await Change(organization, new { timeZone = "Asia/Kathmandu" }, 200)).GetProperty("timeZone").GetString());

        var ada = (await organization.NewUser("ada@example.com")).Id;
        using var staff = await StaffOf.Of(service, organization.Id);
        var session = await staff.Session();
        foreach (var path in new[] { $"/directory/users/{ada}", "/directory/users", "/audit/requests", "/settings/admins" })
            Assert.Contains("UTC+05:45", await Page(path), StringComparison.Ordinal);
        Assert.Contains("From, Asia/Kathmandu", await Page("/audit/events"), StringComparison.Ordinal);
        Assert.Contains("Day (Asia/Kathmandu)", await Page("/"), StringComparison.Ordinal);

        // A picked time is of the zone: a quarter to six in Kathmandu is midnight in UTC.
        Assert.Contains("The directory was empty at 2020-01-01 05:45:00 UTC+05:45", await Page("/directory/users?at=2020-01-01T05:45"), StringComparison.Ordinal);
        Assert.Contains("2020-01-01 05:45:00", await Page("/directory/users?at=2020-01-01T00:00:00Z"), StringComparison.Ordinal);
        Assert.Contains("?at=2020-01-01T05%3A45", await Page("/directory/users?at=2020-01-01T05:45"), StringComparison.Ordinal); // the menu carries it

        async Task<string> Page(string path) => WebUtility.HtmlDecode((await staff.Get(path, session)).Text);
    }

    [Fact]
    public async Task The_overview_names_whom_the_identity_provider_could_not_create()
    {
        using var organization = await service.NewOrganization();
        await organization.NewUser("ada@example.com");
        Assert.Equal(409, (await organization.Post("Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@example.com"}""")).Status);
        var request = organization.LastRequest;
        await organization.Written();
        using var staff = await StaffOf.Of(service, organization.Id);
        var overview = WebUtility.HtmlDecode((await staff.Get("/", await staff.Session())).Text);
        Assert.True(overview.Contains($"<a href=\"/audit/requests/{request}\">Create ada@example.com: refused (409 uniqueness)</a>", StringComparison.Ordinal), overview[overview.IndexOf("id=\"errors\"", StringComparison.Ordinal)..]);
        Assert.Contains("409 uniqueness", overview, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_came_and_who_went_is_counted_on_from_where_it_was_counted_to()
    {
        using var organization = await service.NewOrganization();
        var (access, zone) = (service.Get<ComingsAndGoings>(), new PageZone("Pacific/Kiritimati"));
        var ada = (await organization.NewUser("ada@example.com", ",\"active\":true")).Id;
        await organization.NewUser("grace@example.com", ",\"active\":false");
        await Counted(came: 1, went: 0);
        await organization.Patch($"Users/{ada}", """[{"op":"replace","path":"title","value":"Guide"}]""");
        await organization.Patch($"Users/{ada}", """[{"op":"replace","value":{"active":false}}]""");
        await organization.NewUser("augusta@example.com", ",\"active\":true");
        await Counted(came: 2, went: 1);

        async Task Counted(int came, int went)
        {
            await Positions.Settled(service, organization.Id);
            AccessOfDays? days = null;
            await Until.True(async () => (days = await access.Of(organization.Id, zone, Ct)) is { IsWhole: true } && days.Days[^1].Came == came, $"{came} came.");
            Assert.Equal(new DayOfAccess(zone.Day(DateTimeOffset.UtcNow), came, went), days!.Days[^1]);
            Assert.Equal((ComingsAndGoings.Days, came, went), (days.Days.Count, days.Days.Sum(d => d.Came), days.Days.Sum(d => d.Went)));
        }
    }

    async Task<JsonElement> Change(TestOrganization organization, object body, int status)
    {
        using var answer = await service.Operator.PatchAsJsonAsync($"/api/organizations/{organization.Id}", body, Ct);
        Assert.Equal(status, (int)answer.StatusCode);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct)).RootElement;
    }
}
