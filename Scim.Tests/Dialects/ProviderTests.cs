using System.Text.Json;
using Scim.Domain.Dialects;
using Scim.Tests.Conversations;

namespace Scim.Tests.Dialects;

/// <summary>Who a request is counted under.</summary>
public class ProviderTests(TestService service)
{
    [Theory]
    [InlineData("okta/wizard", "Okta")]
    [InlineData("google/users", "Google")]
    [InlineData("rippling/users", "Rippling")]
    [InlineData("authentik/users", "authentik")]
    [InlineData("pingone/users", Provider.Unknown)]
    public void A_conversation_with_a_user_agent_of_its_own_is_told_by_it(string conversation, string expected) =>
        Assert.Equal(expected, Provider.Of(Conversation.Read(conversation).Parts[0].Headers.GetValueOrDefault("User-Agent"), "", [], []));

    [Fact]
    public async Task Entra_is_told_by_its_capitals_and_by_its_flag()
    {
        using var organization = await service.NewOrganization();
        var user = await organization.NewUser("bjensen");
        await organization.Patch($"Users/{user.Id}", """[{"op":"Replace","path":"active","value":true}]""");
        await organization.Patch($"Users/{user.Id}?aadOptscim062020", """[{"op":"replace","value":{"name.givenName":"B"}}]""");
        await organization.Patch($"Users/{user.Id}", """[{"op":"replace","value":{"active":"true"}}]""");
        for (var i = 0; ; i++)
        {
            var rows = JsonDocument.Parse(await service.Operator.GetStringAsync($"/api/organizations/{organization.Id}/dialects", TestContext.Current.CancellationToken)).RootElement.EnumerateArray()
                .Select(r => $"{r.GetProperty("provider").GetString()}: {r.GetProperty("repair").GetString()}").Order().ToList();
            if (rows.Count == 3) Assert.Equal(["Entra: op in another case", "Entra: path as key", "unknown: text for a boolean"], rows);
            if (rows.Count == 3) return;
            Assert.True(i < 100, string.Join('\n', rows));
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
