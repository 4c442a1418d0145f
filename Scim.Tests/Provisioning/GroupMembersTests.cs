using Scim.Api.EventStore.Queries;
using Scim.Domain.Groups;

namespace Scim.Tests.Provisioning;

/// <summary>Who is in a group, and what becomes of it when somebody leaves the directory.</summary>
public sealed class GroupMembersTests(TestService service)
{
    static readonly string Nobody = Guid.CreateVersion7().ToString();

    [Fact]
    public async Task Unknown_members_beside_known_ones_are_skipped_and_noted()
    {
        using var org = await service.NewOrganization();
        using var other = await service.NewOrganization();
        var (ada, bob, stranger) = ((await org.NewUser("ada")).Id, (await org.NewUser("bob")).Id, (await other.NewUser("eve")).Id);
        var group = await org.NewGroup("Tours", ada, Nobody, stranger, "not-an-id");
        Assert.Equal([ada], group.Members);
        Assert.Equal(204, (await org.Join(group.Id, Nobody, bob)).Status);
        Assert.Equal([ada, bob], (await org.Put($"Groups/{group.Id}", TestOrganization.GroupBody("Guides", ada, bob, stranger))).Members);
        foreach (var e in await Events(org, group.Id))
        {
            Assert.Contains("unknown members", e.Stored.Headers["repairs"], StringComparison.Ordinal);
            Assert.DoesNotContain("eve", e.Stored.Headers.Values);
        }
    }

    [Fact]
    public async Task A_request_whose_every_member_is_unknown_is_refused_and_names_at_most_twenty()
    {
        using var org = await service.NewOrganization();
        using var other = await service.NewOrganization();
        var (ada, stranger) = ((await org.NewUser("ada")).Id, (await other.NewUser("eve")).Id);
        var group = await org.NewGroup("Tours", ada);
        var strangers = Enumerable.Range(0, 25).Select(_ => Guid.CreateVersion7().ToString()).ToArray();
        foreach (var refused in new[]
        {
            await org.Post("Groups", TestOrganization.GroupBody("Guides", strangers)),
            await org.Put($"Groups/{group.Id}", TestOrganization.GroupBody("Tours", strangers)),
            await org.Join(group.Id, strangers),
        })
        {
            Assert.Equal((400, "invalidValue"), (refused.Status, refused.ScimType));
            Assert.Equal(20, strangers.Count(s => refused.Detail!.Contains(s, StringComparison.Ordinal)));
            Assert.Contains("and 5 more", refused.Detail, StringComparison.Ordinal);
        }
        var foreign = await org.Join(group.Id, stranger);
        Assert.Equal((400, "invalidValue"), (foreign.Status, foreign.ScimType));
        Assert.Contains(stranger, foreign.Detail, StringComparison.Ordinal);
        Assert.Equal(group.Text, (await org.Get($"Groups/{group.Id}")).Text);
        Assert.Equal(1, (await org.Get("Groups")).Total);
    }

    [Fact]
    public async Task A_group_is_never_its_own_member()
    {
        using var org = await service.NewOrganization();
        var group = await org.NewGroup("Tours");
        foreach (var refused in new[] { await org.Join(group.Id, group.Id), await org.Put($"Groups/{group.Id}", TestOrganization.GroupBody("Tours", group.Id)) })
            Assert.Equal((400, "invalidValue"), (refused.Status, refused.ScimType));
        Assert.Equal(["group_created"], await org.Events(group.Id));
    }

    [Fact]
    public async Task Groups_may_contain_each_other_and_both_can_be_deleted()
    {
        using var org = await service.NewOrganization();
        var (a, b) = ((await org.NewGroup("A")).Id, (await org.NewGroup("B")).Id);
        Assert.Equal(204, (await org.Join(a, b)).Status);
        Assert.Equal(204, (await org.Join(b, a)).Status);
        Assert.Equal([b], (await org.Get($"Groups/{a}")).Members);
        Assert.Equal([a], (await org.Get($"Groups/{b}")).Members);

        Assert.Equal(204, (await org.Delete($"Groups/{a}")).Status);
        Assert.Equal("[]", (await org.Get($"Groups/{b}")).Body!["members"]!.ToString());
        Assert.Equal(204, (await org.Delete($"Groups/{b}")).Status);
        Assert.Equal(["group_created", "group_members_added", "group_deleted"], await org.Events(a));
        Assert.Equal(["group_created", "group_members_added", "group_members_removed", "group_deleted"], await org.Events(b));
    }

