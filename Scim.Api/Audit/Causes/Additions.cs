using Scim.Api.Access;
using Scim.Api.Audit.Timeline;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Queries;
using Scim.Api.EventStore.Versions;

namespace Scim.Api.Audit.Causes;

/// <summary>Finds the events that put members into groups: those at whose positions the memberships that stand began.</summary>
internal sealed class Additions(HistoryReader history, OrganizationCache organizations, Placement placement)
{
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    static readonly string Sql = $"""
        select a.group_id, a.member_id, t.position, t.place, t.version from unnest($2::uuid[], $3::uuid[]) a(group_id, member_id)
        cross join lateral (
            select l.position, l.place, l.version from directory.member_version m join directory.timeline l on l.tenant_id = $1 and l.stream_id = m.group_id and l.position = m.from_position and l.type = 'group_members_added'
            where m.tenant_id = $1 and m.group_id = a.group_id and m.member_id = a.member_id and m.from_position <= $4 and m.to_position > $4 order by l.place limit 1) t
        """;

    /// <summary>By group and member; of a position of the past, or of now. What is not written yet is left out.</summary>
    internal async Task<IReadOnlyDictionary<(Guid Group, Guid Member), ExplainingEvent>> Of(Guid organization, IReadOnlyCollection<(Guid Group, Guid Member)> memberships, long? position, CancellationToken ct)
    {
        if (memberships.Count == 0) return new Dictionary<(Guid, Guid), ExplainingEvent>();
        var found = await Deadline.Within(Soon, async ct =>
        {
            await using var command = placement.Command(organization, Sql, memberships.Select(m => m.Group).ToArray(), memberships.Select(m => m.Member).ToArray(), position ?? VersionBatch.Open - 1);
            await using var reader = await command.ExecuteReaderAsync(ct);
            var rows = new List<(Guid Group, Guid Member, EventPlace Place, long Version)>();
            while (await reader.ReadAsync(ct)) rows.Add((reader.GetGuid(0), reader.GetGuid(1), new(reader.GetInt64(2), reader.GetInt32(3)), reader.GetInt64(4)));
            return rows;
        }, ct);
        var events = await history.Events(organization, [.. found.Select(f => (f.Group, f.Version)).Distinct()], ct);
        var (state, epoch) = (await organizations.Renew(organization, ct), placement.EpochOf(organization));
        return found.Where(f => events.ContainsKey((f.Group, f.Version)))
            .ToDictionary(f => (f.Group, f.Member), f => Explainer.Explaining(organization, events[(f.Group, f.Version)], f.Place.ToString(epoch), state));
    }
}
