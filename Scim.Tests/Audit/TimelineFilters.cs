using System.Globalization;
using System.Text.Json;
using Scim.Tests.Faults;

namespace Scim.Tests.Audit;

/// <summary>What an auditor asks for is what is answered: by each filter, by several together, page after page.</summary>
public sealed class TimelineFilters(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_filter_finds_its_events_and_several_find_what_all_of_them_do()
    {
        using var organization = await service.NewOrganization();
        var ada = (await organization.NewUser("ada", ",\"displayName\":\"Ada Byron\"")).Id;
        var adasBirth = organization.LastRequest!;
        var bob = (await organization.NewUser("bob")).Id;
        var team = (await organization.NewGroup("Guides", ada)).Id;
        await organization.Join(team, bob);
        await organization.Leave(team, ada);
        var other = (await organization.NewGroup("Others", bob)).Id;
        await organization.Join(other, ada);
        await organization.Delete($"Groups/{other}");
        await organization.Patch($"Users/{ada}", """[{"op":"replace","path":"active","value":false}]""");
        var all = (await organization.Timeline("count=200&order=asc")).Rows();
        var token = all.Single(e => e.Text("type") == "token_issued").GetProperty("data").Text("tokenId");
        string[] adas = ["user_provisioned", "group_members_added", "group_members_removed", "group_members_added", "group_deleted", "user_deactivated"];

        await Are($"person={ada}", adas);
        await Are($"group={team}", "group_created", "group_members_added", "group_members_added", "group_members_removed");
        await Are($"person={ada}&group={team}", "group_members_added", "group_members_removed");
        await Are($"person={ada}&type=group_deleted,user_provisioned", "user_provisioned", "group_deleted");
        await Are("type=group_created", "group_created", "group_created");
        await Are("type=group_created,user_deactivated", "group_created", "group_created", "user_deactivated");
        await Are("actor=operator", "organization_created", "scim_enabled", "token_issued");
        await Are("actor=operator&type=token_issued,group_created", "token_issued");
        await Are("actor=operator&type=group_created");
        await Are($"actor=operator,scim-token:{token}&type=token_issued,group_created", "token_issued", "group_created", "group_created");
        await Are($"actor=operator,scim-token:{token}&fromPosition=3&toPosition=4", "token_issued", "user_provisioned");
        await Are($"actor=operator,scim-token:{token}&person={ada}", adas);
        await Are($"actor=operator,scim-token:{token}&token={token}&type=token_issued,group_created", "group_created", "group_created");
        await Are($"actor=operator&token={token}");
        await Are($"token={token}", [.. all.Skip(3).Select(e => e.Text("type"))]);
        await Are($"actor=scim-token:{token}&type=user_provisioned", "user_provisioned", "user_provisioned");
        await Are($"request={adasBirth}", "user_provisioned");
        await Are($"request={Guid.CreateVersion7()}");
        await Are($"person={ada}&token={Guid.CreateVersion7()}");
        await Are($"name=ada&type=user_deactivated", "user_deactivated");
        await Are($"name=ada&person={bob}");
        await Are("fromPosition=4&toPosition=5", "user_provisioned", "user_provisioned");
        await Are("fromPosition=1.4&toPosition=1.4", "user_provisioned");
        await Are($"person={ada}&fromPosition=5&toPosition={all[^2].Text("position")}", adas[1..5]);
        await Are("fromPosition=999999");

        async Task Are(string query, params string[] types)
        {
            foreach (var (order, expected) in new[] { ("asc", types), ("desc", [.. types.Reverse()]) })
            {
                var found = (await organization.Timeline($"{query}&order={order}")).Rows();
                Assert.True(expected.SequenceEqual(found.Select(e => e.Text("type"))), $"{query} in {order}: {string.Join(", ", found.Select(e => e.Text("type")))}");
                Assert.Equal(found.Select(e => e.Text("id")), await Paged(organization, $"{query}&order={order}&count=1"));
            }
        }
    }

    [Fact]
    public async Task An_instant_counts_itself_and_a_day_counts_whole()
    {
        using var organization = await service.NewOrganization();
        for (var n = 0; n < 4; n++)
        {
            await organization.NewUser($"person{n}");
            await Task.Delay(20, Ct);
        }
        // A day is set apart by the history's own instants, which only the database has.
        await Replay.Positions.Settled(service, organization.Id);
        var tenant = organization.Id.ToString("D");
        foreach (var (position, instant) in new[] { (4, "2026-03-02T23:59:59.999999Z"), (5, "2026-03-03T00:00:00Z"), (6, "2026-03-03T23:59:59.999999Z"), (7, "2026-03-04T00:00:00Z") })
            await service.Sql("update history.commit_log set instant = $3 where tenant_id = $1 and position = $2", tenant, (long)position, DateTime.Parse(instant, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal));
        await service.Sql("update history.commit_log set instant = '2026-03-01T00:00:00Z' where tenant_id = $1 and position < 4", tenant);

        await Are("from=2026-03-03&to=2026-03-03", 5, 6);
        await Are("from=2026-03-03", 5, 6, 7);
        await Are("to=2026-03-02&fromPosition=4", 4);
        await Are("to=2026-03-03&fromPosition=4", 4, 5, 6);
        await Are("from=2026-03-02T23:59:59.999999Z&to=2026-03-03T00:00:00Z", 4, 5);
        await Are("from=2026-03-03T01:00:00%2B01:00&to=2026-03-03T02:00:00%2B01:00", 5);
        await Are("from=2026-03-05");
        await Are("from=2099-01-01");
        await Are("to=2020-01-01");
        await Are("to=2099-01-01&fromPosition=7", 7);

        async Task Are(string query, params int[] positions) =>
            Assert.Equal(positions.Select(p => $"1.{p}"), (await organization.Timeline(query + "&order=asc")).Rows().Select(e => e.Text("position")));
    }

    [Fact]
    public async Task Somebody_is_found_by_every_name_of_any_time_until_they_are_erased()
    {
        using var organization = await service.NewOrganization();
        var ada = (await organization.NewUser("ada.byron@example.com", ""","displayName":"Ada Byron","emails":[{"value":"first@example.com"}]""")).Id;
        await organization.Patch($"Users/{ada}", """[{"op":"replace","path":"userName","value":"ada.king@example.com"},{"op":"replace","path":"displayName","value":"Ada King"}]""");
        await organization.Delete($"Users/{ada}");
        var other = (await organization.NewUser("adalbert")).Id;
        foreach (var name in new[] { "ada.byron@example.com", "ADA BYRON", "ada k", "First@Example.com", "ada.king", "king" })
        {
            var found = (await organization.Timeline($"name={Uri.EscapeDataString(name)}&order=asc")).Rows();
            Assert.True(found.All(e => e.Text("stream") == ada), name);
            Assert.Equal(["user_provisioned", "user_renamed", "user_attributes_changed", "user_deleted"], found.Select(e => e.Text("type")));
        }
        Assert.Equal([other], (await organization.Timeline("name=adalb")).Rows().Select(e => e.Text("stream")));
        Assert.Equal(5, (await organization.Timeline("name=ada")).Rows().Length);
        Assert.Empty((await organization.Timeline("name=ing")).Rows());
        await organization.NewUsers(100, "adal");
        Assert.Contains("More than 100", (await organization.Timeline("name=adal", 400)).Text("title"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_of_a_large_command_is_told_by_the_one_event_that_names_it()
    {
        using var organization = await service.NewOrganization();
        var people = await organization.NewUsers(1050);
        var team = (await organization.NewGroup("All", people)).Id;
        var page = (await organization.Timeline($"group={team}&order=asc")).Rows();
        Assert.Equal(["group_created", "group_members_added", "group_members_added"], page.Select(e => e.Text("type")));
        Assert.Single(page.Select(e => e.Text("position")).Distinct());
        foreach (var person in new[] { people.Min(StringComparer.Ordinal)!, people.Max(StringComparer.Ordinal)! })
            Assert.Contains(person, Assert.Single((await organization.Timeline($"person={person}&type=group_members_added")).Rows()).GetProperty("data").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_hold_everything_once_and_in_order_while_writers_write()
    {
        using var organization = await service.NewOrganization();
        await organization.NewUsers(20, "early");
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var writing = Races.AtOnce(4, async writer =>
        {
            for (var n = 0; !enough.IsCancellationRequested; n++)
            {
                var user = await organization.NewUser($"w{writer}.{n}");
                await organization.Patch($"Users/{user.Id}", """[{"op":"replace","path":"active","value":false},{"op":"replace","path":"title","value":"T"}]""");
                await Task.Delay(50, Ct); // the history grows, more slowly than it is read
            }
            return true;
        });
        try
        {
            foreach (var order in new[] { "asc", "desc", "asc", "desc" })
            {
                var begun = await Replay.Positions.Settled(service, organization.Id);
                var ids = await Paged(organization, $"order={order}&count=17", until: begun);
                Assert.Equal(ids.Count, ids.Distinct().Count());
                var sorted = ids.OrderBy(Number).ToArray();
                Assert.Equal(order == "asc" ? sorted : sorted.Reverse(), ids);
                Assert.Equal(await service.Sql("select count(*) from directory.timeline where tenant_id = $1 and position <= $2", organization.Id.ToString("D"), begun), (long)ids.Count(i => Number(i).Position <= begun));
            }
        }
        finally
        {
            await enough.CancelAsync();
            await writing;
        }
    }

    [Theory]
    [InlineData("person=ada", "person")]
    [InlineData("group=1", "group")]
    [InlineData("type=user_flown", "type")]
    [InlineData("token=okta", "token")]
    [InlineData("request=7", "request")]
    [InlineData("order=up", "order")]
    [InlineData("count=0", "count")]
    [InlineData("count=201", "count")]
    [InlineData("cursor=7", "cursor")]
    [InlineData("cursor=1.1", "cursor")]
    [InlineData("name=%00", "name")]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=2026-03-03T14:00:00", "zone")]
    [InlineData("fromPosition=-1", "fromPosition")]
    [InlineData("toPosition=x", "toPosition")]
    [InlineData("cursor=7.1.0", "Read again from the beginning")]
    [InlineData("fromPosition=7.1", "Read again from the beginning")]
    [InlineData("toPosition=7.1", "Read again from the beginning")]
    public async Task What_cannot_be_meant_is_refused_with_what_to_send(string query, string said)
    {
        using var organization = await service.NewOrganization();
        Assert.Contains(said, (await organization.Timeline(query, 400)).GetRawText(), StringComparison.Ordinal);
    }

    static (long Position, int Place) Number(string id) => (long.Parse(id.Split('.')[1], CultureInfo.InvariantCulture), int.Parse(id.Split('.')[2], CultureInfo.InvariantCulture));

    /// <summary>The ids of all pages; while others write, oldest first has no end of its own.</summary>
    static async Task<IReadOnlyList<string>> Paged(TestOrganization organization, string query, long? until = null)
    {
        var ids = new List<string>();
        for (string? cursor = null; ;)
        {
            var page = await organization.Timeline(cursor is null ? query : $"{query}&cursor={cursor}");
            ids.AddRange(page.Rows().Select(e => e.Text("id")));
            if (page.GetProperty("next").ValueKind == JsonValueKind.Null || until is not null && query.Contains("asc", StringComparison.Ordinal) && Number(ids[^1]).Position > until) return ids;
            cursor = page.Text("next");
        }
    }
}
