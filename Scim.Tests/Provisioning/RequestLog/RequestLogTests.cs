using System.Text.Json;

namespace Scim.Tests.Provisioning.RequestLog;

/// <summary>What the provisioning log tells of each request.</summary>
public sealed class RequestLogTests(TestService service)
{
    [Fact]
    public async Task A_created_person_stands_in_the_log_with_all_that_is_known_of_the_request()
    {
        using var org = await service.NewOrganization();
        var created = await org.Send(HttpMethod.Post, "Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@example.com","emails":{"value":"ada@example.com"},"shoeSize":9}""", more: r =>
        {
            r.Headers.UserAgent.ParseAdd("Okta SCIM Client 1.0.0");
            r.Headers.Add("X-Okta-Request-Id", "okta-1");
        });
        var row = await org.Newest();
        Assert.Equal(created.Headers["X-Request-Id"], row.Text("id"));
        Assert.Equal("Create ada@example.com", row.Text("sentence"));
        Assert.Equal(("POST", "/Users", "Users", "create", 201), (row.Text("verb"), row.Text("route"), row.Text("resourceType"), row.Text("action"), row.GetProperty("status").GetInt32()));
        Assert.Equal(("Okta", "okta-1", "127.0.0.1"), (row.Text("provider"), row.Text("providerRequest"), row.Text("address")));
        Assert.Equal("okta", row.GetProperty("token").Text("label"));
        Assert.Equal(created.Id, row.Text("person"));
        Assert.Equal("user_provisioned", row.GetProperty("events")[0].Text("type"));
        Assert.Equal(await service.Sql("select id::text from history.mt_events where stream_id = $1", Guid.Parse(created.Id)), row.GetProperty("events")[0].Text("id"));
        Assert.Equal(created.Id, row.GetProperty("commits")[0].Text("stream"));
        Assert.Equal("""["single value for a multi-valued attribute"]""", row.GetProperty("repairs").ToString());
        Assert.Equal("""["shoeSize"]""", row.GetProperty("unmapped").ToString());
        Assert.Equal("ada@example.com", row.GetProperty("request").GetProperty("value").Text("userName"));
        Assert.Equal(created.Id, row.GetProperty("answer").GetProperty("value").Text("id"));
        Assert.Equal(created.Text.Length, row.GetProperty("bytesOut").GetInt64());
        Assert.True(row.GetProperty("bytesIn").GetInt64() > 100);
        Assert.InRange(DateTimeOffset.UtcNow - row.GetProperty("at").GetDateTimeOffset(), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Refused_and_failed_requests_stand_in_the_log_with_their_reason_and_the_next_step()
    {
        using var org = await service.NewOrganization();
        await org.NewUser("ada");
        var refused = await org.Post("Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ADA"}""");
        var row = await org.Newest();
        Assert.Equal((409, "uniqueness", "uniqueness"), (row.GetProperty("status").GetInt32(), row.Text("scimType"), row.Text("detailKind")));
        Assert.Equal("Create ADA: refused (409 uniqueness)", row.Text("sentence"));
        Assert.StartsWith(row.Text("detail")!, refused.Detail!, StringComparison.Ordinal);
        Assert.Contains("provision again", row.Text("next"), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, row.GetProperty("person").ValueKind);

