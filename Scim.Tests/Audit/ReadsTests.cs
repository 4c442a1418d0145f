using System.Text.Json;
using Npgsql;
using Scim.Tests.Faults;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Audit;

/// <summary>Whoever reads what is personal stands in a record, or reads nothing.</summary>
public sealed class ReadsTests(TestService service)
{
    [Fact]
    public async Task Every_reading_is_recorded_with_who_whom_and_what_kind()
    {
        using var organization = await service.NewOrganization();
        var ada = await organization.NewUser("ada", ",\"active\":true");
        using var auditor = service.ApiClient(await service.NewKey(organization.Id, "auditor"));
        string? last = null;
        foreach (var (path, kind, person) in new[]
        {
            ("users", "list", null), ($"users/{ada.Id}", "view", ada.Id), ($"users/{ada.Id}/events", "view", ada.Id), ("directory/Users", "list", null), ($"directory/Users/{ada.Id}", "view", ada.Id), ("directory/Groups", "list", null),
            ("requests", "requests", null), ($"requests?person={ada.Id}", "requests", ada.Id), ("access?userName=ada", "access", ada.Id), ("access?userName=eve", "access", null), ("access/changes", "access", null),
            ("audit/difference?from=2020-01-01T00:00:00Z", "difference", null), ($"audit/difference?from=2020-01-01T00:00:00Z&person={ada.Id}", "difference", ada.Id), ("audit/reads", "reads", null),
        })
        {
            var (status, text) = await auditor.Ask(organization, path);
            Assert.True(status == 200, $"{path} is {status}: {text}");
            var record = await service.Sql("select actor || ' ' || kind || ' ' || coalesce(person_id::text, '') from history.read_record where tenant_id = $1 and kind = $2 and person_id is not distinct from $3", organization.Id.ToString(), kind, person is null ? DBNull.Value : Guid.Parse(person));
            Assert.StartsWith("key:", record as string, StringComparison.Ordinal);
            last = record as string;
        }
        foreach (var path in new[] { "", "keys", "tokens", "dialects", "unmapped" }) Assert.Equal(200, (await auditor.Ask(organization, path)).Status);
        Assert.Equal(404, (await auditor.Ask(organization, $"users/{Guid.CreateVersion7()}")).Status); // showed nobody

        var reads = (await service.Operator.Json(organization, $"audit/reads?person={ada.Id}")).GetProperty("reads").EnumerateArray().ToArray();
        Assert.Equal(["access", "difference", "requests", "view"], reads.Select(r => r.Text("kind")).Distinct().Order());
        Assert.All(reads, r => Assert.Equal("siem", r.GetProperty("by").Text("label")));
        Assert.Empty((await service.Operator.Json(organization, "audit/reads?actor=operator&kind=view")).GetProperty("reads").EnumerateArray());
        Assert.NotEmpty((await service.Operator.Json(organization, "audit/reads?actor=operator")).GetProperty("reads").EnumerateArray());
        Assert.Equal(403, (await service.ApiClient(await service.NewKey(organization.Id, "reader")).Ask(organization, "audit/reads")).Status);
        Assert.Equal($"{last![..40]} reads ", last);
    }

    [Fact]
    public async Task A_minute_of_one_reading_is_one_row_and_pages_miss_none()
    {
        using var organization = await service.NewOrganization();
        using var reader = service.ApiClient(await service.NewKey(organization.Id, "reader"));
        string[] people = [.. (await Task.WhenAll(Enumerable.Range(0, 5).Select(n => organization.NewUser($"p{n}")))).Select(p => p.Id)];
        await Races.AtOnce(30, n => reader.Ask(organization, $"access?id={people[n % 5]}"));
        var (seen, cursor) = (new List<string>(), "");
        do
        {
            var page = await service.Operator.Json(organization, $"audit/reads?kind=access&count=2{cursor}");
            seen.AddRange(page.GetProperty("reads").EnumerateArray().Select(r => r.Text("person")!));
            cursor = page.GetProperty("next").ValueKind == JsonValueKind.Null ? "" : $"&cursor={page.Text("next")}";
        }
        while (cursor.Length > 0);
        Assert.Equal(people.Order(), seen.Distinct().Order());
        Assert.InRange(seen.Count, 5, 10); // ten where a minute began meanwhile
    }
}

/// <summary>A record that cannot be written.</summary>
[Collection(OnSteadyCluster.Name)]
public sealed class UnwritableReads(OwnCluster cluster)
{
    [Fact]
    public async Task Nothing_personal_is_shown_and_SCIM_goes_on()
    {
        var database = await cluster.NewDatabase();
        await using var service = await OwnDatabase.Start(database.Settings());
        using var organization = await service.NewOrganization();
        var ada = await organization.NewUser("ada");
        using var reader = service.ApiClient(await service.NewKey(organization.Id, "reader"));
        await Sql.ScalarAsync(database.Owner, $"revoke insert on history.read_record from \"{new NpgsqlConnectionStringBuilder(database.Login).Username}\"");
        foreach (var path in new[] { "users", $"users/{ada.Id}", "access?userName=ada", "access?userName=eve", "access/changes" })
        {
            var (status, text) = await reader.Ask(organization, path);
            Assert.Equal(503, status);
            Assert.DoesNotContain("\"ada\"", text, StringComparison.Ordinal);
        }
        Assert.Equal(503, (await service.Operator.Ask(organization, "requests")).Status);
        Assert.Equal(200, (await service.Operator.Ask(organization, "keys")).Status);
        Assert.Equal(200, (await organization.Get($"Users/{ada.Id}")).Status);
        await organization.NewUser("ben");

        await Sql.ScalarAsync(database.Owner, $"grant insert on history.read_record to \"{new NpgsqlConnectionStringBuilder(database.Login).Username}\"");
        Assert.Equal(200, (await reader.Ask(organization, "users")).Status);
    }
}
