using Npgsql;

namespace Scim.Tests.Faults;

/// <summary>What requests about groups cost in round trips, and that nobody's members are read who asked for none.</summary>
[Collection(OnOwnCluster.Name)]
public sealed class GroupReads(BehindProxy behind) : IClassFixture<BehindProxy>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_about_a_group_waits_for_the_database_a_few_times_only()
    {
        using var organization = await behind.Service.NewOrganization();
        var people = new List<string>();
        for (var n = 0; n < 30; n++) people.Add((await organization.NewUser($"person{n}")).Id);
        var group = (await organization.NewGroup("Tours", people[0])).Id;
        for (var n = 0; n < 20; n++) await organization.NewGroup($"other {n}", people);

        var create = await Usual(n => organization.NewGroup($"new {n}", people[0]));
        var join = await Usual(n => organization.Join(group, people[n + 1]));
        var again = await Usual(_ => organization.Join(group, people[1]));
        var leave = await Usual(n => organization.Leave(group, people[n + 1]));
        var rename = await Usual(n => organization.Patch($"Groups/{group}", $$"""[{"op":"replace","path":"displayName","value":"Tours {{n}}"}]"""));
        var get = await Usual(_ => organization.Get($"Groups/{group}"));
        var header = await Usual(_ => organization.Get($"Groups/{group}?excludedAttributes=members"));
        var page = await Usual(_ => organization.Get("Groups?count=2"));
        var large = await Usual(_ => organization.Get("Groups?count=20"));
        var root = await Usual(_ => organization.Get("?count=100"));
        var users = await Usual(_ => organization.Get("Users?count=30"));
        var all = (create, join, again, leave, rename, get, header, page, large, root, users);
        TestContext.Current.TestOutputHelper?.WriteLine($"{all}");
        Assert.Equal((4, 3, 3, 3, 3, 1, 1, 3, 3, 5, 1), all);

        async Task<long> Usual(Func<int, Task<Answer>> request)
        {
            var counts = new List<long>();
            for (var n = 0; n < 12; n++)
            {
                var before = behind.Proxy.RoundTrips;
                Assert.InRange((await request(n)).Status, 200, 204);
                await Task.Delay(20, Ct); // a page is answered before its transaction ends
                counts.Add(behind.Proxy.RoundTrips - before);
            }
            return counts.Order().ElementAt(counts.Count / 2);
        }
    }

    [Fact]
    public async Task Who_asks_for_no_members_reads_none_of_them()
    {
        using var organization = await behind.Service.NewOrganization();
        var group = await organization.NewGroup("Tours", (await organization.NewUser("ada")).Id);
        await using var connection = new NpgsqlConnection(behind.Database.Superuser + ";Pooling=false");
        await connection.OpenAsync(Ct);
        await using (var transaction = await connection.BeginTransactionAsync(Ct))
        {
            // Whoever reads the table now waits for it.
            await using (var command = new NpgsqlCommand("lock table directory.group_member in access exclusive mode", connection, transaction)) await command.ExecuteNonQueryAsync(Ct);
            foreach (var path in new[] { $"Groups/{group.Id}?excludedAttributes=members", $"Groups/{group.Id}?attributes=displayName", "Groups?excludedAttributes=members", "Groups?attributes=displayName&filter=displayName+eq+%22tours%22", "Groups?count=0" })
                Assert.Equal(200, (await organization.Get(path)).Status);
            Assert.Equal(304, (await organization.Send(HttpMethod.Get, $"Groups/{group.Id}", more: r => r.Headers.TryAddWithoutValidation("If-None-Match", group.ETag))).Status);
            Assert.Equal(204, (await organization.Patch($"Groups/{group.Id}", """[{"op":"replace","path":"displayName","value":"Guides"}]""")).Status);
            Assert.Equal(503, (await organization.Get($"Groups/{group.Id}")).Status);
        }
        Assert.Single((await organization.Get($"Groups/{group.Id}")).Members);
    }

    [Fact]
    public async Task HEAD_of_large_groups_gives_every_connection_back()
    {
        using var organization = await behind.Service.NewOrganization();
        var people = await organization.NewUsers(1050);
        var group = await organization.NewGroup("Everybody", people);
        Assert.Equal(people.Order(StringComparer.Ordinal), (await organization.Get($"Groups/{group.Id}")).Members);
        Assert.Equal(people.Order(StringComparer.Ordinal), group.Members);
        var answers = await Races.AtOnce(150, _ => organization.Send(HttpMethod.Head, $"Groups/{group.Id}"));
        Assert.All(answers, a => Assert.Equal(200, a.Status));
        await Until.True(async () => await behind.Service.Sql("select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'") is 0L, "A transaction is left open.", 10);
    }
}
