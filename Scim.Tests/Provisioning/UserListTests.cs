using Scim.Domain.Protocol.Json;

namespace Scim.Tests.Provisioning;

/// <summary>Lists of people, RFC 7644 §3.4.2.</summary>
public sealed class UserListTests(TestService service)
{
    [Theory]
    [InlineData("", 5, 5, 1)]
    [InlineData("?count=2", 5, 2, 1)]
    [InlineData("?count=0", 5, 0, 1)]
    [InlineData("?count=-3", 5, 0, 1)]
    [InlineData("?count=5000", 5, 5, 1)]
    [InlineData("?startIndex=0&count=2", 5, 2, 1)]
    [InlineData("?startIndex=-7&count=2", 5, 2, 1)]
    [InlineData("?startIndex=4&count=10", 5, 2, 4)]
    [InlineData("?startIndex=6", 5, 0, 6)]
    [InlineData("?startIndex=1000000", 5, 0, 1000000)]
    public async Task Pages(string query, int total, int items, int startIndex)
    {
        using var org = await service.NewOrganization();
        for (var i = 0; i < 5; i++) await org.NewUser($"user{i}");
        var page = await org.Get("Users" + query);
        Assert.Equal((200, total, items), (page.Status, page.Total, page.Resources.Count));
        Assert.Equal(items, ((ScimNumber)page.Body!["itemsPerPage"]!).Value);
        Assert.Equal(startIndex, ((ScimNumber)page.Body["startIndex"]!).Value);
    }

    [Fact]
    public async Task Walking_the_pages_meets_everybody_once_in_the_order_of_ids()
    {
        using var org = await service.NewOrganization();
        for (var i = 0; i < 23; i++) await org.NewUser($"user{i}");
        var met = new List<string>();
        for (var at = 1; at <= 23; at += 5) met.AddRange((await org.Get($"Users?startIndex={at}&count=5")).Resources.Select(r => r["id"]!.AsString!));
        Assert.Equal(23, met.Distinct().Count());
        Assert.Equal(met.Order(StringComparer.Ordinal), met);
    }

    [Theory]
    [InlineData("sortBy=userName", "ann Bob cyd Dan")]
    [InlineData("sortBy=userName&sortOrder=descending", "Dan cyd Bob ann")]
    [InlineData("sortBy=title", "Bob Dan ann cyd")]
    [InlineData("sortBy=title&sortOrder=descending", "ann cyd Dan Bob")]
    [InlineData("sortBy=emails.value", "cyd ann Bob Dan")]
    [InlineData("sortBy=emails", "cyd ann Bob Dan")]
    [InlineData("sortBy=nonsense", "ann Bob cyd Dan")]
    [InlineData("sortBy=meta.created", "ann Bob cyd Dan")]
    [InlineData("sortBy=name.familyName&sortOrder=descending", "ann Bob cyd Dan")]
    public async Task Sorts(string query, string expected)
    {
        using var org = await service.NewOrganization();
        await org.NewUser("ann", ""","emails":[{"value":"b@x.org"}]""");
        await org.NewUser("Bob", ""","title":"Guide","emails":[{"value":"a@x.org"},{"value":"c@x.org","primary":true}]""");
        await org.NewUser("cyd", ""","emails":[{"value":"A@x.org"}]""");
        await org.NewUser("Dan", ""","title":"guide2" """);
        Assert.Equal(expected, string.Join(' ', (await org.Get("Users?" + query)).Resources.Select(r => r["userName"]!.AsString)));
    }

    [Theory]
    [InlineData("userName eq \"BJENSEN\"", 1)]
    [InlineData("USERNAME Eq \"bjensen\" And Active EQ TRUE", 1)]
    [InlineData("externalId eq \"x\"", 1)]
    [InlineData("externalId eq \"X\"", 0)]
    [InlineData("emails[type eq \"work\" and value co \"@X.org\"]", 1)]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"b\"", 1)]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"tours\"", 1)]
    [InlineData("schemas eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"", 1)]
    [InlineData("groups pr", 0)]
    [InlineData("not (title pr)", 2)]
    [InlineData("title eq null", 2)]
    public async Task Filters_run_in_the_database(string filter, int total)
    {
        using var org = await service.NewOrganization();
        await org.NewUser("bjensen", ""","externalId":"x","emails":[{"type":"work","value":"b@x.org"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Tours"}""");
        await org.NewUser("other", ",\"active\":false");
        Assert.Equal(total, (await org.Get("Users?filter=" + Uri.EscapeDataString(filter).Replace("%20", "+", StringComparison.Ordinal))).Total);
    }

    [Theory]
    [InlineData("password sw \"a\"")]
    [InlineData("nothing eq 1")]
    [InlineData("active gt true")]
    [InlineData("userName eq")]
    [InlineData("name eq \"x\"")]
    public async Task An_unfit_filter_is_never_an_empty_answer(string filter)
    {
        using var org = await service.NewOrganization();
        var answer = await org.Get("Users?filter=" + Uri.EscapeDataString(filter));
        Assert.Equal((400, "invalidFilter"), (answer.Status, answer.ScimType));
    }
}
