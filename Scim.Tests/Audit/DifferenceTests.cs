using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Scim.Tests.Replay;

namespace Scim.Tests.Audit;

/// <summary>What differs between two moments, as an auditor asks it.</summary>
public sealed class DifferenceTests(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Between_two_moments_everybody_who_came_went_or_changed_is_told_with_the_events_that_did_it()
    {
        using var organization = await service.NewOrganization();
        var (ada, bob, eve) = ((await organization.NewUser("ada")).Id, (await organization.NewUser("bob")).Id, (await organization.NewUser("eve")).Id);
        var guides = (await organization.NewGroup("Guides", ada, bob)).Id;
        var from = await Positions.Settled(service, organization.Id);

        await organization.Patch($"Users/{ada}", """[{"op":"replace","path":"active","value":false},{"op":"replace","path":"title","value":"Countess"}]""");
        var deactivation = organization.LastRequest;
        await organization.Patch($"Users/{bob}", """[{"op":"replace","path":"userName","value":"robert"}]""");
        await organization.Patch($"Users/{bob}", """[{"op":"replace","path":"nickName","value":"Bobby"}]""");
        await organization.Patch($"Users/{bob}", """[{"op":"remove","path":"nickName"}]""");
        await organization.Delete($"Users/{eve}");
        var ivy = (await organization.NewUser("ivy")).Id;
        await organization.Patch($"Groups/{guides}", $$"""[{"op":"remove","path":"members[value eq \"{{bob}}\"]"},{"op":"add","path":"members","value":[{{TestOrganization.Values(ivy)}}]},{"op":"replace","path":"displayName","value":"Tour Guides"}]""");
        var to = await Positions.Settled(service, organization.Id);

        var all = await Ask(organization.Id, $"fromPosition={from}&toPosition={to}");
        Assert.Equal(new[]
        {
            "User ada deactivated active true->false [user_deactivated]", "User ada attribute title ->Countess [user_attributes_changed]", "User eve left active true-> [user_deleted]",
            "User ivy arrived active ->true [user_provisioned]", "User robert renamed userName bob->robert [user_renamed]",
            "Group Tour Guides renamed displayName Guides->Tour Guides [group_renamed]", "Group Tour Guides memberAdded ivy [group_members_added]", "Group Guides memberRemoved robert [group_members_removed]",
        }.Order(StringComparer.Ordinal), Rows(all).Order(StringComparer.Ordinal));
        var counts = all.GetProperty("counts");
        Assert.Equal((1, 1, 1, 1), (counts.GetProperty("arrived").GetInt32(), counts.GetProperty("left").GetInt32(), counts.GetProperty("deactivated").GetInt32(), counts.GetProperty("memberRemoved").GetInt32()));
        var row = all.GetProperty("rows").EnumerateArray().Single(r => r.GetProperty("kind").GetString() == "deactivated");
        Assert.Equal($"/api/organizations/{organization.Id}/requests/{deactivation}", row.GetProperty("events")[0].GetProperty("requestLink").GetString());

        await organization.Suspend(ivy);
        await organization.Suspend(ada);
        var later = await Positions.Settled(service, organization.Id);
        // A page that holds not all counts all the same, whatever it is asked about.
        foreach (var query in new[] { $"fromPosition={from}&toPosition={to}", $"fromPosition={from}", $"fromPosition=0&toPosition={from}", $"fromPosition=0&toPosition={later}", $"fromPosition={from}&person={ada}", $"fromPosition={from}&group={guides}" })
            Assert.Equal((await Ask(organization.Id, $"{query}&count=1000")).GetProperty("counts").ToString(), (await Ask(organization.Id, $"{query}&count=1")).GetProperty("counts").ToString());

        Assert.Equal(2, Rows(await Ask(organization.Id, $"fromPosition={from}&toPosition={to}&person={ada}")).Count);
        Assert.Equal(3, Rows(await Ask(organization.Id, $"fromPosition={from}&toPosition={to}&group={guides}")).Count);
        Assert.Empty(Rows(await Ask(organization.Id, $"fromPosition={to}&toPosition={to}")));
        Assert.Equal(3, Rows(await Ask(organization.Id, "fromPosition=0&toPosition=" + from)).Count(r => r.StartsWith("User", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Pages_hold_every_row_once_in_order_and_instants_serve_as_positions_do()
    {
        using var organization = await service.NewOrganization();
        var begun = DateTimeOffset.UtcNow;
        var people = new List<string>();
        for (var i = 0; i < 12; i++) people.Add((await organization.NewUser($"person{i}")).Id);
        for (var i = 0; i < 4; i++) await organization.NewGroup($"Team {i}", people.Skip(3 * i).Take(3));
        await Positions.Settled(service, organization.Id);

        var whole = Rows(await Ask(organization.Id, "fromPosition=0&count=1000"));
        Assert.Equal(12 + 4 + 12, whole.Count);
        var (paged, next) = (new List<string>(), $"from={begun.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fff}Z&count=5");
        while (next is not null)
        {
            var page = await Ask(organization.Id, next);
            Assert.InRange(Rows(page).Count, 1, 5);
            paged.AddRange(Rows(page));
            next = page.GetProperty("next").GetString() is { } cursor ? $"count=5&cursor={cursor}" : null;
        }
        Assert.Equal(whole, paged);
    }

    [Theory]
    [InlineData("")]
    [InlineData("from=yesterday")]
    [InlineData("fromPosition=2&toPosition=1")]
    [InlineData("fromPosition=0&from=2026-01-01T00:00:00Z")]
    [InlineData("fromPosition=0&toPosition=99999")]
    [InlineData("fromPosition=9.0")]
    [InlineData("cursor=1.2.3")]
    [InlineData("fromPosition=0&person=ada")]
    public async Task What_cannot_be_compared_is_refused(string query)
    {
        using var organization = await service.NewOrganization();
        using var answer = await service.Operator.GetAsync($"/api/organizations/{organization.Id}/audit/difference?{query}", Ct);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    async Task<JsonElement> Ask(Guid organization, string query) => await service.Operator.GetFromJsonAsync<JsonElement>($"/api/organizations/{organization}/audit/difference?{query}", Ct);

    static IReadOnlyList<string> Rows(JsonElement page) => [.. page.GetProperty("rows").EnumerateArray().Select(r =>
        $"{r.GetProperty("type").GetString()} {r.GetProperty("name").GetString()} {r.GetProperty("kind").GetString()} " +
        (r.GetProperty("member") is { ValueKind: JsonValueKind.Object } member ? member.GetProperty("name").GetString() : $"{r.GetProperty("path").GetString()} {Value(r.GetProperty("then"))}->{Value(r.GetProperty("now"))}") +
        $" [{string.Join(',', r.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("type").GetString()))}]")];

    static string Value(JsonElement value) => value.ValueKind switch { JsonValueKind.Null => "", JsonValueKind.String => value.GetString()!, _ => value.GetRawText() };
}
