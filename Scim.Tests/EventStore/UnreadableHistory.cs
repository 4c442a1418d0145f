using Scim.Tests.Faults;
using Scim.Tests.Hosting.Embedded;
using Scim.Tests.Replay;

namespace Scim.Tests.EventStore;

/// <summary>What one organization's history holds that cannot be folded stops nobody else's versions.</summary>
[Collection(OnSteadyCluster.Name)]
public sealed class UnreadableHistory(OwnCluster cluster)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("set_byte(bdata, 1, 9)", false)] // a shape that this build does not know: a newer node writes it on
    [InlineData("set_byte(bdata, length(bdata) - 1, get_byte(bdata, length(bdata) - 1) # 1)", true)] // bytes that somebody changed: left out, and told by a replay
    public async Task An_event_that_cannot_be_read_keeps_only_its_own_organization_waiting(string damage, bool isLeftOut)
    {
        var database = await cluster.NewDatabase();
        var settings = database.Settings();
        settings["Positions:Enabled"] = "false";
        await using var silent = await OwnDatabase.Start(settings);
        using var poisoned = await silent.NewOrganization("Poisoned");
        using var other = await silent.NewOrganization("Other");
        var ada = (await poisoned.NewUser("ada")).Id;
        await other.NewUser("bob");
        await Sql.ScalarAsync(database.Owner, $"create table kept as select seq_id, bdata from history.mt_events where stream_id = '{ada}'; update history.mt_events set bdata = {damage} where stream_id = '{ada}'");

        await using (var service = await OwnDatabase.Start(database.Settings()))
        {
            Assert.Equal(4, await Positions.Settled(service, other.Id)); // its creation, its switch, the token, and bob
            var asked = $"/api/organizations/{poisoned.Id}/directory/Users?count=0";
            using (var answer = await service.Operator.GetAsync(asked, Ct)) Assert.Equal(isLeftOut ? 200 : 503, (int)answer.StatusCode);
            await Sql.ScalarAsync(database.Owner, "update history.mt_events e set bdata = k.bdata from kept k where k.seq_id = e.seq_id; drop table kept");
            if (!isLeftOut) await Until.True(async () => (await service.Operator.GetStringAsync(asked, Ct)).Contains("\"totalResults\":1", StringComparison.Ordinal), "It does not go on.", 30);
            else await Replays.Of(service, poisoned.Id, repair: true);
        }
    }
}
