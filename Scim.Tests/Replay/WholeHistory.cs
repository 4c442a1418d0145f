using Scim.Api.EventStore.Sealing;
using Scim.Tests.Conversations;
using Scim.Tests.Faults.Checking;

namespace Scim.Tests.Replay;

/// <summary>Holds the whole history of a run against the directory and against what its clients were told.</summary>
internal static class WholeHistory
{
    internal static async Task Check(TestService service)
    {
        var connections = service.Service.Foundation.Connections;
        var rows = await StoredRows.Read(connections.Directory, connections.Registry);
        Assert.Empty(rows.Events.SelectMany(e => KnownRepairs.Of(e.Headers)).Except(KnownRepairs.Names));
        Checker.AssertNone(Checker.Check(rows, service.Get<SealedEvents>().Keys.Master, service.Journal));
    }
}
