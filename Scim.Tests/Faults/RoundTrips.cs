namespace Scim.Tests.Faults;

/// <summary>How often a request waits for PostgreSQL, counted on the wire: what latency between the two costs.</summary>
[Collection(OnOwnCluster.Name)]
public sealed class RoundTrips(BehindProxy behind) : IClassFixture<BehindProxy>
{
    [Fact]
    public async Task A_request_waits_for_the_database_a_few_times_only()
    {
        using var organization = await behind.Service.NewOrganization();
        var person = await organization.NewUser("ada@example.com");

        var create = await Least(n => organization.NewUser($"person{n}@example.com"));
        var patch = await Least(n => organization.Patch($"Users/{person.Id}", $$"""[{"op":"replace","path":"title","value":"{{n}}"}]"""));
        var unchanged = await Least(_ => organization.Patch($"Users/{person.Id}", """[{"op":"replace","path":"active","value":true}]"""));
        var put = await Least(_ => organization.Put($"Users/{person.Id}", """{"userName":"ada@example.com","title":"11"}"""));
        var replaced = await Least(n => organization.Put($"Users/{person.Id}", $$"""{"userName":"ada@example.com","title":"of {{n}}"}"""));
        var get = await Least(_ => organization.Get($"Users/{person.Id}"));
        var list = await Least(_ => organization.Get("Users?filter=userName%20eq%20%22ada@example.com%22"));
        var all = (create, patch, unchanged, put, replaced, get, list);
        TestContext.Current.TestOutputHelper?.WriteLine($"{all}");
        Assert.Equal((2, 2, 2, 1, 3, 1, 1), all);

        // The organization is read anew each second and connections are opened; the least of several has neither.
        async Task<long> Least(Func<int, Task<Answer>> request)
        {
            var least = long.MaxValue;
            for (var n = 0; n < 12; n++)
            {
                var before = behind.Proxy.RoundTrips;
                Assert.InRange((await request(n)).Status, 200, 201);
                least = Math.Min(least, behind.Proxy.RoundTrips - before);
            }
            return least;
        }
    }
}