    [Theory]
    [InlineData("""[{"op":"add","path":"members","value":[{"value":"ADA"}]}]""")]
    [InlineData("""[{"op":"add","value":{"members":[{"value":"ADA"},{"value":"ADA"}]}}]""")]
    [InlineData("""[{"op":"Add","path":"members","value":{"value":"ADA"}}]""")]
    [InlineData("""[{"op":"replace","path":"members","value":[{"value":"ADA"},{"value":"INNER"}]}]""")]
    [InlineData("""[{"op":"remove","path":"members[value eq \"BOB\"]"}]""")]
    [InlineData("""[{"op":"remove","path":"members","value":[{"value":"BOB"}]}]""")]
    [InlineData("""[{"op":"remove","path":"members[value eq \"00000000-0000-7000-8000-000000000001\"]"}]""")]
    [InlineData("""[{"op":"remove","path":"members[value eq \"not-an-id\"]"}]""")]
    [InlineData("""[{"op":"remove","path":"members","value":[]}]""")]
    [InlineData("""[{"op":"remove","path":"members[value eq \"ADA\"]"},{"op":"add","path":"members","value":[{"value":"ADA"}]}]""")]
    [InlineData("""[{"op":"replace","path":"displayName","value":"Tours"}]""")]
    [InlineData("""[{"op":"remove","path":"externalId"}]""")]
    public async Task What_changes_nobody_leaves_no_event_and_the_same_tag(string operations)
    {
        using var org = await service.NewOrganization();
        var (ada, bob, inner) = ((await org.NewUser("ada")).Id, (await org.NewUser("bob")).Id, (await org.NewGroup("Inner")).Id);
        var group = await org.NewGroup("Tours", ada, inner);
        var patched = await org.Patch($"Groups/{group.Id}", operations.Replace("ADA", ada, StringComparison.Ordinal).Replace("BOB", bob, StringComparison.Ordinal).Replace("INNER", inner, StringComparison.Ordinal));
        Assert.Equal((204, group.ETag), (patched.Status, patched.ETag));
        Assert.Equal(group.Text, (await org.Get($"Groups/{group.Id}")).Text);
        Assert.Equal(2, (await org.Events(group.Id)).Count);
    }

    [Theory]
    [InlineData("""[{"op":"remove","path":"members[value eq \"ADA\"]"}]""", "bob inner")]
    [InlineData("""[{"op":"remove","path":"members","value":[{"value":"ADA"},{"value":"INNER"}]}]""", "bob")]
    [InlineData("""[{"op":"remove","value":{"members":[{"value":"ADA"}]}}]""", "bob inner")]
    [InlineData("""[{"op":"remove","path":"members"}]""", "")]
    [InlineData("""[{"op":"remove","path":"members","value":null}]""", "")]
    [InlineData("""[{"op":"replace","path":"members","value":[]}]""", "")]
    [InlineData("""[{"op":"replace","path":"members","value":[{"value":"CYD"}]}]""", "cyd")]
    [InlineData("""[{"op":"replace","value":{"members":[{"value":"CYD"},{"value":"BOB"}]}}]""", "bob cyd")]
    [InlineData("""[{"op":"remove","path":"members"},{"op":"add","path":"members","value":[{"value":"BOB"}]}]""", "bob")]
    [InlineData("""[{"op":"add","path":"members","value":[{"value":"CYD"}]},{"op":"remove","path":"members[value eq \"BOB\" or value eq \"INNER\"]"}]""", "ada cyd")]
    [InlineData("""[{"op":"remove","path":"members[not (value eq \"BOB\")]"}]""", "bob")]
    public async Task PATCH_leaves_exactly_those_members(string operations, string expected)
    {
        using var org = await service.NewOrganization();
        var ids = new Dictionary<string, string>();
        foreach (var name in new[] { "ada", "bob", "cyd" }) ids[name] = (await org.NewUser(name)).Id;
        ids["inner"] = (await org.NewGroup("inner")).Id;
        var group = await org.NewGroup("Tours", ids["ada"], ids["bob"], ids["inner"]);
        Assert.Equal(204, (await org.Patch($"Groups/{group.Id}", ids.Aggregate(operations, (text, id) => text.Replace(id.Key.ToUpperInvariant(), id.Value, StringComparison.Ordinal)))).Status);
        var members = (await org.Get($"Groups/{group.Id}")).Members;
        Assert.Equal(expected, string.Join(' ', ids.Where(i => members.Contains(i.Value)).Select(i => i.Key)));
        Assert.Equal((long)members.Count, await service.Sql("select (data->'state'->>'memberCount')::bigint from directory.mt_doc_group where id = $1", Guid.Parse(group.Id)));
    }

