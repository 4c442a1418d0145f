using Scim.Domain.Protocol.Json;

namespace Scim.Tests.Provisioning;

/// <summary>The verbs of people over HTTP, RFC 7644 §3.3 to §3.6 and §3.14.</summary>
public sealed class UsersApiTests(TestService service)
{
    static string Filter(string filter) => "Users?filter=" + Uri.EscapeDataString(filter);

    [Fact]
    public async Task A_new_person_is_answered_whole_with_its_place_and_version()
    {
        using var org = await service.NewOrganization();
        var created = await org.NewUser("BJensen", ""","externalId":"701984","emails":[{"value":"b@example.com","primary":true}],"password":"t1meMa$heen","id":"00000000-0000-0000-0000-000000000001","nickname":"Babs" """);
        Assert.Equal(created.Headers["Location"], (created.Body!["meta"] as ScimObject)!["location"]!.AsString);
        Assert.Equal(created.Headers["Location"], created.Headers["Content-Location"]);
        Assert.NotEqual("00000000-0000-0000-0000-000000000001", created.Id);
        Assert.True(created.Body["active"]!.AsBoolean);
        Assert.Equal("Babs", created.Body["nickName"]!.AsString);
        Assert.Null(created.Body["password"]);

        var read = await org.Get($"Users/{created.Id}");
        Assert.Equal((created.Text, created.ETag), (read.Text, read.ETag));
        Assert.Equal(read.Text, (await org.Get(created.Headers["Location"])).Text);
    }

    [Fact]
    public async Task PUT_of_our_own_GET_changes_nothing()
    {
        using var org = await service.NewOrganization();
        var created = await org.NewUser("bjensen", ""","name":{"givenName":"Barbara"},"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Tours","manager":{"value":"nobody"}}""");
        var put = await org.Put($"Users/{created.Id}", created.Text);
        Assert.Equal((200, created.Text, created.ETag), (put.Status, put.Text, put.ETag));
        Assert.Equal(["user_provisioned"], await org.Events(created.Id));
    }

