using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Provisioning;

/// <summary>The verbs of groups over HTTP, RFC 7644 §3.3 to §3.6 and §3.14.</summary>
public sealed class GroupsApiTests(TestService service)
{
    static readonly string Nobody = Guid.CreateVersion7().ToString();

    [Fact]
    public async Task A_new_group_is_answered_whole_with_its_place_and_version()
    {
        using var org = await service.NewOrganization();
        var (ada, inner) = ((await org.NewUser("ada", ",\"displayName\":\"Ada L.\"")).Id, (await org.NewGroup("Inner")).Id);
        var created = await org.Post("Groups", $$"""{"schemas":["{{GroupSchema.Urn}}"],"id":"{{Nobody}}","displayName":"Tour Guides","externalId":"tg-1","members":[{"value":"{{ada}}","display":"Somebody","type":"Group","$ref":"x"},{"value":"{{inner}}"}]}""");
        Assert.Equal((201, "W/\"2\""), (created.Status, created.ETag));
        Assert.NotEqual(Nobody, created.Id);
        var meta = (ScimObject)created.Body!["meta"]!;
        Assert.Equal(created.Headers["Location"], meta["location"]!.AsString);
        Assert.Equal(created.Headers["Location"], created.Headers["Content-Location"]);
        Assert.EndsWith($"/Groups/{created.Id}", created.Headers["Location"], StringComparison.Ordinal);
        Assert.Equal(("Group", "W/\"2\""), (meta["resourceType"]!.AsString, meta["version"]!.AsString));
        Assert.Equal($"[\"{GroupSchema.Urn}\"]", created.Body["schemas"]!.ToString());
        Assert.Equal("tg-1", created.Body["externalId"]!.AsString);
        var users = $"{service.Address}scim/v2/{org.Id}/Users/{ada}";
        Assert.Equal(
            $$"""[{"value":"{{ada}}","$ref":"{{users}}","type":"User","display":"Ada L."},{"value":"{{inner}}","$ref":"{{users.Replace("Users", "Groups", StringComparison.Ordinal).Replace(ada, inner, StringComparison.Ordinal)}}","type":"Group","display":"Inner"}]""",
            created.Body["members"]!.ToString());
        Assert.Equal(["group_created", "group_members_added"], await org.Events(created.Id));

        var read = await org.Get($"Groups/{created.Id}");
        Assert.Equal((200, created.Text, created.ETag, created.Headers["Location"]), (read.Status, read.Text, read.ETag, read.Headers["Content-Location"]));
    }

