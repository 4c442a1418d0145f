using System.Net.Http.Json;

namespace Scim.Tests.Faults;

/// <summary>A token is exchanged for another while its provider works, without a gap.</summary>
[Collection(OnOwnCluster.Name)]
public sealed class Rotation(OwnCluster cluster)
{
    [Fact]
    public async Task Exchanging_the_token_under_load_fails_no_request_and_a_third_is_refused()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var run = await FaultRun.Start(cluster, 8);
        var rotations = TestRun.Of(2, 20);
        for (var n = 0; n < rotations; n++)
        {
            var (old, label) = (n == 0 ? run.Organization.Token : _token, n == 0 ? "okta" : $"token {n - 1}");
            _token = await run.Service.NewToken(run.Organization.Id, $"token {n}");
            var third = await run.Service.Operator.PostAsJsonAsync($"/api/organizations/{run.Organization.Id}/tokens", new { label = "third" }, ct);
            Assert.Equal(409, (int)third.StatusCode);
            Assert.Contains("token", await third.Content.ReadAsStringAsync(ct), StringComparison.Ordinal);
            run.Provider.Use(_token);
            await run.Served("The new token does not open.");
            await Access.Revoke(run.Service, run.Organization.Id, label);
            run.Journal.Revoked(old);
            await run.Served("Not served after the old token was revoked.");
            using var left = new TestOrganization(run.Service, run.Organization.Id, old);
            Assert.Equal(401, (await left.Get("Users")).Status);
        }
        await run.Prove("token exchanged", $"{rotations} rotations");
        Assert.DoesNotContain(run.Journal.Entries, e => e.Status is null or 401 or 403 or >= 500);
    }

    string _token = "";
}
