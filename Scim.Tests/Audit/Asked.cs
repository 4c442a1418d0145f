using System.Net.Http.Json;
using System.Text.Json;
using Scim.Api.Access;
using Scim.Domain.History;
using Scim.Domain.Protocol.Schemas;
using Scim.Domain.Users;

namespace Scim.Tests.Audit;

/// <summary>What tests of the readers ask, and do beside SCIM.</summary>
static class Asked
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal static async Task<JsonElement> Json(this HttpClient client, TestOrganization organization, string path)
    {
        using var answer = await client.GetAsync($"/api/organizations/{organization.Id}/{path}", Ct);
        Assert.True((int)answer.StatusCode == 200, $"{path} is {answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Ct)}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    internal static async Task<(int Status, string Text)> Ask(this HttpClient client, TestOrganization organization, string path)
    {
        using var answer = await client.GetAsync($"/api/organizations/{organization.Id}/{path}", Ct);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    /// <summary>An administrator shuts somebody out, or lifts it.</summary>
    internal static Task Suspend(this TestOrganization organization, string person, bool suspended = true) =>
        organization.Service.Get<Api.EventStore.History>().Change<User, UserEvent>(new Caller(organization.Id, "operator", Guid.CreateVersion7()) { Source = Source.Admin }, Guid.Parse(person), null,
            (state, _) => new(UserDecider.Decide(state, suspended ? new SuspendUser("The laptop was lost.", Source.Admin) : new LiftSuspension(Source.Admin), UserSchema.ResourceType)));

    internal static Task<Answer> Activate(this TestOrganization organization, string person, bool active) =>
        organization.Patch($"Users/{person}", $$"""[{"op":"replace","path":"active","value":{{(active ? "true" : "false")}}}]""");
}
