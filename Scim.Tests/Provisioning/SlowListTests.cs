using Npgsql;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Queries;
using Scim.Api.Provisioning;
using Scim.Domain.Dialects;
using Scim.Domain.Protocol;

namespace Scim.Tests.Provisioning;

/// <summary>A list that the database gives up.</summary>
public sealed class SlowListTests(TestService service)
{
    [Fact]
    public async Task Is_503_that_names_the_filter_as_the_cause()
    {
        var ct = TestContext.Current.CancellationToken;
        using var org = await service.NewOrganization();
        for (var i = 0; i < 100; i++) await org.NewUser($"person{i}", ",\"title\":\"Guide of the northern tours\"");
        var slow = UsersApi.ReadFilter(string.Join(" or ", Enumerable.Range(0, 90).Select(i => $"title co \"nowhere{i}\"")), new Notes());
        Assert.Equal(0, (await service.Get<UserDirectory>().List(org.Id, slow, null, 1, 10, new("x"), service.Get<UserDirectory>().AsAnswered, ct)).Total);

        // The same login with the patience of a millisecond instead of five seconds; types are not loaded, so that the list alone takes time.
        var strings = new NpgsqlConnectionStringBuilder(service.Service.Foundation.Connections.Directory) { Options = "-c statement_timeout=1" };
        var builder = new NpgsqlDataSourceBuilder(strings.ConnectionString);
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        await using var impatient = builder.Build();
        await (await impatient.OpenConnectionAsync(ct)).DisposeAsync(); // connecting is not what takes too long
        var placement = new Placement([new Shard("main", impatient, impatient)], service.Get<Placement>().Registry);
        await placement.FindAsync(org.Id, ct);
        var directory = new UserDirectory(placement);

        var refused = await Assert.ThrowsAsync<ScimException>(() => directory.List(org.Id, slow, null, 1, 10, new("x"), directory.AsAnswered, ct));
        Assert.Equal(503, refused.Status);
        Assert.NotNull(refused.RetryAfter);
        Assert.Contains("Its filter or sort order is the cause", refused.Message, StringComparison.Ordinal);
    }
}
