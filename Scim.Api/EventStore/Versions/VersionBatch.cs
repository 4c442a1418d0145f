using Npgsql;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Groups;
using Scim.Domain.Users;

namespace Scim.Api.EventStore.Versions;

/// <summary>An event at its position in the history of its organization.</summary>
internal sealed record PositionedEvent(long Position, Guid? Request, RecordedEvent Recorded);

/// <summary>
/// What some commands of an organization, one after the other, make of its versions: the same fold as everywhere, whose
/// every step leaves a row behind. What stood before them is read once; what they end and begin is written at once.
/// </summary>
internal sealed class VersionBatch(string tenant, IReadOnlyList<PositionedEvent> events)
{
    /// <summary>Where a row ends that still stands.</summary>
    internal const long Open = long.MaxValue;

    readonly Stood<User> _users = new(u => u.Id);
    readonly Stood<Group> _groups = new(g => g.Id);
    readonly MemberRanges _members = new();
    readonly NameRanges _names = new();

    // People whose values cannot be read any more, and where they left, if they did.
    readonly Dictionary<Guid, long> _erased = [];

    /// <summary>Reads what stands of the people and groups that the events are about.</summary>
    internal async Task Read(NpgsqlConnection connection, CancellationToken ct)
    {
        await _users.Read(connection, tenant, "directory.user_version", Ids<UserEvent>(), ct);
        await _groups.Read(connection, tenant, "directory.group_version", Ids<GroupEvent>(), ct);
    }

    /// <summary>
    /// People who were erased before all that happened to them was written: their rows do not say how they stood. The
    /// version of the first event of each that is in the batch.
    /// </summary>
    internal IEnumerable<(Guid Person, long Version)> Unsaid => _users.Unsaid.Select(id => (id, events.Where(e => e.Recorded.Stored.StreamId == id).Min(e => e.Recorded.Stored.Version)));

    /// <summary>Says how such a person stood, from what came before the batch.</summary>
    internal void Say(IEnumerable<RecordedEvent> before)
    {
        if (before.Aggregate((User?)null, (u, e) => e.Event is UserEvent user ? User.Fold(u, user, e.Fact) : u) is { } stood) _users.Say(stood);
    }

    /// <summary>Folds the events over it, position after position.</summary>
    internal void Fold()
    {
        foreach (var e in events) Step(e);
    }

    /// <summary>Folds one event more.</summary>
    internal void Step(PositionedEvent e)
    {
        switch (e.Recorded.Event)
        {
            case UserEvent user:
                Person(user, e);
                break;
            case GroupEvent group:
                _groups.Step(e.Recorded.Stored.StreamId, e.Position, g => Group.Fold(g, group, e.Recorded.Fact));
                _members.Add(group, e.Position);
                break;
        }
    }

    /// <summary>The rows of people that the events make.</summary>
    internal IReadOnlyList<Version<User>> Users => _users.Begun();

    /// <summary>The rows of groups.</summary>
    internal IReadOnlyList<Version<Group>> Groups => _groups.Begun();

    /// <summary>The rows of memberships.</summary>
    internal IReadOnlyList<((Guid Group, Guid Member) Key, bool Value, long From, long To)> Members => _members.Begun;

    /// <summary>The rows of names.</summary>
    internal IReadOnlyList<((Guid Person, string Value) Key, bool Value, long From, long To)> Names => _names.Begun;

    void Person(UserEvent user, PositionedEvent e)
    {
        var id = e.Recorded.Stored.StreamId;
        if (user is UserErased || e.Recorded.IsErased) _erased.TryAdd(id, Open);
        if (user is UserDeleted or UserErased && _erased.TryGetValue(id, out var left) && left == Open) _erased[id] = e.Position;
        var before = _users.Of(id);
        var after = _users.Step(id, e.Position, u => User.Fold(u, user, e.Recorded.Fact));
        _names.Change(id, before, after, e.Position);
    }

    Guid[] Ids<T>() => [.. events.Where(e => e.Recorded.Event is T).Select(e => e.Recorded.Stored.StreamId).Distinct()];

    /// <summary>The statements that write all of it, after the lease was held and the progress advanced.</summary>
    internal IEnumerable<NpgsqlBatchCommand> Commands()
    {
        if (_users.Ended.Count > 0) yield return End("users", _users.Ended);
        if (_groups.Ended.Count > 0) yield return End("groups", _groups.Ended);
        if (_users.Begun() is { Count: > 0 } users) yield return VersionRows.OfUsers(tenant, users, _erased.Keys);
        if (_groups.Begun() is { Count: > 0 } groups) yield return VersionRows.OfGroups(tenant, groups);
        foreach (var command in _members.Commands(tenant)) yield return command;
        foreach (var command in _names.Commands(tenant, _erased.Keys)) yield return command;
        foreach (var (person, left) in _erased)
        {
            yield return Sql.Command("select directory.erase_versions($1, $2)", tenant, person);
            if (left != Open) yield return End("users", new Dictionary<Guid, long> { [person] = left });
        }
        yield return Timeline();
    }

    NpgsqlBatchCommand End(string what, IReadOnlyDictionary<Guid, long> ended) => Sql.Command($"select directory.end_{what}($1, $2, $3)", tenant, ended.Keys.ToArray(), ended.Values.ToArray());

    NpgsqlBatchCommand Timeline()
    {
        var places = events.GroupBy(e => e.Position).SelectMany(g => g.Select((e, place) => (Event: e, Place: place))).ToArray();
        return Sql.Command(
            "insert into directory.timeline (tenant_id, position, place, event_id, stream_id, version, type, actor, request_id, at) " +
            "select $1, * from unnest($2::bigint[], $3::int[], $4::uuid[], $5::uuid[], $6::bigint[], $7::text[], $8::text[], $9::uuid[], $10::timestamptz[])",
            tenant, Of(p => p.Event.Position), Of(p => p.Place), Of(p => p.Event.Recorded.Stored.Id), Of(p => p.Event.Recorded.Stored.StreamId), Of(p => p.Event.Recorded.Stored.Version),
            Of(p => p.Event.Recorded.Stored.Type), Of(p => p.Event.Recorded.Stored.UserName), Of(p => p.Event.Request), Of(p => p.Event.Recorded.Stored.Timestamp.UtcDateTime));

        T[] Of<T>(Func<(PositionedEvent Event, int Place), T> value) => [.. places.Select(value)];
    }
}

/// <summary>Statements of a batch whose parameters stand in their order.</summary>
static class Sql
{
    internal static NpgsqlBatchCommand Command(string sql, params object[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var p in parameters) command.Parameters.Add(new() { Value = p });
        return command;
    }
}
