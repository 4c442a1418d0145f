using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Scim.Tests.Audit;

/// <summary>Why somebody is in or out, as an auditor asks it.</summary>
public sealed class WhyTests(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_about_a_person_names_the_event_and_the_request_that_made_it_so()
    {
        using var organization = await service.NewOrganization();
        var ada = (await organization.NewUser("ada@example.com", ""","displayName":"Ada Byron" """)).Id;
        var created = organization.LastRequest;
        var guides = (await organization.NewGroup("Guides", ada)).Id;
        var joined = organization.LastRequest;
        await organization.NewGroup("Everybody", guides);
        await organization.Patch($"Users/{ada}", """[{"op":"replace","path":"title","value":"Countess"}]""");
        var titled = organization.LastRequest;
        await organization.Patch($"Users/{ada}", """[{"op":"replace","path":"active","value":false}]""");
        var deactivated = organization.LastRequest;

        var why = (await Ask(organization.Id, "userName=ADA@example.com")).GetProperty("people").EnumerateArray().Single();
        Assert.StartsWith("Ada Byron has no access, because the identity provider (token okta) deactivated this person on ", why.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("nothing since has changed that.", why.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.Equal(("inactive", false), (why.GetProperty("status").GetString(), why.GetProperty("access").GetBoolean()));
        var values = why.GetProperty("values").EnumerateArray().ToDictionary(v => v.GetProperty("path").GetString()!, v => v.GetProperty("event").GetProperty("request").GetString());
        Assert.Equal((deactivated, deactivated, created, titled), (values["access"], values["active"], values["userName"], values["title"]));
        Assert.Matches("^1\\.[0-9]+\\.0$", why.GetProperty("values")[0].GetProperty("event").GetProperty("id").GetString());
        Assert.Equal(["direct Guides " + joined, "indirect Everybody "], why.GetProperty("memberships").EnumerateArray().Select(m =>
            $"{m.GetProperty("type").GetString()} {m.GetProperty("name").GetString()} {(m.GetProperty("event") is { ValueKind: JsonValueKind.Object } e ? e.GetProperty("request").GetString() : "")}"));
    }

    [Fact]
    public async Task Also_of_somebody_who_is_not_there()
    {
        using var organization = await service.NewOrganization();
        var eve = (await organization.NewUser("eve@example.com")).Id;
        await organization.Patch($"Users/{eve}", """[{"op":"replace","path":"userName","value":"eva@example.com"}]""");
        await organization.Delete($"Users/{eve}");
        var deleted = organization.LastRequest;
        foreach (var asked in new[] { "userName=eve@example.com", "name=EVA@example.com", "person=" + eve })
        {
            var person = (await Ask(organization.Id, asked)).GetProperty("people").EnumerateArray().Single();
            Assert.Equal(("deleted", deleted), (person.GetProperty("status").GetString(), person.GetProperty("values")[0].GetProperty("event").GetProperty("request").GetString()));
        }

        await organization.NewUser("holder@example.com");
        Assert.Equal(409, (await organization.Post("Users", """{"userName":"holder@example.com","externalId":"00u-other"}""")).Status);
        var refused = organization.LastRequest;
        JsonElement never = default;
        await Faults.Until.True(async () => (never = await Ask(organization.Id, "externalId=00u-other")).GetProperty("refused").ValueKind == JsonValueKind.Object, "The refusal is not in the log.", 10);
        Assert.Empty(never.GetProperty("people").EnumerateArray());
        Assert.Equal((refused, 409), (never.GetProperty("refused").GetProperty("id").GetString(), never.GetProperty("refused").GetProperty("status").GetInt32()));
        Assert.Contains("refused with 409", never.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.Contains("Nobody was ever provisioned", (await Ask(organization.Id, "userName=nobody")).GetProperty("sentence").GetString(), StringComparison.Ordinal);

        foreach (var wrong in new[] { "", "person=ada", "userName=a&email=b" })
        {
            using var answer = await service.Operator.GetAsync($"/api/organizations/{organization.Id}/audit/why?{wrong}", Ct);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    async Task<JsonElement> Ask(Guid organization, string query) => await service.Operator.GetFromJsonAsync<JsonElement>($"/api/organizations/{organization}/audit/why?{query}", Ct);
}
