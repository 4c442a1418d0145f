using Npgsql;
using Scim.Domain.Groups;

namespace Scim.Api.EventStore.Versions;

/// <summary>From which position to which somebody or something is in a group: the fold of <see cref="Membership"/>, a row a membership.</summary>
internal sealed class MemberRanges
{
    readonly Ranges<(Guid Group, Guid Member), bool> _ranges = new();
    readonly List<(Guid Group, long Position)> _left = [];

    internal void Add(GroupEvent e, long position)
    {
        switch (e)
        {
            case GroupMembersAdded added:
                foreach (var user in added.Users) _ranges.Begin((e.GroupId, user), false, position);
                foreach (var group in added.Groups) _ranges.Begin((e.GroupId, group), true, position);
                break;
            case GroupMembersRemoved removed:
                foreach (var member in removed.Users.Concat(removed.Groups)) _ranges.End((e.GroupId, member), position);
                break;
            case GroupDeleted:
                _ranges.EndAll(key => key.Group == e.GroupId, position);
                _left.Add((e.GroupId, position));
                break;
        }
    }

    internal IReadOnlyList<((Guid Group, Guid Member) Key, bool Value, long From, long To)> Begun => _ranges.Begun();

    internal IEnumerable<NpgsqlBatchCommand> Commands(string tenant)
    {
        var (ended, begun) = (_ranges.Ended, _ranges.Begun());
        if (ended.Count > 0)
            yield return Sql.Command("select directory.end_members($1, $2, $3, $4)", tenant, ended.Select(e => e.Key.Group).ToArray(), ended.Select(e => e.Key.Member).ToArray(), ended.Select(e => e.To).ToArray());
        foreach (var (group, position) in _left) // whoever still is in it
            yield return Sql.Command($"update directory.member_version set to_position = $3 where tenant_id = $1 and group_id = $2 and to_position = {VersionBatch.Open}", tenant, group, position);
        if (begun.Count > 0)
            yield return Sql.Command(
                "insert into directory.member_version (tenant_id, group_id, member_id, is_group, from_position, to_position) select $1, * from unnest($2::uuid[], $3::uuid[], $4::boolean[], $5::bigint[], $6::bigint[])",
                tenant, begun.Select(b => b.Key.Group).ToArray(), begun.Select(b => b.Key.Member).ToArray(), begun.Select(b => b.Value).ToArray(), begun.Select(b => b.From).ToArray(), begun.Select(b => b.To).ToArray());
    }
}
