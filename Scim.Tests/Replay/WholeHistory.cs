using System.Collections.Concurrent;
using Scim.Api.Audit.Replay;
using Scim.Api.EventStore;
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
        await Refold(service);
    }

    // The service's own comparison, which holds what was against the history too.
    static async Task Refold(TestService service)
    {
        var (placement, found) = (service.Get<Placement>(), new ConcurrentBag<string>());
        await Parallel.ForEachAsync(await placement.OrganizationsAsync(CancellationToken.None), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (organization, ct) =>
        {
            var tenant = Placement.Tenant(organization);
            var slice = new Slice(placement.Of(tenant).Write, service.Get<SealedEvents>(), tenant, asked: null);
            for (Guid? next = Guid.Empty; next is { } from;)
            {
                var result = await slice.Run(from, Guid.AllBitsSet, ct);
                foreach (var difference in result.Found) found.Add($"{tenant}: {difference}");
                next = RowKey.After(result.Reached);
            }
        });
        Assert.True(found.IsEmpty, $"{found.Count} differences:\n{string.Join('\n', found.Take(20))}");
    }
}
