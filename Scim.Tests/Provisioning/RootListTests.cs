using Scim.Domain.Protocol.Json;

namespace Scim.Tests.Provisioning;

/// <summary>People and groups in one list: RFC 7644 §3.4.2.1 and §3.4.3 at the organization itself.</summary>
public sealed class RootListTests(TestService service)
{
    async Task<TestOrganization> Filled()
    {
        var org = await service.NewOrganization();
        var ann = await org.NewUser("ann", ",\"displayName\":\"Zoe\",\"externalId\":\"e1\"");
        await org.NewGroup("Middle", ann.Id);
        await org.NewUser("bob", ",\"title\":\"Guide\"");
        await org.Post("Groups", """{"displayName":"alpha","externalId":"e2"}""");
        return org;
    }

    static string Names(Answer answer) => string.Join(' ', answer.Resources.Select(r => r["userName"]?.AsString ?? r["displayName"]!.AsString));

    [Theory]
    [InlineData("", "ann Middle bob alpha")]
    [InlineData("?filter=displayName+pr", "ann Middle alpha")]
    [InlineData("?filter=userName+pr", "ann bob")]
    [InlineData("?filter=members+pr", "Middle")]
    [InlineData("?filter=not+(userName+pr)", "Middle alpha")]
    [InlineData("?filter=userName+ne+%22ann%22", "Middle bob alpha")]
    [InlineData("?filter=userName+eq+%22ann%22+or+displayName+eq+%22ALPHA%22", "ann alpha")]
    [InlineData("?filter=title+eq+%22guide%22+or+members+pr", "Middle bob")]
    [InlineData("?filter=externalId+sw+%22e%22", "ann alpha")]
    [InlineData("?filter=meta.resourceType+eq+%22Group%22", "Middle alpha")]
    [InlineData("?filter=meta.resourceType+eq+%22User%22", "ann bob")]
    [InlineData("?filter=schemas+eq+%22urn:ietf:params:scim:schemas:core:2.0:Group%22", "Middle alpha")]
    [InlineData("?filter=groups+pr", "ann")]
    [InlineData("?filter=urn:ietf:params:scim:schemas:core:2.0:User:userName+eq+%22bob%22", "bob")]
    [InlineData("?sortBy=displayName", "alpha Middle ann bob")]
    [InlineData("?sortBy=displayName&sortOrder=descending", "bob ann Middle alpha")]
    [InlineData("?sortBy=userName", "ann bob Middle alpha")]
    [InlineData("?sortBy=title", "bob ann Middle alpha")]
    [InlineData("?sortBy=externalId&sortOrder=descending", "Middle bob alpha ann")]
    [InlineData("?sortBy=id&sortOrder=descending", "alpha bob Middle ann")]
    [InlineData("?sortBy=meta.created", "ann Middle bob alpha")]
    [InlineData("?sortBy=meta.created&sortOrder=descending", "alpha bob Middle ann")]
    [InlineData("?sortBy=active", "ann bob Middle alpha")]
    [InlineData("?sortBy=groups", "ann Middle bob alpha")]
    [InlineData("?sortBy=members", "Middle ann bob alpha")]
    [InlineData("?sortBy=schemas", "ann Middle bob alpha")]
    [InlineData("?sortBy=meta.version", "alpha ann bob Middle")]
    [InlineData("?sortBy=meta.resourceType", "Middle alpha ann bob")]
    [InlineData("?sortBy=nonsense", "ann Middle bob alpha")]
    [InlineData("?excludedAttributes=members&sortBy=displayName", "alpha Middle ann bob")]
    public async Task Filters_and_sorts_hold_for_both_types(string query, string expected)
    {
        using var org = await Filled();
        var list = await org.Get(query);
        Assert.True(list.Status == 200, list.Text);
        if (query == "?sortBy=meta.version") Assert.Equal(4, list.Resources.Count); // the tags of people are hashes
        else Assert.Equal(expected, Names(list));
        Assert.Equal(list.Resources.Count, list.Total);
    }

    [Fact]
    public async Task What_is_listed_is_what_each_type_answers()
    {
        using var org = await Filled();
        var both = (await org.Get("?sortBy=id")).Resources.Select(r => r.ToString());
        var apart = (await org.Get("Users")).Resources.Concat((await org.Get("Groups")).Resources);
        Assert.Equal(apart.OrderBy(r => r["id"]!.AsString, StringComparer.Ordinal).Select(r => r.ToString()), both);
        Assert.All((await org.Get("?excludedAttributes=members,meta")).Resources, r => Assert.True(r["members"] is null && r["meta"] is null));
        Assert.Equal(["userName", "displayName", "userName", "displayName"], (await org.Get("?attributes=userName,displayName")).Resources.Select(r => r.Members[2].Key));
    }

    [Theory]
    [InlineData("?count=1&startIndex=2", 4, "Middle")]
    [InlineData("?count=2&startIndex=3", 4, "bob alpha")]
    [InlineData("?count=0", 4, "")]
    [InlineData("?startIndex=9", 4, "")]
    [InlineData("?count=2&filter=displayName+pr&sortBy=displayName", 3, "alpha Middle")]
    [InlineData("?count=1&startIndex=3&sortBy=displayName&excludedAttributes=members", 4, "ann")]
    public async Task Pages(string query, int total, string expected)
    {
        using var org = await Filled();
        var page = await org.Get(query);
        Assert.Equal((200, total, expected), (page.Status, page.Total, Names(page)));
        Assert.Equal(page.Resources.Count, ((ScimNumber)page.Body!["itemsPerPage"]!).Value);
    }

    [Theory]
    [InlineData("nothing eq 1")]
    [InlineData("userName eq")]
    [InlineData("active gt true")]
    [InlineData("members.nothing eq \"x\"")]
    [InlineData("password pr")]
    public async Task What_no_type_knows_is_refused(string filter)
    {
        using var org = await service.NewOrganization();
        var answer = await org.Get("?filter=" + Uri.EscapeDataString(filter));
        Assert.Equal((400, "invalidFilter"), (answer.Status, answer.ScimType));
    }

    [Fact]
    public async Task A_search_of_the_root_is_its_list()
    {
        using var org = await Filled();
        var list = await org.Get("?filter=displayName+pr&sortBy=displayName&count=2");
        Assert.Equal(list.Text, (await org.Post(".search", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"displayName pr","sortBy":"displayName","count":2}""")).Text);
        Assert.Equal("alpha", Names(await org.Post(".search", """{"filter":"displayName eq \"alpha\"","attributes":["displayName"]}""")));
        Assert.Equal("invalidFilter", (await org.Post(".search", """{"filter":"nothing pr"}""")).ScimType);
    }

    [Fact]
    public async Task Nothing_of_another_organization_is_listed()
    {
        using var org = await Filled();
        using var other = await service.NewOrganization();
        Assert.Equal(0, (await other.Get("")).Total);
        Assert.Equal(0, (await other.Get("?filter=displayName+pr&sortBy=displayName")).Total);
        Assert.Equal(401, (await other.Send(HttpMethod.Get, $"{service.Address}scim/v2/{org.Id}")).Status);
    }
}
