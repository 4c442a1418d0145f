using Npgsql;
using Scim.Domain.Users;

namespace Scim.Api.EventStore.Versions;

/// <summary>From which position to which a person was known by a name: userName, display, given and family name, e-mail addresses.</summary>
internal sealed class NameRanges
{
    readonly Ranges<(Guid Person, string Value), bool> _ranges = new();

    // Of one event more of the same person they need not be made again.
    (User? User, IReadOnlyList<string> Names) _last = (null, []);

    internal void Change(Guid person, User? before, User? after, long position)
    {
        if (before is not null && ReferenceEquals(before.Resource, after?.Resource)) return;
        var old = before is null ? [] : ReferenceEquals(before, _last.User) ? _last.Names : before.Names();
        var now = after?.Names() ?? [];
        _last = (after, now);
        foreach (var name in old.Except(now, StringComparer.Ordinal)) _ranges.End((person, name), position);
        foreach (var name in now.Except(old, StringComparer.Ordinal)) _ranges.Begin((person, name), true, position);
    }

    internal IReadOnlyList<((Guid Person, string Value) Key, bool Value, long From, long To)> Begun => _ranges.Begun();

    internal IEnumerable<NpgsqlBatchCommand> Commands(string tenant, IReadOnlyCollection<Guid> erased)
    {
        var ended = _ranges.Ended.Where(e => !erased.Contains(e.Key.Person)).ToArray();
        var begun = _ranges.Begun().Where(b => !erased.Contains(b.Key.Person)).ToArray();
        if (ended.Length > 0)
            yield return Sql.Command("select directory.end_names($1, $2, $3, $4)", tenant, ended.Select(e => e.Key.Person).ToArray(), ended.Select(e => e.Key.Value).ToArray(), ended.Select(e => e.To).ToArray());
        if (begun.Length > 0)
            yield return Sql.Command(
                "insert into directory.known_as (tenant_id, person_id, value, from_position, to_position) select $1, * from unnest($2::uuid[], $3::text[], $4::bigint[], $5::bigint[])",
                tenant, begun.Select(b => b.Key.Person).ToArray(), begun.Select(b => b.Key.Value).ToArray(), begun.Select(b => b.From).ToArray(), begun.Select(b => b.To).ToArray());
    }
}