    [Fact]
    public async Task PUT_clears_what_it_omits_but_active_externalId_and_unmentioned_extensions()
    {
        using var org = await service.NewOrganization();
        var created = await org.NewUser("bjensen", ""","title":"Guide","externalId":"701984","active":false,"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Tours"}""");
        var put = await org.Put($"Users/{created.Id}", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bjensen"}""");
        Assert.Null(put.Body!["title"]);
        Assert.Equal("701984", put.Body["externalId"]!.AsString);
        Assert.False(put.Body["active"]!.AsBoolean);
        Assert.NotNull(put.Body["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]);

        put = await org.Put($"Users/{created.Id}", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"userName":"bjensen"}""");
        Assert.Null(put.Body!["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]);
    }

    [Fact]
    public async Task PATCH_of_several_operations_is_one_commit_of_events_by_difference()
    {
        using var org = await service.NewOrganization();
        var user = await org.NewUser("bjensen", ",\"title\":\"Guide\"");
        var patched = await org.Patch($"Users/{user.Id}", """[{"op":"replace","path":"userName","value":"barbara"},{"op":"add","path":"emails","value":[{"value":"b@x.org"}]},{"op":"remove","path":"title"},{"op":"replace","value":{"active":false}}]""");
        Assert.Equal(200, patched.Status);
        Assert.Equal(["user_provisioned", "user_renamed", "user_attributes_changed", "user_deactivated"], await org.Events(user.Id));
        Assert.Equal("W/\"4-0\"", patched.ETag);
        Assert.Equal(1L, await service.Sql("select count(*) from history.commit_log where stream_id = $1 and from_version = 2 and to_version = 4", Guid.Parse(user.Id)));
    }

    [Fact]
    public async Task A_failing_operation_undoes_those_before_it()
    {
        using var org = await service.NewOrganization();
        var user = await org.NewUser("bjensen");
        Assert.Equal("mutability", (await org.Patch($"Users/{user.Id}", """[{"op":"replace","path":"title","value":"Lead"},{"op":"remove","path":"userName"}]""")).ScimType);
        Assert.Equal(user.Text, (await org.Get($"Users/{user.Id}")).Text);
    }

    [Fact]
    public async Task Deleting_frees_the_name_and_the_id_never_returns()
    {
        using var org = await service.NewOrganization();
        var first = await org.NewUser("bjensen", ",\"externalId\":\"x\"");
        Assert.Equal((204, ""), (await org.Delete($"Users/{first.Id}") is var d ? (d.Status, d.Text) : default));
        Assert.Equal(404, (await org.Delete($"Users/{first.Id}")).Status);
        foreach (var answer in new[] { await org.Get($"Users/{first.Id}"), await org.Put($"Users/{first.Id}", first.Text), await org.Patch($"Users/{first.Id}", """[{"op":"replace","path":"active","value":true}]""") })
            Assert.Equal(404, answer.Status);
        var second = await org.NewUser("BJENSEN", ",\"externalId\":\"x\"");
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(["user_provisioned", "user_deleted"], await org.Events(first.Id));
    }

    [Theory]
    [InlineData("*", 200)]
    [InlineData("W/\"1-0\"", 200)]
    [InlineData("\"1\"", 200)]
    [InlineData("1", 200)]
    [InlineData("W/\"7\", W/\"1-ffff\"", 200)]
    [InlineData("W/\"2-0\"", 412)]
    [InlineData("nonsense", 412)]
    public async Task If_Match_compares_the_stream_version(string ifMatch, int status)
    {
        using var org = await service.NewOrganization();
        var user = await org.NewUser("bjensen");
        Assert.Equal(status, (await org.Patch($"Users/{user.Id}", """[{"op":"replace","path":"title","value":"Lead"}]""", ifMatch)).Status);
        Assert.Equal(404, (await org.Patch($"Users/{Guid.CreateVersion7()}", """[{"op":"replace","path":"title","value":"Lead"}]""", ifMatch)).Status);
    }

    [Fact]
    public async Task Every_writing_verb_honours_If_Match()
    {
        using var org = await service.NewOrganization();
        var user = await org.NewUser("bjensen");
        Assert.Equal(412, (await org.Put($"Users/{user.Id}", """{"userName":"bjensen","title":"x"}""", "W/\"9\"")).Status);
        Assert.Equal(412, (await org.Delete($"Users/{user.Id}", "W/\"9\"")).Status);
        Assert.Equal(204, (await org.Delete($"Users/{user.Id}", user.ETag)).Status);
    }

    [Fact]
    public async Task If_None_Match_is_304_for_the_whole_tag()
    {
        using var org = await service.NewOrganization();
        var boss = await org.NewUser("boss", ",\"displayName\":\"The Boss\"");
        var user = await org.NewUser("bjensen", $$""","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"{{boss.Id}}"} }""");
        async Task<Answer> Read(string? tag) => await org.Send(HttpMethod.Get, $"Users/{user.Id}", more: r => r.Headers.TryAddWithoutValidation("If-None-Match", tag));
        Assert.Equal(304, (await Read(user.ETag)).Status);
        Assert.Equal(304, (await Read("*")).Status);
        Assert.Equal(200, (await Read("W/\"1-0\"")).Status);

        // What is derived changes without an event of this person, and its tag with it.
        await org.Patch($"Users/{boss.Id}", """[{"op":"replace","path":"displayName","value":"The New Boss"}]""");
        var again = await Read(user.ETag);
        Assert.Equal(200, again.Status);
        Assert.Contains("\"displayName\":\"The New Boss\"", again.Text, StringComparison.Ordinal);
        Assert.Equal(1, (await org.Get(Filter($"meta.version eq {ScimValue.Of(again.ETag!)}"))).Total);
        Assert.Equal(200, (await org.Patch($"Users/{user.Id}", """[{"op":"replace","path":"title","value":"Lead"}]""", user.ETag)).Status);
    }

    [Fact]
    public async Task What_is_printed_is_found()
    {
        using var org = await service.NewOrganization();
        var user = await org.NewUser("bjensen");
        var meta = (ScimObject)user.Body!["meta"]!;
        foreach (var name in new[] { "created", "lastModified", "location", "version", "resourceType" })
            Assert.Equal(1, (await org.Get(Filter($"meta.{name} eq {meta[name]}"))).Total);
        Assert.Equal(1, (await org.Get(Filter($"id eq \"{user.Id}\""))).Total);
        Assert.Equal(0, (await org.Get(Filter("id eq \"x\""))).Total);
    }

    [Fact]
    public async Task A_rename_onto_somebody_elses_name_says_whose()
    {
        using var org = await service.NewOrganization();
        var ada = await org.NewUser("ada");
        var bob = await org.NewUser("bob");
        var gone = await org.NewUser("gone", ",\"active\":false");
        var live = await org.Patch($"Users/{bob.Id}", """[{"op":"replace","path":"userName","value":"ADA"}]""");
        Assert.Equal((409, "uniqueness"), (live.Status, live.ScimType));
        var dead = await org.Put($"Users/{bob.Id}", """{"userName":"Gone"}""");
        Assert.Equal((409, "uniqueness"), (dead.Status, dead.ScimType));
        Assert.Contains("deactivated person", dead.Detail, StringComparison.Ordinal);
        Assert.Equal(200, (await org.Patch($"Users/{ada.Id}", """[{"op":"replace","path":"userName","value":"Ada"}]""")).Status);
        Assert.Equal(["user_provisioned", "user_renamed"], await org.Events(ada.Id));
        Assert.Equal(["user_provisioned"], await org.Events(bob.Id));
        Assert.Equal(["user_provisioned"], await org.Events(gone.Id));
        // Refusals that a look-up foresees leave nothing in the event table.
        Assert.Equal(0L, await service.Sql("select count(*) from history.mt_events where tenant_id = $1 and type = 'tombstone'", org.Id.ToString()));
    }

    [Fact]
    public async Task Who_comes_back_by_POST_keeps_what_a_PUT_keeps()
    {
        using var org = await service.NewOrganization();
        var user = await org.NewUser("bjensen", ""","title":"Guide","externalId":"701984","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Tours"}""");
        await org.Patch($"Users/{user.Id}", """[{"op":"replace","value":{"active":false}}]""");
        var back = await org.NewUser("BJensen");
        Assert.Equal((user.Id, user.Headers["Location"], true), (back.Id, back.Headers["Location"], back.Body!["active"]!.AsBoolean));
        Assert.Equal("701984", back.Body["externalId"]!.AsString);
        Assert.NotNull(back.Body["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]);
        Assert.Null(back.Body["title"]);
        Assert.Equal(["user_provisioned", "user_deactivated", "user_renamed", "user_attributes_changed", "user_reactivated"], await org.Events(user.Id));
    }

    [Fact]
    public async Task One_name_in_two_organizations_is_two_people()
    {
        using var one = await service.NewOrganization();
        using var two = await service.NewOrganization();
        Assert.NotEqual((await one.NewUser("bjensen")).Id, (await two.NewUser("bjensen")).Id);
        Assert.Equal(1, (await one.Get("Users")).Total);
    }

    [Theory]
    [InlineData("attributes=userName", "id schemas userName")]
    [InlineData("attributes=name.familyName,EMAILS", "emails id name schemas")]
    [InlineData("attributes=nothing", "id schemas")]
    [InlineData("excludedAttributes=meta,name,emails,id", "active externalId id schemas userName")]
    public async Task Reads_lists_and_writes_are_projected(string query, string expected)
    {
        using var org = await service.NewOrganization();
        const string body = """{"userName":"bjensen","externalId":"x","name":{"familyName":"Jensen","givenName":"B"},"emails":[{"value":"b@x.org"}]}""";
        static string Names(ScimObject o) => string.Join(' ', o.Members.Select(m => m.Key).Order(StringComparer.Ordinal));
        var created = await org.Post("Users?" + query, body);
        Assert.Equal(expected, Names(created.Body!));
        Assert.Equal(expected, Names((await org.Get($"Users/{created.Id}?{query}")).Body!));
        Assert.Equal(expected, Names(Assert.Single((await org.Get("Users?" + query)).Resources)));
        Assert.Equal(expected, Names((await org.Put($"Users/{created.Id}?{query}", body)).Body!));
        Assert.Equal(expected, Names((await org.Send(HttpMethod.Patch, $"Users/{created.Id}?{query}", """{"Operations":[{"op":"replace","path":"active","value":true}]}""")).Body!));
    }
}
