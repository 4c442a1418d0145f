using Scim.Domain.Protocol.Json;

namespace Scim.Tests.Provisioning;

/// <summary>Lists of groups, RFC 7644 §3.4.2 and §3.4.3.</summary>
public sealed class GroupListTests(TestService service)
{
    const string Search = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

    [Theory]
    [InlineData("", 5, 5, 1)]
    [InlineData("?count=2", 5, 2, 1)]
    [InlineData("?count=0", 5, 0, 1)]
    [InlineData("?count=-3", 5, 0, 1)]
    [InlineData("?count=5000", 5, 5, 1)]
    [InlineData("?startIndex=0&count=2", 5, 2, 1)]
    [InlineData("?startIndex=4&count=10", 5, 2, 4)]
    [InlineData("?startIndex=6", 5, 0, 6)]
    [InlineData("?filter=displayName+sw+%22group%22&count=1&startIndex=5", 5, 1, 5)]
    [InlineData("?excludedAttributes=members&count=2&startIndex=2", 5, 2, 2)]
    [InlineData("?excludedAttributes=members&count=0", 5, 0, 1)]
    public async Task Pages(string query, int total, int items, int startIndex)
    {
        using var org = await service.NewOrganization();
        for (var i = 0; i < 5; i++) await org.NewGroup($"group{i}");
        var page = await org.Get("Groups" + query);
        Assert.Equal((200, total, items), (page.Status, page.Total, page.Resources.Count));
        Assert.Equal((items, startIndex), (((ScimNumber)page.Body!["itemsPerPage"]!).Value, ((ScimNumber)page.Body["startIndex"]!).Value));
    }

    [Fact]
    public async Task Each_group_of_a_page_has_its_own_members()
    {
        using var org = await service.NewOrganization();
        var users = new List<string>();
        for (var i = 0; i < 6; i++) users.Add((await org.NewUser($"user{i}")).Id);
        var made = new Dictionary<string, string>();
        foreach (var (name, members) in new (string, string[])[] { ("none", []), ("two", [users[0], users[1]]), ("also none", []), ("one", [users[1]]), ("four", [.. users[2..]]), ("last none", []) })
            made[name] = (await org.NewGroup(name, members)).Text;
        var listed = (await org.Get("Groups")).Resources;
        Assert.Equal(made.Values, listed.Select(g => g.ToString()));
        Assert.Equal(made.OrderByDescending(g => g.Key, StringComparer.Ordinal).Select(g => g.Value), (await org.Get("Groups?sortBy=displayName&sortOrder=descending")).Resources.Select(g => g.ToString()));
        Assert.Equal([made["one"]], (await org.Get("Groups?filter=displayName+eq+%22ONE%22")).Resources.Select(g => g.ToString()));
        Assert.All((await org.Get("Groups?excludedAttributes=members")).Resources, g => Assert.Null(g["members"]));
        Assert.Equal(6, (await org.Get("Groups?attributes=displayName")).Resources.Count(g => g["displayName"] is not null && g["members"] is null && g["meta"] is null));
        Assert.All(((ScimArray)(await org.Get("Groups?attributes=members.value")).Resources[1]["members"]!).Items.Cast<ScimObject>(), m => Assert.Equal(["value"], m.Members.Select(p => p.Key)));
    }

    [Fact]
    public async Task Walking_the_pages_meets_every_group_once_in_the_order_of_ids()
    {
        using var org = await service.NewOrganization();
        for (var i = 0; i < 23; i++) await org.NewGroup($"group{i}");
        var met = new List<string>();
        for (var at = 1; at <= 23; at += 5) met.AddRange((await org.Get($"Groups?startIndex={at}&count=5")).Resources.Select(r => r["id"]!.AsString!));
        Assert.Equal(23, met.Distinct().Count());
        Assert.Equal(met.Order(StringComparer.Ordinal), met);
    }