        await org.Get($"Users/{Guid.NewGuid()}");
        Assert.EndsWith(": not found", (await org.Newest()).Text("sentence"), StringComparison.Ordinal);
        await org.Get("Nothing/at?all");
        Assert.Equal(("other", "other"), (await org.Newest() is var other ? (other.Text("route"), other.Text("action")) : default));
        await org.Send(HttpMethod.Post, "Users", "not JSON");
        row = await org.Newest();
        Assert.Equal(("unparsable", 8, false), (row.GetProperty("request").Text("kind"), row.GetProperty("request").GetProperty("bytes").GetInt32(), row.GetProperty("request").TryGetProperty("value", out _)));
        await org.Send(HttpMethod.Put, "Users", "{}");
        Assert.Equal(405, (await org.Newest()).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task What_Okta_does_reads_as_sentences()
    {
        using var org = await service.NewOrganization();
        await org.Get("Users?startIndex=1&count=2");
        await org.Get("Users?filter=" + Uri.EscapeDataString("userName eq \"ada@example.com\""));
        var ada = await org.NewUser("ada@example.com", ",\"active\":true");
        await org.Put($"Users/{ada.Id}", ada.Text);
        await org.Put($"Users/{ada.Id}", ada.Text.Replace("\"active\":true", "\"active\":false", StringComparison.Ordinal));
        await org.Patch($"Users/{ada.Id}", """[{"op":"replace","value":{"active":true}}]""");
        await org.Patch($"Users/{ada.Id}", """[{"op":"replace","path":"title","value":"Countess"}]""");
        await org.Get($"Users/{ada.Id}");
        await org.Delete($"Users/{ada.Id}");
        await org.Get("ServiceProviderConfig");
        Assert.Equal(
        [
            "Read ServiceProviderConfig", "Delete ada@example.com", "Read ada@example.com", "Change ada@example.com", "Reactivate ada@example.com", "Deactivate ada@example.com",
            "Replace ada@example.com: nothing changed", "Create ada@example.com", "Look up a person by userName: nobody found", "Test the connection: 0 in all",
        ], (await org.Rows()).Select(r => r.Text("sentence")));
    }

    [Fact]
    public async Task A_password_and_a_token_that_were_sent_stand_nowhere()
    {
        using var org = await service.NewOrganization();
        const string canary = "Canary-9f3a7c21";
        var user = await org.NewUser("zoe.person", $$""","Password":"{{canary}}","title":"{{org.Token}}" """);
        await org.Put($"Users/{user.Id}", $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"zoe.person","urn:ietf:params:scim:schemas:core:2.0:User:password":"{{canary}}"}""");
        foreach (var path in new[] { "password", "PassWord", "urn:ietf:params:scim:schemas:core:2.0:User:password", "urn:ietf:params:scim:schemas:core:2.0:User.password" })
        {
            await org.Patch($"Users/{user.Id}", $$"""[{"op":"replace","path":"{{path}}","value":"{{canary}}"},{"op":"replace","path":"title","value":"x"}]""");
            await org.Patch($"Users/{user.Id}", $$"""[{"value":"{{canary}}","op":"replace","path":"{{path}}"}]""");
        }
        await org.Patch($"Users/{user.Id}", $$"""[{"op":"add","value":{"password":"{{canary}}","name.password":"{{canary}}"} }]""");
        await org.Get("Users?filter=" + Uri.EscapeDataString($"password eq \"{canary}\""));
        await org.Get($"Users?filter=title+eq+%22{org.Token}%22");
        await org.Post("Users", $$"""{"userName":"x","note":"{\"password\":\"{{canary}}\"}"}""");
        using (var stranger = service.Client(org.Id, canary + org.Token))
            Assert.Equal(401, (int)(await stranger.GetAsync("Users", TestContext.Current.CancellationToken)).StatusCode);

        var rows = await org.Rows("count=200");
        Assert.True(rows.Count >= 14);
        var everything = string.Join('\n', rows.Select(r => r.ToString()));
        foreach (var row in rows) everything += await org.Whole(row.Text("id")!);
        Assert.Contains("zoe.person", everything, StringComparison.Ordinal);
        var table = (string?)await service.Sql("select string_agg(r::text, E'\\n') || string_agg(encode(r.sealed, 'escape'), '') from history.request_log r where tenant_id = $1", org.Id.ToString()) ?? "";
        Assert.True(table.Length > 1000);
        foreach (var text in new[] { canary, org.Token, org.Token[5..], org.Token[..^6] })
        {
            Assert.DoesNotContain(text, everything, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(text, table, StringComparison.OrdinalIgnoreCase);
        }
        // Nothing of a person stands open.
        Assert.DoesNotContain("zoe.person", (string?)await service.Sql("select string_agg((to_jsonb(r) - 'sealed' - 'subjects')::text, '') from history.request_log r where tenant_id = $1", org.Id.ToString()) ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void The_sealed_content_has_these_fields_and_no_other()
    {
        Assert.Equal(["Sentence", "Detail", "Path", "Query", "Request", "Answer"], typeof(Scim.Api.Provisioning.RequestLog.LogContent).GetProperties().Select(p => p.Name));
        Assert.Equal(["Kind", "Bytes", "Cut", "Value"], typeof(Scim.Api.Provisioning.RequestLog.LoggedBody).GetProperties().Select(p => p.Name));
    }

    [Fact]
    public async Task A_large_body_is_cut_with_a_mark_and_keeps_no_secret()
    {
        using var org = await service.NewOrganization();
        var large = await org.NewUser("ada", ",\"addresses\":[" + string.Join(',', Enumerable.Range(0, 12).Select(n => $$"""{"type":"t{{n}}","formatted":"{{new string('x', 7000)}}"}""")) + "],\"password\":\"Canary-5ecret\"");
        var row = await org.Newest();
        foreach (var body in new[] { "request", "answer" })
        {
            Assert.True(row.GetProperty(body).GetProperty("cut").GetBoolean());
            Assert.True(row.GetProperty(body).GetProperty("bytes").GetInt64() > 64 * 1024);
            Assert.Equal("ada", row.GetProperty(body).GetProperty("value").Text("userName"));
        }
        Assert.True(row.ToString().Length < 160 * 1024);
        Assert.DoesNotContain("5ecret", row.ToString(), StringComparison.Ordinal);
        Assert.Equal(large.Id, row.Text("person"));
    }

    [Fact]
    public async Task Bodies_that_are_read_and_written_in_pieces_stand_there_by_their_beginning()
    {
        using var org = await service.NewOrganization();
        var ada = await org.NewUser("ada");
        var group = await org.Post("Groups", $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Guides","members":[{"value":"{{ada.Id}}"}]}""");
        Assert.Equal(201, group.Status);
        var row = await org.Newest();
        Assert.Equal(("Create Guides", "/Groups", "create"), (row.Text("sentence"), row.Text("route"), row.Text("action")));
        Assert.Equal(ada.Id, row.GetProperty("request").GetProperty("value").GetProperty("members")[0].Text("value"));
        Assert.Contains(await org.Rows($"person={ada.Id}"), r => r.Text("id") == row.Text("id")); // whom it names is found by id

        var many = string.Join(',', Enumerable.Range(0, 2000).Select(n => $$"""{"value":"{{ada.Id}}","display":"{{n}}"}"""));
        var patched = await org.Patch($"Groups/{group.Id}", $$"""[{"op":"replace","path":"members","value":[{{many}}]}]""");
        Assert.InRange(patched.Status, 200, 204);
        row = await org.Newest();
        Assert.Equal("members", row.Text("action"));
        Assert.True(row.GetProperty("request").GetProperty("cut").GetBoolean());
        Assert.True(row.GetProperty("request").GetProperty("bytes").GetInt64() > 100_000);

        await org.Get("Groups?filter=" + Uri.EscapeDataString("displayName eq \"guides\""));
        row = await org.Newest();
        Assert.Equal("Look up a group by displayName: 1 found", row.Text("sentence"));
        Assert.Equal("Guides", row.GetProperty("answer").GetProperty("value").GetProperty("Resources")[0].Text("displayName"));
        await org.Post("Users/.search", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"userName eq \"nobody\""}""");
        Assert.Equal("Look up a person by userName: nobody found", (await org.Newest()).Text("sentence"));
        Assert.NotEmpty(await org.Rows("person=NOBODY"));
        await org.Delete($"Groups/{group.Id}");
        Assert.Equal("Delete Guides", (await org.Newest()).Text("sentence"));
    }

    [Fact]
    public async Task A_row_is_there_within_200_milliseconds()
    {
        using var org = await service.NewOrganization();
        await org.Get("Users");
        var late = new List<TimeSpan>();
        for (var i = 0; i < 5; i++)
        {
            var id = Guid.Parse((await org.Get("Users")).Headers["X-Request-Id"]);
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
            while (await service.Sql("select 1 from history.request_log where tenant_id = $1 and id = $2", org.Id.ToString(), id) is null)
                Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
            late.Add(System.Diagnostics.Stopwatch.GetElapsedTime(started));
        }
        Assert.InRange(late.Min(), TimeSpan.Zero, TimeSpan.FromMilliseconds(200)); // the others of the run use the machine too
    }

    [Fact]
    public async Task Organizations_never_see_each_others_rows()
    {
        using var one = await service.NewOrganization();
        using var two = await service.NewOrganization();
        await one.NewUser("ada");
        var id = (await one.Rows())[0].Text("id");
        Assert.Empty(await two.Rows());
        Assert.Equal(404, (await two.Ask($"/{id}")).Status);
        Assert.Empty(await two.Rows("person=ada"));
        Assert.Empty((await two.Ask("/errors")).Body.EnumerateArray());
        // A stranger's knock stands in the log of the organization it knocked at, and the token's own organization hears nothing.
        using var stranger = service.Client(two.Id, one.Token);
        Assert.Equal(401, (int)(await stranger.GetAsync("Users", TestContext.Current.CancellationToken)).StatusCode);
        var row = Assert.Single(await two.Rows());
        Assert.Equal((one.Token[^4..], "access"), (row.GetProperty("token").Text("end"), row.Text("action")));
        Assert.DoesNotContain(await one.Rows(), r => r.Text("action") == "access");
    }

    [Fact]
    public async Task A_flood_of_strangers_is_no_flood_of_rows()
    {
        using var org = await service.NewOrganization();
        using var stranger = service.Client(org.Id, "not-a-token-of-anybody-wxyz");
        for (var i = 0; i < 300; i++) using (await stranger.GetAsync("Users", TestContext.Current.CancellationToken)) { }
        var rows = await org.Rows();
        Assert.InRange(rows.Count, 1, 2); // a minute may end meanwhile
        Assert.Equal(300, rows.Sum(r => r.GetProperty("count").GetInt32()));
        Assert.All(rows, r => Assert.Equal(("wxyz", 401, "none"), (r.GetProperty("token").Text("end"), r.GetProperty("status").GetInt32(), r.Text("content"))));
        Assert.Equal("unknownToken", (await org.Whole(rows[0].Text("id")!)).Text("detailKind"));

        for (var i = 0; i < 100; i++)
        {
            using var other = service.Client(org.Id, $"another-token-{i:0000}");
            using (await other.GetAsync("Users", TestContext.Current.CancellationToken)) { }
        }
        rows = await org.Rows("count=200");
        Assert.InRange(rows.Count, 1, 2 * (Scim.Api.Provisioning.RequestLog.StrangerCounts.MaxRows + 1));
        Assert.Equal(400, rows.Sum(r => r.GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task An_expired_and_a_revoked_token_are_named_with_their_last_characters()
    {
        using var org = await service.NewOrganization();
        await org.Get("Users");
        var token = (await org.Rows())[0].GetProperty("token").Text("id");
        await service.Operator.DeleteAsync($"/api/organizations/{org.Id}/tokens/{token}", TestContext.Current.CancellationToken);
        Assert.Equal(401, (await org.Get("Users")).Status);
        var row = await org.Newest();
        Assert.Equal(("tokenRevoked", "okta", org.Token[^4..]), (row.Text("detailKind"), row.GetProperty("token").Text("label"), row.GetProperty("token").Text("end")));
        Assert.Contains("revoked", row.Text("next"), StringComparison.Ordinal);
    }
}
