using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Scim.Domain.Users;

namespace Scim.Api.EventStore.Versions;

/// <summary>Takes an erased person out of the versions with the erasure itself: they are a second place of personal data.</summary>
internal sealed class ErasedVersions : IProjection
{
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var e in events.Where(e => e.Data is UserErased))
            operations.QueueSqlCommand("select directory.erase_versions(?, ?)", e.TenantId, e.StreamId);
        return Task.CompletedTask;
    }
}