    [Fact]
    public async Task Members_are_an_empty_array_when_there_are_none_on_every_verb()
    {
        using var org = await service.NewOrganization();
        var created = await org.Post("Groups", """{"displayName":"Empty"}""");
        foreach (var answer in new[] { created, await org.Get($"Groups/{created.Id}"), await org.Put($"Groups/{created.Id}", """{"displayName":"Empty"}"""), await org.Patch($"Groups/{created.Id}?attributes=members", """[{"op":"add","path":"externalId","value":"x"}]""") })
            Assert.Equal("[]", answer.Body!["members"]!.ToString());
        Assert.Equal("[]", (await org.Get("Groups")).Resources[0]["members"]!.ToString());
        Assert.Null((await org.Get($"Groups/{created.Id}?excludedAttributes=members")).Body!["members"]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"displayName":""}""")]
    [InlineData("""{"displayName":null}""")]
    [InlineData("""{"displayName":["a","b"]}""")]
    [InlineData("""{"displayName":"a","members":[{"display":"nobody"}]}""")]
    public async Task A_body_without_a_name_or_a_member_without_its_id_is_refused(string body)
    {
        using var org = await service.NewOrganization();
        var group = await org.NewGroup("Tours");
        foreach (var answer in new[] { await org.Post("Groups", body), await org.Put($"Groups/{group.Id}", body) })
            Assert.Equal((400, "invalidValue"), (answer.Status, answer.ScimType));
        Assert.Equal(1, (await org.Get("Groups")).Total);
        Assert.Equal(group.Text, (await org.Get($"Groups/{group.Id}")).Text);
    }

    [Fact]
    public async Task PUT_of_our_own_GET_changes_nothing()
    {
        using var org = await service.NewOrganization();
        var group = await org.NewGroup("Tours", (await org.NewUser("ada")).Id, (await org.NewGroup("Inner")).Id);
        var put = await org.Put($"Groups/{group.Id}", group.Text);
        Assert.Equal((200, group.Text, group.ETag), (put.Status, put.Text, put.ETag));
        Assert.Equal(["group_created", "group_members_added"], await org.Events(group.Id));
    }

    [Fact]
    public async Task PUT_replaces_the_members_by_their_difference_and_keeps_externalId()
    {
        using var org = await service.NewOrganization();
        var ids = new List<string>();
        foreach (var name in new[] { "a", "b", "c" }) ids.Add((await org.NewUser(name)).Id);
        var group = await org.Post("Groups", $$"""{"displayName":"Tours","externalId":"t","members":[{{TestOrganization.Values(ids[..2])}}]}""");
        var put = await org.Put($"Groups/{group.Id}", TestOrganization.GroupBody("Guides", ids[1], ids[2], ids[2]));
        Assert.Equal(200, put.Status);
        Assert.Equal([ids[1], ids[2]], put.Members);
        Assert.Equal("t", put.Body!["externalId"]!.AsString);
        Assert.Equal(["group_created", "group_members_added", "group_renamed", "group_members_removed", "group_members_added"], await org.Events(group.Id));
        Assert.Equal("W/\"5\"", put.ETag);
        Assert.Equal(1L, await service.Sql("select count(*) from history.commit_log where stream_id = $1 and from_version = 3 and to_version = 5", Guid.Parse(group.Id)));

        Assert.Equal("[]", (await org.Put($"Groups/{group.Id}", """{"displayName":"Guides"}""")).Body!["members"]!.ToString());
    }

    [Fact]
    public async Task PATCH_is_204_with_the_tag_and_200_when_something_is_asked_for()
    {
        using var org = await service.NewOrganization();
        var (ada, group) = ((await org.NewUser("ada")).Id, (await org.NewGroup("Tours")).Id);
        var patched = await org.Join(group, ada);
        Assert.Equal((204, "", "W/\"2\""), (patched.Status, patched.Text, patched.ETag));

        var shown = await org.Patch($"Groups/{group}?attributes=displayName", """[{"op":"replace","path":"displayName","value":"Guides"}]""");
        Assert.Equal((200, "W/\"3\""), (shown.Status, shown.ETag));
        Assert.Equal(["schemas", "id", "displayName"], shown.Body!.Members.Select(m => m.Key));
        Assert.Equal("Guides", shown.Body["displayName"]!.AsString);

        var without = await org.Patch($"Groups/{group}?excludedAttributes=members", """[{"op":"replace","path":"displayName","value":"Guides"}]""");
        Assert.Equal((200, "W/\"3\""), (without.Status, without.ETag));
        Assert.Null(without.Body!["members"]);
        Assert.Equal([ada], (await org.Patch($"Groups/{group}?excludedAttributes=externalId", """[{"op":"replace","path":"displayName","value":"Guides"}]""")).Members);
        Assert.Equal(204, (await org.Patch($"Groups/{group}?attributes=", """[{"op":"replace","path":"displayName","value":"Guides"}]""")).Status);
    }

    [Fact]
    public async Task Several_operations_are_one_commit_and_a_failing_one_undoes_the_others()
    {
        using var org = await service.NewOrganization();
        var (ada, bob) = ((await org.NewUser("ada")).Id, (await org.NewUser("bob")).Id);
        var group = await org.NewGroup("Tours", ada);
        var patched = await org.Patch($"Groups/{group.Id}", $$"""[{"op":"replace","value":{"id":"{{group.Id}}","displayName":"Guides"} },{"op":"add","path":"members","value":[{"value":"{{bob}}"}] },{"op":"remove","path":"members[value eq \"{{ada}}\"]"}]""");
        Assert.Equal((204, "W/\"5\""), (patched.Status, patched.ETag));
        Assert.Equal(1L, await service.Sql("select count(*) from history.commit_log where stream_id = $1 and from_version = 3 and to_version = 5", Guid.Parse(group.Id)));

        var before = await org.Get($"Groups/{group.Id}");
        foreach (var (path, type) in new[] { ("displayName", "mutability"), ("displayName..x", "invalidPath") })
            Assert.Equal((400, type), await org.Patch($"Groups/{group.Id}", $$"""[{"op":"add","path":"members","value":[{"value":"{{ada}}"}] },{"op":"remove","path":"{{path}}"}]""") is var a ? (a.Status, a.ScimType) : default);
        Assert.Equal(before.Text, (await org.Get($"Groups/{group.Id}")).Text);
    }

    [Theory]
    [InlineData("*", 204)]
    [InlineData("W/\"1\"", 204)]
    [InlineData("\"1\"", 204)]
    [InlineData("1", 204)]
    [InlineData("W/\"7\", W/\"1\"", 204)]
    [InlineData("W/\"2\"", 412)]
    [InlineData("nonsense", 412)]
    public async Task If_Match_compares_the_version(string ifMatch, int status)
    {
        using var org = await service.NewOrganization();
        var group = await org.NewGroup("Tours");
        const string rename = """[{"op":"replace","path":"displayName","value":"Guides"}]""";
        Assert.Equal(status, (await org.Patch($"Groups/{group.Id}", rename, ifMatch)).Status);
        Assert.Equal(404, (await org.Patch($"Groups/{Nobody}", rename, ifMatch)).Status);
    }

    [Fact]
    public async Task Every_writing_verb_honours_If_Match()
    {
        using var org = await service.NewOrganization();
        var group = await org.NewGroup("Tours");
        Assert.Equal(412, (await org.Put($"Groups/{group.Id}", """{"displayName":"Guides"}""", "W/\"9\"")).Status);
        Assert.Equal(412, (await org.Delete($"Groups/{group.Id}", "W/\"9\"")).Status);
        Assert.Equal(404, (await org.Put($"Groups/{Nobody}", """{"displayName":"Guides"}""", "*")).Status);
        Assert.Equal(404, (await org.Delete($"Groups/{Nobody}", "*")).Status);
        Assert.Equal(204, (await org.Delete($"Groups/{group.Id}", group.ETag)).Status);
        Assert.Equal(404, (await org.Delete($"Groups/{group.Id}", group.ETag)).Status);
    }

    [Fact]
    public async Task If_None_Match_is_304_until_the_group_changes()
    {
        using var org = await service.NewOrganization();
        var (ada, group) = (await org.NewUser("ada"), await org.NewGroup("Tours"));
        Task<Answer> Read(string tag, string query = "") => org.Send(HttpMethod.Get, $"Groups/{group.Id}{query}", more: r => r.Headers.TryAddWithoutValidation("If-None-Match", tag));
        foreach (var tag in new[] { group.ETag!, "*", "\"1\"", "W/\"7\", W/\"1\"" })
            Assert.Equal((304, "", "W/\"1\""), await Read(tag) is var a ? (a.Status, a.Text, a.ETag) : default);
        Assert.Equal(200, (await Read("W/\"2\"")).Status);
        Assert.Equal(304, (await Read(group.ETag!, "?excludedAttributes=members")).Status);

        await org.Join(group.Id, ada.Id);
        var changed = await Read(group.ETag!);
        Assert.Equal((200, "W/\"2\""), (changed.Status, changed.ETag));
        // The name of a member is outside the tag.
        await org.Patch($"Users/{ada.Id}", """[{"op":"replace","path":"displayName","value":"Ada"}]""");
        Assert.Equal(304, (await Read("W/\"2\"")).Status);
        Assert.Contains("\"display\":\"Ada\"", (await Read("W/\"1\"")).Text, StringComparison.Ordinal);
        Assert.Equal(404, (await org.Send(HttpMethod.Get, $"Groups/{Nobody}", more: r => r.Headers.TryAddWithoutValidation("If-None-Match", "*"))).Status);
    }

    [Fact]
    public async Task HEAD_is_the_GET_without_its_body()
    {
        using var org = await service.NewOrganization();
        var group = await org.NewGroup("Tours", (await org.NewUser("ada")).Id);
        var head = await org.Send(HttpMethod.Head, $"Groups/{group.Id}");
        Assert.Equal((200, "", group.ETag, group.Headers["Location"]), (head.Status, head.Text, head.ETag, head.Headers["Content-Location"]));
        Assert.Equal((200, ""), await org.Send(HttpMethod.Head, "Groups") is var list ? (list.Status, list.Text) : default);
        Assert.Equal((200, ""), await org.Send(HttpMethod.Head, "") is var root ? (root.Status, root.Text) : default);
        Assert.Equal(404, (await org.Send(HttpMethod.Head, $"Groups/{Nobody}")).Status);
    }

    [Theory]
    [InlineData("Groups", "GET, HEAD, POST")]
    [InlineData("Groups/0193aa70-8a1c-7b0e-9d1e-0a1b2c3d4e5f", "DELETE, GET, HEAD, PATCH, PUT")]
    public async Task OPTIONS_names_the_verbs_and_the_others_are_405(string path, string allowed)
    {
        using var org = await service.NewOrganization();
        var options = await org.Send(HttpMethod.Options, path);
        Assert.Equal((204, allowed), (options.Status, string.Join(", ", options.Headers["Allow"].Split(", ").Where(v => v != "OPTIONS").Order(StringComparer.Ordinal))));
        Assert.Equal(405, (await org.Send(path == "Groups" ? HttpMethod.Delete : HttpMethod.Post, path, "{}")).Status);
    }

    [Fact]
    public async Task A_displayName_is_held_once_whatever_its_case_until_its_group_is_deleted()
    {
        using var org = await service.NewOrganization();
        using var other = await service.NewOrganization();
        var (tours, guides) = (await org.NewGroup("Tours"), await org.NewGroup("Guides"));
        foreach (var refused in new[]
        {
            await org.Post("Groups", """{"displayName":"TOURS"}"""),
            await org.Put($"Groups/{guides.Id}", """{"displayName":"tours"}"""),
            await org.Patch($"Groups/{guides.Id}", """[{"op":"replace","path":"displayName","value":"ToUrs"}]"""),
        })
            Assert.Equal((409, "uniqueness"), (refused.Status, refused.ScimType));
        Assert.Equal(guides.Text, (await org.Get($"Groups/{guides.Id}")).Text);
        await other.NewGroup("Tours");
        Assert.Equal(204, (await org.Patch($"Groups/{tours.Id}", """[{"op":"replace","path":"displayName","value":"TOURS"}]""")).Status);

        Assert.Equal(204, (await org.Delete($"Groups/{tours.Id}")).Status);
        Assert.Equal(204, (await org.Patch($"Groups/{guides.Id}", """[{"op":"replace","path":"displayName","value":"tours"}]""")).Status);
        Assert.NotEqual(tours.Id, (await org.NewGroup("Guides")).Id);
        foreach (var gone in new[] { await org.Get($"Groups/{tours.Id}"), await org.Put($"Groups/{tours.Id}", tours.Text), await org.Join(tours.Id, guides.Id), await org.Delete($"Groups/{tours.Id}") })
            Assert.Equal(404, gone.Status);
        Assert.Equal(["group_created", "group_renamed", "group_deleted"], await org.Events(tours.Id));
    }

    [Fact]
    public async Task Two_groups_after_one_name_at_once_leave_one_holder()
    {
        using var org = await service.NewOrganization();
        for (var round = 0; round < 5; round++)
        {
            var answers = await Faults.Races.AtOnce(6, n => org.Post("Groups", $$"""{"displayName":"{{(n % 2 == 0 ? "tours" : "TOURS")}} {{round}}"}"""));
            Assert.Single(answers, a => a.Status == 201);
            Assert.Equal(5, answers.Count(a => a is { Status: 409, ScimType: "uniqueness" }));
        }
        Assert.Equal(5, (await org.Get("Groups")).Total);
    }

    [Fact]
    public async Task Another_organizations_group_is_as_unknown_as_a_random_one()
    {
        using var org = await service.NewOrganization();
        using var other = await service.NewOrganization();
        var group = await org.NewGroup("Tours");
        foreach (var verb in new[] { HttpMethod.Get, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete })
        {
            var body = verb == HttpMethod.Put ? """{"displayName":"x"}""" : verb == HttpMethod.Patch ? """{"Operations":[{"op":"replace","path":"displayName","value":"x"}]}""" : null;
            var answers = new List<string>();
            foreach (var id in new[] { group.Id, Nobody, "not-an-id", group.Id.ToUpperInvariant() })
            {
                var answer = await other.Send(verb, $"Groups/{id}", body);
                Assert.Equal(404, answer.Status);
                answers.Add(answer.Text.Replace(id, "ID", StringComparison.Ordinal).Replace(answer.Headers["X-Request-Id"], "REQUEST", StringComparison.Ordinal));
            }
            Assert.Single(answers.Distinct());
        }
        Assert.Equal(0, (await other.Get("Groups")).Total);
    }
}