    [Theory]
    [InlineData("""[{"op":"remove","path":"members[display eq \"ada\"]"}]""", "invalidPath")]
    [InlineData("""[{"op":"replace","path":"members.value","value":"x"}]""", "mutability")]
    [InlineData("""[{"op":"add","path":"members","value":null}]""", "invalidValue")]
    [InlineData("""[{"op":"remove"}]""", "noTarget")]
    [InlineData("""[{"op":"remove","path":"displayName"}]""", "mutability")]
    [InlineData("""[{"op":"replace","path":"displayName","value":""}]""", "mutability")]
    [InlineData("""[{"op":"replace","path":"id","value":"x"}]""", "mutability")]
    [InlineData("""[{"op":"replace","path":"nothing","value":"x"}]""", "invalidPath")]
    [InlineData("[]", "invalidValue")]
    public async Task What_cannot_be_meant_is_refused(string operations, string scimType)
    {
        using var org = await service.NewOrganization();
        var group = await org.NewGroup("Tours", (await org.NewUser("ada")).Id);
        var refused = await org.Patch($"Groups/{group.Id}", operations);
        Assert.Equal((400, scimType), (refused.Status, refused.ScimType));
        Assert.Equal(group.Text, (await org.Get($"Groups/{group.Id}")).Text);
    }

    [Fact]
    public async Task Whoever_leaves_the_directory_leaves_every_group_in_the_same_commit_with_the_reason()
    {
        using var org = await service.NewOrganization();
        var (ada, inner) = (await org.NewUser("ada"), await org.NewGroup("Inner"));
        var (tours, guides) = (await org.NewGroup("Tours", ada.Id, inner.Id), await org.NewGroup("Guides", ada.Id));

        Assert.Equal(204, (await org.Delete($"Users/{ada.Id}")).Status);
        Assert.Equal(204, (await org.Delete($"Groups/{inner.Id}")).Status);
        Assert.Equal("[]", (await org.Get($"Groups/{tours.Id}")).Body!["members"]!.ToString());
        Assert.Equal("W/\"4\"", (await org.Get($"Groups/{tours.Id}")).ETag);
        Assert.Equal("[]", (await org.Get($"Groups/{guides.Id}")).Body!["members"]!.ToString());
        Assert.Equal(0L, await service.Sql("select count(*) from directory.group_member where tenant_id = $1", org.Id.ToString("D")));

        var removed = (await Events(org, tours.Id)).Select(e => e.Event).OfType<GroupMembersRemoved>().ToArray();
        Assert.Equal([MemberRemoval.UserDeleted, MemberRemoval.GroupDeleted], removed.Select(e => e.Reason));
        Assert.Equal([Guid.Parse(ada.Id)], removed[0].Users);
        Assert.Equal([Guid.Parse(inner.Id)], removed[1].Groups);
        Assert.Equal(3L, await service.Sql("select count(*) from history.commit_log where command_id = (select command_id from history.commit_log where stream_id = $1 order by ord desc limit 1)", Guid.Parse(ada.Id)));
    }

    [Fact]
    public async Task Deactivating_keeps_the_memberships()
    {
        using var org = await service.NewOrganization();
        var ada = await org.NewUser("ada");
        var group = await org.NewGroup("Tours", ada.Id);
        await org.Patch($"Users/{ada.Id}", """[{"op":"replace","path":"active","value":false}]""");
        Assert.Equal((group.Text, group.ETag), await org.Get($"Groups/{group.Id}") is var read ? (read.Text, read.ETag) : default);
        Assert.Equal(["direct Tours"], (await org.Get($"Users/{ada.Id}")).Groups);
        Assert.Equal(["direct Tours"], (await org.Post("Users", """{"userName":"ada"}""")).Groups);
    }

    async Task<IReadOnlyList<(Domain.History.StoredEvent Stored, object? Event)>> Events(TestOrganization org, string id) =>
        [.. (await service.Get<HistoryReader>().Stream(org.Id, Guid.Parse(id), TestContext.Current.CancellationToken)).Select(e => (e.Stored, (object?)e.Event))];
}
