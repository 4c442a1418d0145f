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

        var create = await Usual(n => organization.NewUser($"person{n}@example.com"));
        var patch = await Usual(n => organization.Patch($"Users/{person.Id}", $$"""[{"op":"replace","path":"title","value":"{{n}}"}]"""));
        var unchanged = await Usual(_ => organization.Patch($"Users/{person.Id}", """[{"op":"replace","path":"active","value":true}]"""));
        var put = await Usual(_ => organization.Put($"Users/{person.Id}", """{"userName":"ada@example.com","title":"11"}"""));
        var replaced = await Usual(n => organization.Put($"Users/{person.Id}", $$"""{"userName":"ada@example.com","title":"of {{n}}"}"""));
        var get = await Usual(_ => organization.Get($"Users/{person.Id}"));
        var list = await Usual(_ => organization.Get("Users?filter=userName%20eq%20%22ada@example.com%22"));
        var all = (create, patch, unchanged, put, replaced, get, list);
        TestContext.Current.TestOutputHelper?.WriteLine($"{all}");
        Assert.Equal((2, 2, 2, 1, 3, 1, 1), all);

        // The organization is read anew each second and connections are opened, which is more, and a busy proxy counts late,
        // which is less: the middle of several is neither.
        async Task<long> Usual(Func<int, Task<Answer>> request)
        {
            var counts = new List<long>();
            for (var n = 0; n < 12; n++)
            {
                var before = behind.Proxy.RoundTrips;
                Assert.InRange((await request(n)).Status, 200, 201);
                counts.Add(behind.Proxy.RoundTrips - before);
            }
            return counts.Order().ElementAt(counts.Count / 2);
        }
    }
}
