using System.Net;
using Npgsql;
using Scim.Api.Access;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Api.EventStore.Queries;
using Scim.Api.EventStore.Versions;
using Scim.Domain.History;
using Scim.Domain.Users;
using Scim.Tests.Faults;
using Scim.Tests.Replay;

namespace Scim.Tests.Audit;

/// <summary>An erasure empties what the directory was, too.</summary>
[Collection(OnSteadyCluster.Name)]
public sealed class ErasedPeople(TestService service, OwnCluster cluster)
{
    const string Canary = "Zq7canary";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_an_erased_person_the_past_keeps_that_there_was_one_and_no_more(bool written)
    {
        using var organization = await service.NewOrganization();
        await organization.NewUser("bystander");
        var id = Guid.Parse((await organization.NewUser($"{Canary}-1", $$""","displayName":"{{Canary}}","emails":[{"value":"{{Canary}}@example.com"}]""")).Id);
        await organization.Patch($"Users/{id}", $$"""[{"op":"replace","path":"title","value":"{{Canary}}"}]""");
        if (written) await Positions.Settled(service, organization.Id); // else the versions come after the erasure
        await Erase(service, organization.Id, id);
        var last = await Positions.Settled(service, organization.Id);
        Assert.Equal(0L, await service.Sql(
            "select (select count(*) from directory.user_version where tenant_id = $1 and id = $2 and data is not null) + (select count(*) from directory.known_as where tenant_id = $1 and person_id = $2)", organization.Id.ToString("D"), id));
        Assert.Equal(false, await service.Sql("select exists (select from directory.user_version v where v::text ilike '%" + Canary + "%') or exists (select from directory.known_as k where k::text ilike '%" + Canary + "%')"));

        var before = last - 1;
        using var one = await service.Operator.GetAsync($"/api/organizations/{organization.Id}/directory/Users/{id}?position={before}", Ct);
        Assert.Equal(HttpStatusCode.NotFound, one.StatusCode);
        Assert.Contains("erased", await one.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var all = await service.Operator.GetAsync($"/api/organizations/{organization.Id}/directory/Users?position={before}", Ct);
        Assert.Contains("\"totalResults\":1", await all.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal("1", all.Headers.GetValues("Scim-Erased-People").Single());
        using var since = await service.Operator.GetAsync($"/api/organizations/{organization.Id}/directory/Users?position={last}", Ct);
        Assert.False(since.Headers.Contains("Scim-Erased-People"));
    }

    [Fact]
    public async Task However_the_versions_of_an_erased_person_are_written_one_after_the_other_none_is_left_out()
    {
        var database = await cluster.NewDatabase();
        var settings = database.Settings();
        settings["Positions:Enabled"] = "false";
        await using var own = await OwnDatabase.Start(settings); // which holds its versions against its history when it ends
        using var organization = await own.NewOrganization();
        var id = Guid.Parse((await organization.NewUser("ada")).Id);
        await organization.Patch($"Users/{id}", """[{"op":"replace","path":"title","value":"Countess"}]""");
        await organization.Activate($"{id}", false);
        await Erase(own, organization.Id, id);

        var (source, lease) = (own.Get<Placement>().Shards[0].Write, new Lease("test", Guid.NewGuid()));
        Assert.True(await lease.TryTake(source, Ct));
        await Scim.Api.EventStore.Positions.Numbering.Run(source, lease, Ct);
        var writer = new VersionWriter(own.Get<HistoryReader>()) { Commands = 1 };
        while (await writer.Write(source, lease, Placement.Tenant(organization.Id), Ct)) { }
        Assert.Equal("4-5 5-6 6-7", await own.Sql("select string_agg(from_position || '-' || to_position, ' ' order by from_position) from directory.user_version where data is null"));
    }

    // The event, the row and the key in the order of an erasure.
    internal static async Task Erase(TestService service, Guid organization, Guid person)
    {
        var caller = new Caller(organization, "operator", Guid.CreateVersion7()) { Source = Source.Operator };
        await service.Get<Scim.Api.EventStore.History>().Change<User, UserEvent>(caller, person, null, (_, _) => new([new UserErased(person, Source.Operator, "Asked by the person")]));
        await using var source = NpgsqlDataSource.Create(service.OwnerConnectionString);
        foreach (var sql in new[] { "delete from history.person_key where tenant_id = $1 and person_id = $2", "insert into history.person_erased (tenant_id, person_id) values ($1, $2)" })
        {
            await using var command = source.CreateCommand(sql);
            command.Parameters.Add(new() { Value = organization.ToString("D") });
            command.Parameters.Add(new() { Value = person });
            await command.ExecuteNonQueryAsync(Ct);
        }
    }
}
