using Scim.Api.EventStore;
using Scim.Api.EventStore.Queries;
using Scim.Api.EventStore.Sealing;
using Scim.Domain.Groups;
using Scim.Domain.History;

namespace Scim.Tests.Replay;

/// <summary>An event in a shape that is written no more reads as the event of today, wherever history is read.</summary>
public sealed class OldShapes(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static readonly Shapes Known = new(OldShape.Of<GroupRenamed, Called, GroupRenamed>(0, old => new(old.GroupId, old.By, old.From, old.To)));

    /// <summary>How a group's new name might have been told once.</summary>
    sealed record Called(Guid GroupId, string By, string From, string To);

    [Fact]
    public void An_old_shape_is_raised_and_one_that_nobody_knows_is_refused()
    {
        var id = Guid.NewGuid();
        var frame = Frame.Write(new Called(id, "scim", "A", "B"), 0, null, EventStoreOptions.Json);
        Assert.Equal(new GroupRenamed(id, "scim", "A", "B"), Frame.Read(typeof(GroupRenamed), frame, _ => null, EventStoreOptions.Json, Known));
        Assert.Throws<InvalidDataException>(() => Frame.Read(typeof(GroupRenamed), frame, _ => null, EventStoreOptions.Json));
        frame[1] = 2;
        Assert.Throws<InvalidDataException>(() => Frame.Read(typeof(GroupRenamed), frame, _ => null, EventStoreOptions.Json, Known));
    }

    [Fact]
    public async Task A_replay_folds_it_to_the_same_group()
    {
        using var organization = await service.NewOrganization();
        var group = Guid.Parse((await organization.NewGroup("Guides")).Id);
        await organization.Patch($"Groups/{group}", """[{"op":"replace","path":"displayName","value":"Tour Guides"}]""");
        await Positions.Settled(service, organization.Id);
        var history = await service.Get<HistoryReader>().Stream(organization.Id, group, Ct);
        var (first, last) = (history[0].Stored, history[^1]);
        var renamed = (GroupRenamed)last.Event;
        var old = last.Stored with { Body = Frame.Write(new Called(group, renamed.Source, renamed.Before, renamed.After), 0, null, EventStoreOptions.Json) };
        await Write(old.Body.ToArray(), Convert.ToBase64String(Chain.Hash(Convert.FromBase64String(first.Headers[Chain.HashHeader]), old)));
        try
        {
            var keys = service.Get<SealedEvents>().Keys;
            var (run, found) = await Replays.Of(service, organization.Id, events: new SealedEvents(keys, EventStoreOptions.Json, Known));
            Assert.True(run.IsIdentical, string.Join('\n', found));
            Assert.Equal(["the event cannot be opened"], Assert.Single((await Replays.Of(service, organization.Id, repair: true)).Found).Paths);
        }
        finally
        {
            await Write(last.Stored.Body.ToArray(), last.Stored.Headers[Chain.HashHeader]);
        }
        await Replays.Identical(service, organization.Id);

        Task Write(byte[] body, string hash) => service.Sql("update history.mt_events set bdata = $1, headers = jsonb_set(headers, '{hash}', to_jsonb($2::text)) where stream_id = $3 and version = 2", body, hash, group);
    }
}
