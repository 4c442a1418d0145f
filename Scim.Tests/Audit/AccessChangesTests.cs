using System.Text.Json;
using Scim.Tests.Faults;

namespace Scim.Tests.Audit;

/// <summary>The feed of access and memberships: whoever follows it has what the directory has.</summary>
public sealed class AccessChangesTests(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_follower_from_the_beginning_ends_with_the_directorys_access_and_memberships()
    {
        using var organization = await service.NewOrganization();
        using var reader = service.ApiClient(await service.NewKey(organization.Id, "reader"));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var follower = new Follower(reader, organization);
        var writing = Races.AtOnce(4, writer => Write(organization, new Random(TestRun.Seed + writer), TestRun.Of(40, 400)));
        while (!writing.IsCompleted) await follower.Page(new Random().Next(1, 20));
        await writing;
        while (await follower.Page(7)) { }
        Assert.NotEmpty(follower.Edges);
        var tenant = organization.Id.ToString();
        Assert.Equal(await service.Sql("select coalesce(string_agg(id::text, ' ' order by id::text collate \"C\"), '') from directory.mt_doc_user where tenant_id = $1 and (data->'resource'->>'active')::boolean and not (data->'state'->>'suspended')::boolean", tenant),
            string.Join(' ', follower.People.Order(StringComparer.Ordinal)));
        Assert.Equal(await service.Sql("select coalesce(string_agg(e, ' ' order by e collate \"C\"), '') from (select group_id || '<' || member_id || case when is_group then 'Group' else 'User' end as e from directory.group_member where tenant_id = $1) x", tenant),
            string.Join(' ', follower.Edges.Order(StringComparer.Ordinal)));
    }

    static async Task<bool> Write(TestOrganization organization, Random random, int steps)
    {
        var (people, groups, name) = (new List<string>(), new List<string>(), random.Next().ToString("x", System.Globalization.CultureInfo.InvariantCulture));
        for (var step = 0; step < steps; step++)
        {
            var person = people.Count == 0 ? "" : people[random.Next(people.Count)];
            var group = groups.Count == 0 ? "" : groups[random.Next(groups.Count)];
            switch (people.Count < 2 ? 0 : groups.Count < 2 ? 1 : random.Next(9))
            {
                case 0: people.Add((await organization.NewUser($"{name}-{step}", random.Next(4) == 0 ? ",\"active\":false" : ",\"active\":true")).Id); break;
                case 1: groups.Add((await organization.NewGroup($"{name}-{step}", people)).Id); break;
                case 2: await organization.Activate(person, random.Next(2) == 0); break;
                case 3: await organization.Suspend(person, random.Next(2) == 0); break;
                case 4: await organization.Join(group, [person, groups[random.Next(groups.Count)]]); break;
                case 5: await organization.Leave(group, person); break;
                case 6: await organization.Patch($"Users/{person}", $$"""[{"op":"replace","path":"title","value":"{{step}}"}]"""); break;
                case 7 when people.Count > 3:
                    await organization.Delete($"Users/{person}");
                    people.Remove(person);
                    break;
                case 8 when groups.Count > 3:
                    await organization.Delete($"Groups/{group}");
                    groups.Remove(group);
                    break;
            }
        }
        return true;
    }

    [Fact]
    public async Task A_page_ends_with_a_whole_position_and_a_nested_group_is_one_row()
    {
        using var organization = await service.NewOrganization();
        string[] people = [.. (await Task.WhenAll(Enumerable.Range(0, 5).Select(n => organization.NewUser($"p{n}", ",\"active\":true")))).Select(p => p.Id)];
        var team = (await organization.NewGroup("Team", people)).Id;
        var above = (await organization.NewGroup("Above", team)).Id;
        var (after, seen, pages) = ("1.0", new List<(string Position, string Kind)>(), 0);
        while (true)
        {
            var page = await service.Operator.Json(organization, $"access/changes?after={after}&count=1");
            var changes = page.GetProperty("changes").EnumerateArray().ToArray();
            Assert.DoesNotContain(changes, c => seen.Any(s => s.Position == c.Text("position")));
            seen.AddRange(changes.Select(c => (c.Text("position")!, c.Text("kind")!)));
            Assert.All(changes, c => Assert.Equal(JsonValueKind.String, c.GetProperty("at").ValueKind));
            pages++;
            after = page.Text("next")!;
            if (after == page.Text("last")) break;
        }
        Assert.Equal(11, seen.Count);
        Assert.InRange(pages, 7, 9);
        Assert.Equal(5, seen.Where(s => s.Kind == "membership").GroupBy(s => s.Position).Max(g => g.Count()));
        var nested = Assert.Single((await service.Operator.Json(organization, "access/changes")).GetProperty("changes").EnumerateArray(), c => c.Text("kind") == "membership" && c.Text("group") == above);
        Assert.Equal((team, "Group", true), (nested.Text("member"), nested.Text("memberType"), nested.GetProperty("added").GetBoolean()));
    }

    [Fact]
    public async Task Positions_of_another_epoch_and_of_the_future_are_refused()
    {
        using var organization = await service.NewOrganization();
        foreach (var (asked, said) in new[] { ("after=2.1", "restore"), ("after=1.99999", "future"), ("after=x", "position"), ("after=1", "position"), ("count=0", "count"), ("count=1001", "count") })
        {
            var (status, text) = await service.Operator.Ask(organization, $"access/changes?{asked}");
            Assert.Equal(400, status);
            Assert.Contains(said, text, StringComparison.Ordinal);
        }
    }

    /// <summary>Applies the feed, page after page.</summary>
    sealed class Follower(HttpClient client, TestOrganization organization)
    {
        string? _next;

        internal HashSet<string> People { get; } = [];

        internal HashSet<string> Edges { get; } = [];

        /// <summary>False at the end.</summary>
        internal async Task<bool> Page(int count)
        {
            var page = await client.Json(organization, $"access/changes?count={count}{(_next is null ? "" : $"&after={_next}")}");
            foreach (var change in page.GetProperty("changes").EnumerateArray())
            {
                var (begins, set, what) = change.Text("kind") == "person" ? (change.GetProperty("access").GetBoolean(), People, change.Text("id")!)
                    : (change.GetProperty("added").GetBoolean(), Edges, $"{change.Text("group")}<{change.Text("member")}{change.Text("memberType")}");
                Assert.True(begins ? set.Add(what) : set.Remove(what), $"{change} says what was so.");
            }
            _next = page.Text("next");
            return _next != page.Text("last");
        }
    }
}
