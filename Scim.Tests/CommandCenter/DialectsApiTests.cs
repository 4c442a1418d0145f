using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Scim.Api.Access;
using Scim.Api.EventStore;
using Scim.Api.Provisioning.Dialects;

namespace Scim.Tests.CommandCenter;

/// <summary>What providers were forgiven and what of theirs is unknown, counted beside the requests.</summary>
public sealed class DialectsApiTests(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static readonly Action<HttpRequestMessage> Okta = r => r.Headers.TryAddWithoutValidation("User-Agent", "Okta SCIM Client 1.0.0");

    async Task<JsonElement> Read(Guid organization, string list) => await service.Operator.GetFromJsonAsync<JsonElement>($"/api/organizations/{organization}/{list}", Ct);

    /// <summary>The list once it says so; it is written within a second.</summary>
    async Task<List<JsonElement>> Read(TestOrganization organization, string list, Func<List<JsonElement>, bool> until)
    {
        for (var i = 0; ; i++)
        {
            var rows = (await Read(organization.Id, list)).EnumerateArray().ToList();
            if (until(rows)) return rows;
            Assert.True(i < 100, $"{list} is {string.Join('\n', rows)}");
            await Task.Delay(100, Ct);
        }
    }

    static long Count(JsonElement row, string name) => row.GetProperty(name).GetInt64();

    static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();

    static Task<Answer> Patch(TestOrganization organization, string id, string value, Action<HttpRequestMessage>? more = null) => organization.Send(HttpMethod.Patch, $"Users/{id}",
        $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{{value}}}]}""", more: more);

    [Fact]
    public async Task Repairs_are_counted_by_provider_and_told_in_a_sentence()
    {
        using var organization = await service.NewOrganization();
        var id = (await organization.NewUser("bjensen")).Id;
        for (var i = 0; i < 3; i++) Assert.Equal(200, (await Patch(organization, id, """{"active":"true"}""", Okta)).Status);
        Assert.Equal(200, (await Patch(organization, id, """{"active":"true"}""")).Status);

        var rows = await Read(organization, "dialects", r => r.Sum(x => Count(x, "today")) == 4);
        Assert.Equal(["Okta", "unknown"], rows.Select(r => Text(r, "provider")));
        Assert.Equal((3, 3, "text for a boolean", "okta"), (Count(rows[0], "today"), Count(rows[0], "last30Days"), Text(rows[0], "repair"), Text(rows[0], "lastToken")));
        Assert.Equal("Repaired 3 times today: text for a boolean, last by token okta.", Text(rows[0], "sentence"));
        Assert.InRange(DateTimeOffset.UtcNow - rows[0].GetProperty("lastAt").GetDateTimeOffset(), TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task What_was_repaired_before_today_is_told_with_its_day()
    {
        using var organization = await service.NewOrganization();
        await service.Sql("insert into directory.dialect_count select $1, 'okta', 'schemas missing', (now() at time zone 'utc')::date - d, 5, now() - make_interval(days => d) from unnest(array[2, 29, 30]) d", organization.Id.ToString());
        var row = Assert.Single((await Read(organization.Id, "dialects")).EnumerateArray());
        Assert.Equal((0, 10), (Count(row, "today"), Count(row, "last30Days")));
        Assert.Equal($"Repaired 10 times within 30 days, last on {DateTimeOffset.UtcNow.AddDays(-2):yyyy-MM-dd}: schemas missing.", Text(row, "sentence"));
    }

    [Fact]
    public async Task Unknown_attributes_stand_in_the_inbox_without_their_values()
    {
        using var organization = await service.NewOrganization();
        var id = (await organization.NewUser("bjensen")).Id;
        await Patch(organization, id, """{"active":true,"badge":"hidden-value-7","department2":{"a":"hidden-value-7"}}""");
        var last = await Patch(organization, id, """{"active":true,"badge":["hidden-value-7"],"jobTitle":"hidden-value-7"}""", Okta);

        var rows = await Read(organization, "unmapped", r => r.Sum(x => Count(x, "count")) == 4);
        Assert.Equal(["badge", "department2", "jobTitle"], rows.Select(r => Text(r, "name")));
        Assert.Equal((2, "array", "Okta", last.Headers["X-Request-Id"]), (Count(rows[0], "count"), Text(rows[0], "type"), Text(rows[0], "provider"), Text(rows[0], "lastRequest")));
        Assert.Equal("object", Text(rows[1], "type"));
        Assert.Null(Text(rows[0], "mapTo"));
        Assert.Equal(("title", "Map it to title in the identity provider."), (Text(rows[2], "mapTo"), Text(rows[2], "advice")));
        Assert.Equal(0L, await service.Sql("select count(*) from directory.unmapped u where u::text like '%hidden-value%'"));
    }

    [Fact]
    public async Task Members_that_nobody_is_stand_in_the_inbox_with_what_to_do()
    {
        using var organization = await service.NewOrganization();
        var user = await organization.NewUser("bjensen");
        var group = await organization.Post("Groups", $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"crew","members":[{"value":"{{user.Id}}"},{"value":"{{Guid.CreateVersion7()}}"}]}""");
        Assert.Equal(201, group.Status);
        var row = Assert.Single(await Read(organization, "unmapped", r => r.Count > 0));
        Assert.Equal(("members", "array"), (Text(row, "name"), Text(row, "type")));
        Assert.Contains("Assign these people", Text(row, "advice"), StringComparison.Ordinal);
        Assert.Contains((await Read(organization.Id, "dialects")).EnumerateArray(), r => Text(r, "repair") == "unknown members");
    }

    [Fact]
    public async Task Two_hundred_names_are_kept_and_the_others_counted_together()
    {
        using var organization = await service.NewOrganization();
        var id = (await organization.NewUser("bjensen")).Id;
        for (var i = 0; i < 13; i++)
            await Patch(organization, id, $"{{\"active\":true,{string.Join(',', Enumerable.Range(i * 20, 20).Select(n => $"\"n{n:D3}\":1"))}}}");
        var rows = await Read(organization, "unmapped", r => r.Sum(x => Count(x, "count")) == 260);
        Assert.Equal(201, rows.Count);
        Assert.Equal(60, Count(rows.Single(r => Text(r, "name") == "(more)"), "count"));

        // A name that is known is counted on under it, another day's included.
        await Patch(organization, id, """{"active":true,"n000":true,"another":1}""");
        rows = await Read(organization, "unmapped", r => r.Sum(x => Count(x, "count")) == 262);
        Assert.Equal((2, "boolean"), (Count(rows.Single(r => Text(r, "name") == "n000"), "count"), Text(rows.Single(r => Text(r, "name") == "n000"), "type")));
        Assert.Equal(61, Count(rows.Single(r => Text(r, "name") == "(more)"), "count"));
    }

    [Fact]
    public async Task What_is_counted_is_written_at_the_end()
    {
        using var organization = await service.NewOrganization();
        using var counts = new DialectCounts(service.Get<Placement>(), TimeProvider.System, NullLogger<DialectCounts>.Instance);
        counts.Note(Forgiven(organization.Id), "Okta");
        await counts.StopAsync(Ct);
        Assert.Equal("Okta", Text(Assert.Single((await Read(organization.Id, "dialects")).EnumerateArray()), "provider"));
    }

    [Fact]
    public async Task What_cannot_be_written_waits_and_fails_nobody()
    {
        using var organization = await service.NewOrganization();
        using var counts = new DialectCounts(service.Get<Placement>(), TimeProvider.System, NullLogger<DialectCounts>.Instance);
        counts.Note(Forgiven(organization.Id), "Okta");
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await counts.FlushAsync(gone.Token);
        Assert.Empty((await Read(organization.Id, "dialects")).EnumerateArray());
        counts.Note(Forgiven(organization.Id), "Okta");
        await counts.FlushAsync(Ct);
        Assert.Equal(2, Count(Assert.Single((await Read(organization.Id, "dialects")).EnumerateArray()), "today"));
        Assert.Equal(2, Count(Assert.Single((await Read(organization.Id, "unmapped")).EnumerateArray()), "count"));
    }

    [Fact]
    public async Task Counts_of_long_ago_are_forgotten()
    {
        using var organization = await service.NewOrganization();
        await service.Sql("insert into directory.dialect_count select $1, 'okta', 'schemas missing', (now() at time zone 'utc')::date - d, 5, now() from unnest(array[400, 401]) d", organization.Id.ToString());
        using var counts = new DialectCounts(service.Get<Placement>(), TimeProvider.System, NullLogger<DialectCounts>.Instance);
        counts.Note(Forgiven(organization.Id), "Okta");
        await counts.FlushAsync(Ct);
        Assert.Equal(2L, await service.Sql("select count(*) from directory.dialect_count where tenant_id = $1", organization.Id.ToString()));
    }

    [Fact]
    public async Task Of_an_unknown_organization_there_is_nothing()
    {
        foreach (var list in (string[])["dialects", "unmapped"])
            Assert.Equal(404, (int)(await service.Operator.GetAsync($"/api/organizations/{Guid.CreateVersion7()}/{list}", Ct)).StatusCode);
    }

    static Caller Forgiven(Guid organization)
    {
        var caller = new Caller(organization, "test", Guid.CreateVersion7()) { Source = Scim.Domain.History.Source.Scim };
        caller.Notes.Repair("schemas missing", "");
        caller.Notes.Unknown("badge");
        return caller;
    }
}
