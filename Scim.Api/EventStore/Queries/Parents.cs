using Marten;
using Npgsql;
using Scim.Domain.Groups;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.EventStore.Queries;

/// <summary>The groups that somebody who leaves the directory is in, and must leave in the same commit.</summary>
internal static class Parents
{
    internal static async ValueTask<IReadOnlyCollection<Guid>> Of(Turn turn, Guid member)
    {
        await using var command = new NpgsqlCommand("select gm.group_id from directory.group_member gm where gm.tenant_id = $1 and gm.member_id = $2 order by gm.group_id", turn.Connection);
        command.Parameters.Add(new() { Value = turn.Tenant });
        command.Parameters.Add(new() { Value = member });
        var groups = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(turn.Cancellation);
        while (await reader.ReadAsync(turn.Cancellation)) groups.Add(reader.GetGuid(0));
        return groups;
    }

    /// <summary>
    /// The events of the groups, whose streams are locked. The member's own row is locked first: who was adding the member
    /// has a share of that lock and is waited for, and who comes later finds nobody to add.
    /// </summary>
    /// <exception cref="TouchesMoreException">The member came into another group meanwhile.</exception>
    internal static async Task<IEnumerable<StreamChange>> Leave(IQuerySession session, Turn turn, string table, Guid member, IReadOnlyCollection<Guid> groups, string source)
    {
        await using (var command = new NpgsqlCommand($"select 1 from {table} where tenant_id = $1 and id = $2 for update", turn.Connection))
        {
            command.Parameters.Add(new() { Value = turn.Tenant });
            command.Parameters.Add(new() { Value = member });
            await command.ExecuteNonQueryAsync(turn.Cancellation);
        }
        var now = await Of(turn, member);
        if (now.Except(groups).Any()) throw new TouchesMoreException();
        if (now.Count == 0) return [];

        var isGroup = table == ResourceTable.Groups;
        var (one, none) = (IdSet.Of(member), IdSet.Empty);
        var leave = new RemoveMembers(new MemberDelta(none, none, isGroup ? none : one, isGroup ? one : none), isGroup ? MemberRemoval.GroupDeleted : MemberRemoval.UserDeleted, source);
        var states = await session.LoadManyAsync<Group>(turn.Cancellation, [.. now]);
        return states.Where(g => g.Id != member).Select(g => new StreamChange(g.Id, GroupDecider.Decide(g, leave, GroupSchema.ResourceType)));
    }
}