    [Theory]
    [InlineData("sortBy=displayName", "ann Bob cyd")]
    [InlineData("sortBy=displayName&sortOrder=descending", "cyd Bob ann")]
    [InlineData("sortBy=externalId", "Bob ann cyd")]
    [InlineData("sortBy=externalId&sortOrder=descending", "cyd ann Bob")]
    [InlineData("sortBy=meta.created&sortOrder=descending", "Bob cyd ann")]
    [InlineData("sortBy=id", "ann cyd Bob")]
    [InlineData("sortBy=nonsense", "ann cyd Bob")]
    [InlineData("sortBy=members", "ann cyd Bob")]
    public async Task Sorts(string query, string expected)
    {
        using var org = await service.NewOrganization();
        foreach (var (name, externalId) in new[] { ("ann", "b"), ("cyd", null), ("Bob", "a") })
            await org.Post("Groups", $$"""{"displayName":"{{name}}","externalId":{{(externalId is null ? "null" : $"\"{externalId}\"")}}}""");
        Assert.Equal(expected, string.Join(' ', (await org.Get("Groups?" + query)).Resources.Select(r => r["displayName"]!.AsString)));
    }

    [Theory]
    [InlineData("userName eq \"x\"")]
    [InlineData("members.nothing eq \"x\"")]
    [InlineData("displayName gt")]
    [InlineData("displayName eq true and")]
    public async Task An_unfit_filter_is_never_an_empty_answer(string filter)
    {
        using var org = await service.NewOrganization();
        var answer = await org.Get("Groups?filter=" + Uri.EscapeDataString(filter));
        Assert.Equal((400, "invalidFilter"), (answer.Status, answer.ScimType));
    }

    [Theory]
    [InlineData("?count=x")]
    [InlineData("?startIndex=1.5")]
    [InlineData("?attributes=id&excludedAttributes=members")]
    [InlineData("?filter=id+pr&filter=id+pr")]
    public async Task Parameters_that_make_no_sense_are_refused(string query)
    {
        using var org = await service.NewOrganization();
        foreach (var path in new[] { "Groups", "" }) Assert.Equal(400, (await org.Get(path + query)).Status);
    }

    [Theory]
    [InlineData("Users", "userName")]
    [InlineData("Groups", "displayName")]
    public async Task A_search_is_the_list_by_POST(string type, string name)
    {
        using var org = await service.NewOrganization();
        foreach (var n in new[] { "ann", "bob", "ben" }) Assert.Equal(201, (await org.Post(type, $$"""{"{{name}}":"{{n}}"}""")).Status);
        var found = await org.Post($"{type}/.search", $$"""{"schemas":["{{Search}}"],"filter":"{{name}} sw \"b\"","sortBy":"{{name}}","sortOrder":"descending","startIndex":1,"count":1,"attributes":["{{name}}"]}""");
        Assert.Equal((200, 2), (found.Status, found.Total));
        Assert.Equal("bob", found.Resources.Single()[name]!.AsString);
        Assert.Null(found.Resources.Single()["meta"]);
        var list = await org.Get($"{type}?sortBy={name}");
        Assert.Equal(list.Text, (await org.Post($"{type}/.search", $$"""{"schemas":["{{Search}}"],"sortBy":"{{name}}"}""")).Text);
        Assert.Equal(list.Text, (await org.Post($"{type}/.search", $$"""{"sortBy":"{{name}}"}""")).Text);
        Assert.Equal(list.Text, (await org.Post($"{type}/.search", $$"""{"sortBy":"{{name}}","excludedAttributes":[]}""")).Text);
        Assert.Equal(400, (await org.Post($"{type}/.search", """{"count":"many"}""")).Status);
        Assert.Equal("invalidFilter", (await org.Post($"{type}/.search", """{"filter":"nothing eq 1"}""")).ScimType);
        Assert.Equal(404, (await org.Get($"{type}/.search")).Status); // read as an id
    }
}
