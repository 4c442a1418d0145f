using Marten;
using Npgsql;
using Scim.Api.Access;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.EventStore;

/// <summary>Lets a person or a group leave the directory, and every group that it is in, in one commit.</summary>
internal sealed class Departure(History history)
{
    /// <param name="table">Where the one who leaves stands.</param>
    /// <param name="delete">From the state (null: none, or ended) to the events of its own stream.</param>
    internal Task Of<TState, TEvent>(Caller caller, Guid id, IfMatch? ifMatch, string table, Func<TState?, IReadOnlyList<TEvent>> delete)
        where TState : class, IState<TState, TEvent> where TEvent : class =>
        history.ChangeSeveral<TState, TEvent>(caller, id, ifMatch, turn => Parents(turn, id), async (state, parents, session, turn) =>
        {
            var own = new StreamChange(id, delete(state));
            return [own, .. await Leave(session, turn, table, id, parents, caller.Source)];
        });

    static async ValueTask<IReadOnlyCollection<Guid>> Parents(Turn turn, Guid member)
    {
        await using var command = new NpgsqlCommand("select gm.group_id from directory.group_member gm where gm.tenant_id = $1 and gm.member_id = $2 order by gm.group_id", turn.Connection);
        command.Parameters.Add(new() { Value = turn.Tenant });
        command.Parameters.Add(new() { Value = member });
        var groups = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(turn.Cancellation);
        while (await reader.ReadAsync(turn.Cancellation)) groups.Add(reader.GetGuid(0));
        return groups;
    }

    // The member's own row is locked before the groups are looked at again: who was adding the member has a share of that
    // lock and is waited for, and who comes later finds nobody to add.
    static async Task<IEnumerable<StreamChange>> Leave(IQuerySession session, Turn turn, string table, Guid member, IReadOnlyCollection<Guid> locked, string source)
    {
        await using (var command = new NpgsqlCommand($"select 1 from {table} where tenant_id = $1 and id = $2 for update", turn.Connection))
        {
            command.Parameters.Add(new() { Value = turn.Tenant });
            command.Parameters.Add(new() { Value = member });
            await command.ExecuteNonQueryAsync(turn.Cancellation);
        }
        var now = await Parents(turn, member);
        if (now.Except(locked).Any()) throw new TouchesMoreException();
        if (now.Count == 0) return [];

        var isGroup = table == ResourceTable.Groups;
        var (one, none) = (IdSet.Of(member), IdSet.Empty);
        var leave = new RemoveMembers(new MemberDelta(none, none, isGroup ? none : one, isGroup ? one : none), isGroup ? MemberRemoval.GroupDeleted : MemberRemoval.UserDeleted, source);
        var groups = await session.LoadManyAsync<Group>(turn.Cancellation, [.. now]);
        return groups.Select(g => new StreamChange(g.Id, GroupDecider.Decide(g, leave, GroupSchema.ResourceType)));
    }
}
