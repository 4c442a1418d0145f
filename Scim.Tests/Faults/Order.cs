using Scim.Api.EventStore.Sealing;
using Scim.Tests.Faults.Checking;

namespace Scim.Tests.Faults;

/// <summary>The order that every reader of the whole history will see: commands by the number that their commit took last.</summary>
public sealed class Order(TestService service)
{
    [Fact]
    public async Task Read_by_commit_number_the_history_never_puts_an_effect_before_its_cause()
    {
        using var organization = await service.NewOrganization();
        await Races.AtOnce(8, async writer =>
        {
            var random = new Random(writer);
            for (var n = 0; n < 40; n++)
            {
                var created = await organization.Post("Users", $$"""{"userName":"name{{random.Next(6)}}"}""");
                if (created.Status != 201) continue;
                await organization.Patch($"Users/{created.Id}", $$"""[{"op":"replace","path":"userName","value":"name{{random.Next(6)}}"}]""");
                await organization.Delete($"Users/{created.Id}");
            }
            return true;
        });

        var connections = service.Service.Foundation.Connections;
        var rows = await StoredRows.Read(connections.Directory, connections.Registry);
        var tenant = organization.Id.ToString("D");
        var histories = new Histories(rows.Of(tenant), service.Get<SealedEvents>().Keys.Master);
        Assert.True(histories.Rows.Events.Count > 100, $"Only {histories.Rows.Events.Count} events: the writers were in each other's way too much.");
        Checker.AssertNone([.. StoredChecks.Of(histories), .. OrderChecks.Of(histories)]);
    }

    [Fact]
    public async Task Commit_numbers_are_given_out_one_by_one() =>
        Assert.Equal(1L, await service.Sql("select cache_size from pg_sequences where schemaname = 'history' and sequencename = 'commit_ord'"));
}
