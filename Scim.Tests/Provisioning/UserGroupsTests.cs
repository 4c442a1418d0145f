using Scim.Domain.Protocol.Json;

namespace Scim.Tests.Provisioning;

/// <summary>The groups of a person, and the person's tag, which changes with them though the person does not.</summary>
public sealed class UserGroupsTests(TestService service)
{
    [Fact]
    public async Task Each_group_is_named_once_and_direct_wins_over_indirect()
    {
        using var org = await service.NewOrganization();
        var ada = (await org.NewUser("ada")).Id;
        Assert.Null((await org.Get($"Users/{ada}")).Body!["groups"]);
        var guides = await org.NewGroup("Guides", ada);
        var employees = await org.NewGroup("Employees", guides.Id, ada);
        var world = await org.NewGroup("World", employees.Id, guides.Id);
        await org.NewGroup("Others");
        await org.Join(guides.Id, world.Id); // a cycle

        var read = await org.Get($"Users/{ada}");
        Assert.Equal(["direct Employees", "direct Guides", "indirect World"], read.Groups);
        Assert.Equal(read.Groups, (await org.Get("Users")).Resources.Select(Groups).Single());
        Assert.Equal(read.Body!.ToString(), (await org.Get("Users?filter=userName%20eq%20%22ada%22")).Resources.Single().ToString());
        var shown = ((ScimArray)read.Body["groups"]!).Items.Cast<ScimObject>().Single(g => g["display"]!.AsString == "World");
        Assert.Equal((world.Id, world.Headers["Location"]), (shown["value"]!.AsString, shown["$ref"]!.AsString));
        Assert.Equal(["value", "$ref", "display", "type"], shown.Members.Select(m => m.Key));

        await org.Leave(employees.Id, ada);
        Assert.Equal(["direct Guides", "indirect Employees", "indirect World"], (await org.Get($"Users/{ada}")).Groups);
    }

    [Fact]
    public async Task Every_verb_answers_with_the_groups()
    {
        using var org = await service.NewOrganization();
        var ada = (await org.NewUser("ada")).Id;
        await org.NewGroup("Outer", (await org.NewGroup("Tours", ada)).Id);
        string[] groups = ["direct Tours", "indirect Outer"];
        Assert.Equal(groups, (await org.Patch($"Users/{ada}", """[{"op":"replace","path":"title","value":"Guide"}]""")).Groups);
        Assert.Equal(groups, (await org.Put($"Users/{ada}", """{"userName":"ada"}""")).Groups);
        Assert.Equal(groups, (await org.Put($"Users/{ada}", """{"userName":"ada","groups":[]}""")).Groups);
        var read = await org.Get($"Users/{ada}");
        Assert.Equal((read.Text, read.ETag), await org.Put($"Users/{ada}", read.Text) is var echo ? (echo.Text, echo.ETag) : default);
        Assert.Equal((400, "mutability"), await org.Patch($"Users/{ada}", """[{"op":"add","path":"groups","value":[{"value":"x"}]}]""") is var a ? (a.Status, a.ScimType) : default);
    }

    [Fact]
    public async Task The_tag_of_a_person_follows_joins_leaves_and_renames_of_groups_and_finds_the_person()
    {
        using var org = await service.NewOrganization();
        var ada = await org.NewUser("ada");
        var (tours, outer) = ((await org.NewGroup("Tours")).Id, (await org.NewGroup("Outer")).Id);
        var tags = new List<string> { ada.ETag! };
        foreach (var change in new Func<Task<Answer>>[]
        {
            () => org.Join(tours, ada.Id),
            () => org.Join(outer, tours),
            () => org.Patch($"Groups/{outer}", """[{"op":"replace","path":"displayName","value":"Everybody"}]"""),
            () => org.Join(outer, ada.Id), // indirect becomes direct
            () => org.Leave(tours, ada.Id),
            () => org.Delete($"Groups/{outer}"),
        })
        {
            Assert.Equal(204, (await change()).Status);
            Assert.Equal(200, (await Read(tags[^1])).Status);
            var read = await org.Get($"Users/{ada.Id}");
            Assert.Equal(read.ETag, ((ScimObject)read.Body!["meta"]!)["version"]!.AsString);
            Assert.StartsWith("W/\"1-", read.ETag, StringComparison.Ordinal);
            Assert.Equal(304, (await Read(read.ETag!)).Status);
            foreach (var tag in tags.Append(read.ETag!).Distinct())
                Assert.Equal(tag == read.ETag ? 1 : 0, (await org.Get("Users?filter=" + Uri.EscapeDataString($"meta.version eq \"{tag.Replace("\"", "\\\"", StringComparison.Ordinal)}\""))).Total);
            tags.Add(read.ETag!);
        }
        Assert.Equal(6, tags.Distinct().Count()); // at the end it is in no group, as it was
        Assert.Equal(200, (await org.Patch($"Users/{ada.Id}", """[{"op":"replace","path":"title","value":"x"}]""", tags[2])).Status); // only the stream's version counts

        Task<Answer> Read(string tag) => org.Send(HttpMethod.Get, $"Users/{ada.Id}", more: r => r.Headers.TryAddWithoutValidation("If-None-Match", tag));
    }

    [Theory]
    [InlineData("groups.value eq \"TOURS\"", "ada")]
    [InlineData("groups[value eq \"TOURS\"]", "ada")]
    [InlineData("groups.value eq \"OUTER\"", "ada bob")]
    [InlineData("groups[value eq \"OUTER\" and type eq \"direct\"]", "bob")]
    [InlineData("groups.type eq \"indirect\"", "ada")]
    [InlineData("groups.display eq \"OUTER\"", "ada bob")]
    [InlineData("groups.display sw \"tou\"", "ada")]
    [InlineData("groups pr", "ada bob")]
    [InlineData("not (groups pr)", "cyd")]
    [InlineData("groups.value ne \"OUTER\"", "ada cyd")]
    [InlineData("groups.value eq \"not-an-id\"", "")]
    [InlineData("groups.value eq \"TOURS\" and userName eq \"bob\"", "")]
    [InlineData("groups.value eq \"TOURS\" or userName eq \"cyd\"", "ada cyd")]
    public async Task People_are_found_by_their_groups(string filter, string expected)
    {
        using var org = await service.NewOrganization();
        var (ada, bob) = ((await org.NewUser("ada")).Id, (await org.NewUser("bob")).Id);
        await org.NewUser("cyd");
        var tours = (await org.NewGroup("Tours", ada)).Id;
        var outer = (await org.NewGroup("Outer", tours, bob)).Id;
        var found = await org.Get("Users?filter=" + Uri.EscapeDataString(filter.Replace("\"TOURS\"", $"\"{tours}\"", StringComparison.Ordinal).Replace("value eq \"OUTER\"", $"value eq \"{outer}\"", StringComparison.Ordinal).Replace("value ne \"OUTER\"", $"value ne \"{outer}\"", StringComparison.Ordinal)));
        Assert.Equal(expected, string.Join(' ', found.Resources.Select(u => u["userName"]!.AsString)));
        Assert.Equal(found.Resources.Count, found.Total);
    }

    static IReadOnlyList<string> Groups(ScimObject user) => [.. ((ScimArray)user["groups"]!).Items.Cast<ScimObject>().Select(g => $"{g["type"]!.AsString} {g["display"]!.AsString}").Order(StringComparer.Ordinal)];
}
