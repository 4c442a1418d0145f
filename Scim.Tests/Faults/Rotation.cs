using System.Diagnostics;
using System.Net.Http.Json;
using Scim.Tests.Faults.Checking;

namespace Scim.Tests.Faults;

/// <summary>A token is exchanged for another while its provider works, without a gap.</summary>
[Collection(OnSteadyCluster.Name)]
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

    [Fact]
    public async Task Exchanged_on_one_node_it_opens_the_other_at_once_and_the_old_one_is_shut_out_within_a_second()
    {
        var ct = TestContext.Current.CancellationToken;
        var database = await cluster.NewDatabase();
        await using var one = await OwnDatabase.Start(database.Settings());
        await using var two = await OwnDatabase.Start(database.Settings());
        using var organization = await one.NewOrganization();
        var journal = new ClientJournal();
        using var provider = new Provider(journal, organization.Id, organization.Token, () => two.Address);
        var writers = new Writers(provider, 4, TestRun.Seed);
        using var enough = new CancellationTokenSource();
        var working = writers.Run(TimeSpan.FromMilliseconds(10), enough.Token);
        var (old, label, rotations, slowest) = (organization.Token, "okta", TestRun.Of(3, 20), TimeSpan.Zero);
        for (var n = 0; n < rotations; n++)
        {
            await Served(); // the other node knows the organization as it was
            var fresh = await one.NewToken(organization.Id, $"token {n}");
            using (var there = new TestOrganization(two, organization.Id, fresh)) Assert.Equal(200, (await there.Get("Users?count=1")).Status);
            provider.Use(fresh);
            await Served();
            await Access.Revoke(one, organization.Id, label);
            journal.Revoked(old);
            var clock = Stopwatch.StartNew();
            using (var left = new TestOrganization(two, organization.Id, old))
                while ((await left.Get("Users?count=1")).Status != 401)
                {
                    Assert.InRange(clock.Elapsed.TotalSeconds, 0, 3 * 1);
                    await Task.Delay(20, ct);
                }
            slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
            (old, label) = (fresh, $"token {n}");
        }
        await enough.CancelAsync();
        await working;
        await Checker.Prove(database, journal, "token exchanged on another node", $"{rotations} rotations, refused within {slowest.TotalMilliseconds:0} ms");
        Assert.DoesNotContain(journal.Entries, e => e.Status is null or 401 or 403 or >= 500);

        Task Served()
        {
            var from = writers.Acknowledged;
            return Until.True(() => writers.Acknowledged >= from + 8, "Not served.");
        }
    }

    string _token = "";
}
