using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Scim.Domain.Groups;

namespace Scim.Api.EventStore;

/// <summary>
/// Who is a member of what, a row each, changed by what an event names alone: it is the fold of <see cref="Membership"/>,
/// for groups too large to be read for one more member.
/// </summary>
internal sealed class MemberRows : IProjection
{
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var e in events)
            switch (e.Data)
            {
                case GroupMembersAdded added:
                    operations.QueueSqlCommand(
                        "insert into directory.group_member (tenant_id, group_id, member_id, is_group) select ?, ?, id, false from unnest(?) id union all select ?, ?, id, true from unnest(?) id on conflict do nothing",
                        e.TenantId, e.StreamId, added.Users.ToArray(), e.TenantId, e.StreamId, added.Groups.ToArray());
                    break;
                case GroupMembersRemoved removed:
                    // Each by its key, whatever the planner expects of a table that has just grown.
                    operations.QueueSqlCommand(
                        "delete from directory.group_member where ctid = any(array(select f.ctid from unnest(?) k(id) cross join lateral (select gm.ctid from directory.group_member gm where gm.tenant_id = ? and gm.group_id = ? and gm.member_id = k.id offset 0) f))",
                        removed.Users.Concat(removed.Groups).ToArray(), e.TenantId, e.StreamId);
                    break;
                case GroupDeleted:
                    operations.QueueSqlCommand("delete from directory.group_member where tenant_id = ? and group_id = ?", e.TenantId, e.StreamId);
                    break;
            }
        return Task.CompletedTask;
    }
}
