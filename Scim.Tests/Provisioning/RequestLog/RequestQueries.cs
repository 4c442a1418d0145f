using System.Text.Json;

namespace Scim.Tests.Provisioning.RequestLog;

/// <summary>What administrators ask of the log.</summary>
public sealed class RequestQueries(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<(TestOrganization Org, Answer Ada, string Provider)> Conversation()
    {
        var org = await service.NewOrganization();
        var ada = await org.NewUser("Ada@example.com", ",\"externalId\":\"00u1\"");
        await org.Patch($"Users/{ada.Id}", """[{"op":"replace","path":"active","value":false}]""");
        await org.Patch($"Users/{ada.Id}", """[{"op":"replace","path":"active","value":true}]""");
        await NextMillisecond();
        await org.Get("Users?filter=" + Uri.EscapeDataString("userName eq \"nobody@example.com\""));
        await NextMillisecond();
        await org.Get("Users?filter=nothing+eq+1");
        await NextMillisecond();
        await org.Post("Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@EXAMPLE.com"}""");
        await NextMillisecond();
        await org.Send(HttpMethod.Get, "Schemas", more: r =>
        {
            r.Headers.UserAgent.ParseAdd("Okta SCIM Client 1.0.0");
            r.Headers.Add("X-Okta-Request-Id", "okta-42");
        });
        return (org, ada, "okta-42");

        // Rows are in the order of their ids, which is that of time down to the millisecond.
        static Task NextMillisecond() => Task.Delay(2, Ct);
    }

    [Fact]
    public async Task Each_filter_finds_its_requests()
    {
        var (org, ada, provider) = await Conversation();
        using var _ = org;
        var all = await org.Rows();
        Assert.Equal(7, all.Count);
        Assert.Equal(all.OrderByDescending(r => r.GetProperty("at").GetDateTimeOffset()).Select(r => r.Text("id")), all.Select(r => r.Text("id")));
        var token = all[0].GetProperty("token").Text("id");
        var middle = Uri.EscapeDataString(all[2].GetProperty("at").GetDateTimeOffset().ToString("O"));
        foreach (var (query, found) in new (string, string[])[]
        {
            ("kind=all", ["discovery", "create", "lookUpOther", "lookUp", "reactivate", "deactivate", "create"]),
            ("kind=errors", ["create", "lookUpOther"]),
            ("kind=writes", ["create", "reactivate", "deactivate", "create"]),
            ("action=deactivate", ["deactivate"]),
            ("action=nothing", []),
            ("resource=users", ["create", "lookUpOther", "lookUp", "reactivate", "deactivate", "create"]),
            ($"resource={ada.Id}", ["reactivate", "deactivate"]),
            ($"person={ada.Id}", ["reactivate", "deactivate", "create"]),
            ("person=ADA@example.COM", ["create", "reactivate", "deactivate", "create"]),
            ("person=00u1", ["reactivate", "deactivate", "create"]),
            ("person=nobody@EXAMPLE.com", ["lookUp"]),
            ("person=somebody", []),
            ($"token={token}", ["discovery", "create", "lookUpOther", "lookUp", "reactivate", "deactivate", "create"]),
            ("token=okta&kind=errors", ["create", "lookUpOther"]),
            ($"token={Guid.NewGuid()}", []),
            ("provider=okta", ["discovery"]),
            ("status=409", ["create"]),
            ("status=4xx", ["create", "lookUpOther"]),
            ("status=2xx&kind=writes", ["reactivate", "deactivate", "create"]),
            ("scimType=invalidFilter", ["lookUpOther"]),
            ($"requestId={ada.Headers["X-Request-Id"]}", ["create"]),
            ($"requestId={provider}", ["discovery"]),
            ($"from={middle}", ["discovery", "create", "lookUpOther"]),
            ($"to={middle}", ["lookUp", "reactivate", "deactivate", "create"]),
            ("q=schema", ["discovery"]),
            ("q=uniqueNESS", ["create"]),
            ("q=%25", []),
            ("kind=errors&action=create&q=uniq", ["create"]),
        })
            Assert.Equal((query, string.Join(' ', found)), (query, string.Join(' ', (await org.Rows(query)).Select(r => r.Text("action")))));
    }

    [Theory]
    [InlineData("kind=some")]
    [InlineData("status=99")]
    [InlineData("status=4x")]
    [InlineData("from=yesterday")]
    [InlineData("to=13")]
    [InlineData("cursor=abc")]
    [InlineData("count=0")]
    [InlineData("count=201")]
    [InlineData("q=a%00b")]
    public async Task A_query_that_cannot_be_understood_is_refused_by_name(string query)
    {
        using var org = await service.NewOrganization();
        var (status, problem) = await org.Ask("?" + query);
        Assert.Equal(400, status);
        Assert.True(problem.GetProperty("errors").TryGetProperty(query[..query.IndexOf('=', StringComparison.Ordinal)], out _), problem.ToString());
    }

    [Fact]
    public async Task Pages_hold_every_request_once()
    {
        using var org = await service.NewOrganization();
        for (var i = 0; i < 23; i++) await org.Get("Users");
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await org.Log("count=5" + (cursor is null ? "" : "&cursor=" + cursor));
            seen.AddRange(page.GetProperty("requests").EnumerateArray().Select(r => r.Text("id")!));
            cursor = page.Text("next");
        }
        while (cursor is not null);
        Assert.Equal(23, seen.Count);
        Assert.Equal(seen.Distinct(), seen);
        Assert.Equal(seen.OrderDescending(StringComparer.Ordinal), seen);
    }

    [Fact]
    public async Task Errors_that_come_again_are_one_group_with_the_next_step()
    {
        using var org = await service.NewOrganization();
        await org.NewUser("ada");
        for (var i = 0; i < 3; i++) await org.Post("Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ADA"}""");
        await org.Get("Users?filter=nothing+eq+1");
        var groups = (await org.Ask("/errors")).Body;
        Assert.Equal(["invalidFilter", "uniqueness"], groups.EnumerateArray().Select(g => g.Text("detailKind")));
        var taken = groups[1];
        Assert.Equal((3, 409, "create"), (taken.GetProperty("count").GetInt32(), taken.GetProperty("status").GetInt32(), taken.Text("action")));
        Assert.True(taken.GetProperty("firstSeen").GetDateTimeOffset() < taken.GetProperty("lastSeen").GetDateTimeOffset());
        Assert.Equal("Create ADA: refused (409 uniqueness)", (await org.Whole(taken.Text("lastRequest")!)).Text("sentence"));
        Assert.NotEmpty(taken.Text("next")!);
        Assert.Empty((await org.Ask("/errors?from=2999-01-01")).Body.EnumerateArray());
        Assert.Equal(400, (await org.Ask("/errors?from=x")).Status);
    }

    [Fact]
    public async Task A_request_or_an_organization_that_is_none_is_not_found()
    {
        using var org = await service.NewOrganization();
        Assert.Equal(404, (await org.Ask($"/{Guid.CreateVersion7()}")).Status);
        Assert.Equal(404, (await org.Ask($"/{Guid.NewGuid()}")).Status);
        using var response = await service.Operator.GetAsync($"/api/organizations/{Guid.NewGuid()}/requests", Ct);
        Assert.Equal(404, (int)response.StatusCode);
        Assert.Equal(JsonValueKind.Object, (await org.Log()).GetProperty("dropped").ValueKind);
    }
}
