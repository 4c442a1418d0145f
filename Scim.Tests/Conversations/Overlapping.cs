namespace Scim.Tests.Conversations;

/// <summary>Identity providers send requests for one person side by side, and never If-Match.</summary>
public class Overlapping(TestService service)
{
    [Fact]
    public async Task Forty_patches_of_one_person_are_all_answered_and_all_stored()
    {
        using var organization = await service.NewOrganization();
        var id = (await organization.NewUser("wanda@lumen.example")).Id;
        var answers = await Task.WhenAll(Enumerable.Range(1, 40).Select(i => organization.Patch($"Users/{id}", $$"""[{"op":"replace","path":"title","value":"{{i}}"}]""")));
        Assert.All(answers, a => Assert.Equal(200, a.Status));
        Assert.Equal(41, (await organization.Events(id)).Count);
    }

    [Fact]
    public async Task Of_ten_creates_of_one_person_one_is_201_and_nine_are_409()
    {
        using var organization = await service.NewOrganization();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => organization.Post("Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"xavi@lumen.example"}""")));
        Assert.Equal([201, .. Enumerable.Repeat(409, 9)], answers.Select(a => a.Status).Order());
        Assert.Equal(1, (await organization.Get("Users")).Total);
    }

    [Fact]
    public async Task Of_ten_creates_that_bring_one_person_back_one_is_201_and_nobody_is_doubled()
    {
        using var organization = await service.NewOrganization();
        var body = """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"yara@lumen.example","externalId":"00u4yara","active":true}""";
        var id = (await organization.Post("Users", body.Replace("true", "false", StringComparison.Ordinal))).Id;
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => organization.Post("Users", body)));
        Assert.Equal([201, .. Enumerable.Repeat(409, 9)], answers.Select(a => a.Status).Order());
        Assert.Equal(["user_provisioned", "user_reactivated"], await organization.Events(id));
    }
}
