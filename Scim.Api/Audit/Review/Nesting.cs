using Npgsql;

namespace Scim.Api.Audit.Review;

/// <summary>A group that somebody is in; of an indirect one, the groups through which.</summary>
internal sealed record ReviewedGroup(Guid Id, string Display, string Type, ThroughView[] Through);

/// <summary>A group that somebody is in directly.</summary>
internal sealed record ThroughView(Guid Id, string Display);

/// <summary>Which groups stand in which at a position: read for those that somebody asks about, each once.</summary>
internal sealed class Nesting(NpgsqlDataSource source, string tenant, long position)
{
    const string Sql = """
        select k.id, g.data->'resource'->>'displayName', array(select m.group_id from directory.member_version m where m.tenant_id = $1 and m.member_id = k.id and m.to_position > $2 and m.from_position <= $2)
        from unnest($3::uuid[]) k(id) left join directory.group_version g on g.tenant_id = $1 and g.id = k.id and g.from_position <= $2 and g.to_position > $2
        """;

    readonly Dictionary<Guid, (string Name, Guid[] Above)> _groups = [];

    /// <summary>Reads groups and all above them.</summary>
    internal async Task Read(IEnumerable<Guid> groups, CancellationToken ct)
    {
        for (var due = Unknown(groups); due.Length > 0; due = Unknown(due.SelectMany(g => _groups[g].Above)))
        {
            await using var command = source.CreateCommand(Sql);
            foreach (var value in new object[] { tenant, position, due }) command.Parameters.Add(new() { Value = value });
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct)) _groups[reader.GetGuid(0)] = (await reader.IsDBNullAsync(1, ct) ? "" : reader.GetString(1), reader.GetFieldValue<Guid[]>(2));
        }
    }

    /// <summary>Every group that somebody is in who is in these directly, by name.</summary>
    internal IReadOnlyList<ReviewedGroup> Of(IReadOnlyCollection<Guid> direct)
    {
        var through = new Dictionary<Guid, List<Guid>>();
        foreach (var group in direct)
            foreach (var above in Above(group))
                if (!direct.Contains(above)) (through.TryGetValue(above, out var known) ? known : through[above] = []).Add(group);
        return [.. direct.Select(g => new ReviewedGroup(g, _groups[g].Name, "direct", [])).Concat(through.Select(t =>
            new ReviewedGroup(t.Key, _groups[t.Key].Name, "indirect", [.. t.Value.Select(g => new ThroughView(g, _groups[g].Name))]))).OrderBy(g => g.Display, StringComparer.OrdinalIgnoreCase).ThenBy(g => g.Id)];
    }

    // Cycles end where they were.
    HashSet<Guid> Above(Guid group)
    {
        var (found, due) = (new HashSet<Guid>(), new Stack<Guid>(_groups[group].Above));
        while (due.TryPop(out var next))
            if (found.Add(next)) foreach (var above in _groups[next].Above) due.Push(above);
        return found;
    }

    Guid[] Unknown(IEnumerable<Guid> groups) => [.. groups.Where(g => !_groups.ContainsKey(g)).Distinct()];
}
