using Npgsql;
using Scim.Api.EventStore.Versions;
using Scim.Domain.Groups;
using Scim.Domain.Organizations;
using Scim.Domain.Users;

namespace Scim.Api.Audit.Replay;

/// <summary>A difference and the statements that put it right.</summary>
internal sealed record Found(ReplayDifference Difference, Func<IEnumerable<NpgsqlBatchCommand>> Fix);

/// <summary>
/// Holds what the directory stores between two ids against what the history makes of them: the resources and their columns,
/// the memberships, and every row of their versions. Each table is read once, beside the expected rows in the same order.
/// </summary>
internal sealed class SliceComparison(NpgsqlConnection connection, string tenant, Guid from, Guid upTo, IReadOnlyList<Refolded> streams, Horizon horizon)
{
    readonly Dictionary<Guid, Refolded> _of = streams.ToDictionary(s => s.Id);
    readonly List<Found> _found = [];
    readonly Restoring _fix = new(tenant);

    internal async Task<IReadOnlyList<Found>> Run(CancellationToken ct)
    {
        foreach (var difference in streams.SelectMany(s => s.Found)) _found.Add(new(difference, () => []));
        if (horizon.Asked is null) await Now(ct);
        await Then(ct);
        return _found;
    }

    async Task Now(CancellationToken ct)
    {
        await Table("directory.mt_doc_user t", "data, mt_version, user_name_key, external_id, display_name_key, family_name_key, created, last_modified", "User", ReplayPart.Resource,
            Each(s => s.User is { } user ? [(new RowKey(s.Id), user)] : Enumerable.Empty<(RowKey, User)>()),
            (row, user) => row.Json("data", user).Number("mt_version", user.Version).Text("user_name_key", user.UserNameKey).Text("external_id", user.ExternalId)
                .Text("display_name_key", user.DisplayNameKey).Text("family_name_key", user.FamilyNameKey).Instant("created", user.Created).Instant("last_modified", user.LastModified),
            (_, user) => [_fix.User(user)], key => _fix.Remove("directory.mt_doc_user", "id", key.Id), ct);
        await Table("directory.mt_doc_group t", "data, mt_version, display_name_key, external_id, created, last_modified", "Group", ReplayPart.Resource,
            Each(s => s.Group is { } group ? [(new RowKey(s.Id), group)] : Enumerable.Empty<(RowKey, Group)>()),
            (row, group) => row.Json("data", group).Number("mt_version", group.Version).Text("display_name_key", group.DisplayNameKey).Text("external_id", group.ExternalId)
                .Instant("created", group.Created).Instant("last_modified", group.LastModified),
            (_, group) => [_fix.Group(group)], key => _fix.Remove("directory.mt_doc_group", "id", key.Id), ct);
        await Table("directory.mt_doc_organization t", "data, mt_version", "Organization", ReplayPart.Resource,
            Each(s => s.Organization is { } organization ? [(new RowKey(s.Id), organization)] : Enumerable.Empty<(RowKey, Organization)>()),
            (row, organization) => row.Json("data", organization).Number("mt_version", organization.Version),
            (_, organization) => [_fix.Organization(organization)], key => _fix.Remove("directory.mt_doc_organization", "id", key.Id), ct);
        await Table("directory.group_member t", "is_group", "Group", ReplayPart.Membership,
            Each(s => s.Members.IsGroup.Select(m => (new RowKey(s.Id, m.Key), m.Value))),
            (row, isGroup) => row.Flag("is_group", isGroup),
            (key, isGroup) => [_fix.Member(key.Id, key.Of, isGroup)], key => _fix.Remove("directory.group_member", "group_id, member_id", key.Id, key.Of), ct);
    }

    async Task Then(CancellationToken ct)
    {
        await Table("directory.user_version t", "to_position, data, mt_version, user_name_key, external_id, display_name_key, family_name_key, created, last_modified, has_access", "User", ReplayPart.ResourceVersion,
            Versions(s => s.Versions.Users),
            User,
            (_, v) => [VersionRows.OfUsers(tenant, [v], _of[v.Id].IsErased ? [v.Id] : [])], key => _fix.Remove("directory.user_version", "id, from_position", key.Id, key.Number), ct);
        await Table("directory.group_version t", "to_position, data, mt_version, external_id, display_name_key, created, last_modified", "Group", ReplayPart.ResourceVersion,
            Versions(s => s.Versions.Groups),
            (row, v) => Ends(row, v.To).Json("data", v.State).Number("mt_version", v.State.Version).Text("external_id", v.State.ExternalId).Text("display_name_key", v.State.DisplayNameKey)
                .Instant("created", v.State.Created).Instant("last_modified", v.State.LastModified),
            (_, v) => [VersionRows.OfGroups(tenant, [v])], key => _fix.Remove("directory.group_version", "id, from_position", key.Id, key.Number), ct);
        await Table("directory.member_version t", "to_position, is_group", "Group", ReplayPart.MembershipVersion,
            EachThen(s => s.Versions.Members.Where(m => Stands(m.To)).Select(m => (Key: new RowKey(m.Key.Group, m.Key.Member, null, m.From), m)).OrderBy(m => m.Key)),
            (row, m) => Ends(row, m.To).Flag("is_group", m.Value),
            (key, m) => [_fix.MemberVersion(key, m.Value, m.To)], key => _fix.Remove("directory.member_version", "group_id, member_id, from_position", key.Id, key.Of, key.Number), ct);
        await Table("directory.known_as t", "to_position", "User", ReplayPart.Name,
            EachThen(s => s.Versions.Names.Where(n => Stands(n.To) && !s.IsErased).Select(n => (Key: new RowKey(n.Key.Person, default, n.Key.Value, n.From), n)).OrderBy(n => n.Key)),
            (row, n) => Ends(row, n.To),
            (key, n) => [_fix.Name(key, n.To)], key => _fix.Remove("directory.known_as", "person_id, value, from_position", key.Id, key.Text!, key.Number), ct);
        await Table("directory.timeline t", "position, event_id, type, actor, request_id, at", null, ReplayPart.Timeline,
            EachThen(s => s.Timeline.Select(t => (new RowKey(s.Id, default, null, t.Event.Version), t))),
            (row, t) => row.Number("position", t.Position).Id("event_id", t.Event.Id).Text("type", t.Event.Type).Text("actor", t.Event.UserName).Id("request_id", t.Request).Instant("at", t.Event.Timestamp),
            (_, t) => [_fix.Timeline(t)], key => _fix.Remove("directory.timeline", "stream_id, version", key.Id, key.Number), ct);
    }

    // Of an erased person only the positions and the frame stay.
    RowOf User(RowOf row, Version<User> v)
    {
        var (of, user) = (_of[v.Id], v.State);
        Ends(row, v.To);
        if (of.IsErasurePending) row.Skip(6);
        else if (of.IsErased) row.Nothing("data").Number("mt_version", user.Version).Nothing("user_name_key").Nothing("external_id").Nothing("display_name_key").Nothing("family_name_key");
        else row.Json("data", user).Number("mt_version", user.Version).Text("user_name_key", user.UserNameKey).Text("external_id", user.ExternalId).Text("display_name_key", user.DisplayNameKey).Text("family_name_key", user.FamilyNameKey);
        return row.Instant("created", user.Created).Instant("last_modified", user.LastModified).Flag("has_access", user.HasAccess);
    }

    // Of one table: its keys, in whose order it is read, stand before the columns that are compared.
    async Task Table<T>(string table, string columns, string? type, ReplayPart part, IEnumerable<(RowKey, T)> expected, Func<RowOf, T, RowOf> compare,
        Func<RowKey, T, IEnumerable<NpgsqlBatchCommand>> write, Func<RowKey, NpgsqlBatchCommand> remove, CancellationToken ct)
    {
        var (id, keys) = part switch
        {
            ReplayPart.Resource => ("id", "t.id"),
            ReplayPart.Membership => ("group_id", "t.group_id, t.member_id"),
            ReplayPart.ResourceVersion => ("id", "t.id, t.from_position"),
            ReplayPart.MembershipVersion => ("group_id", "t.group_id, t.member_id, t.from_position"),
            ReplayPart.Name => ("person_id", "t.person_id, t.value collate \"C\", t.from_position"),
            _ => ("stream_id", "t.stream_id, t.version"),
        };
        var moment = horizon.Asked is null ? "" : part == ReplayPart.Timeline ? $" and t.position <= {horizon.Limit}" : $" and t.from_position <= {horizon.Limit} and t.to_position > {horizon.Limit}";
        var read = new RowOf();
        await Rows.Compare(connection, $"slice_{table.Split('.', ' ')[1]}", $"select {keys}, {columns} from {table} where t.tenant_id = $1 and t.{id} between $2 and $3{moment} order by {keys}", [tenant, from, upTo], expected,
            row => part switch
            {
                ReplayPart.Resource => new(row.GetGuid(0)),
                ReplayPart.Membership => new(row.GetGuid(0), row.GetGuid(1)),
                ReplayPart.ResourceVersion or ReplayPart.Timeline => new(row.GetGuid(0), default, null, row.GetInt64(1)),
                ReplayPart.MembershipVersion => new(row.GetGuid(0), row.GetGuid(1), null, row.GetInt64(2)),
                _ => new(row.GetGuid(0), default, row.GetString(1), row.GetInt64(2)),
            },
            (row, key, value) =>
            {
                compare(read.On(row, keys.Split(", ").Length), value);
                if (read.Paths.Count > 0) Add(ReplayDifferenceKind.Differs, key, [.. read.Paths], () => part is ReplayPart.Resource or ReplayPart.Membership ? write(key, value) : [remove(key), .. write(key, value)]);
            },
            (key, value) => Add(ReplayDifferenceKind.Missing, key, [], () => write(key, value)),
            key => Add(ReplayDifferenceKind.Surplus, key, [], () => [remove(key)]), ct);

        void Add(ReplayDifferenceKind kind, RowKey key, string[] paths, Func<IEnumerable<NpgsqlBatchCommand>> fix)
        {
            var isVersion = part is not (ReplayPart.Resource or ReplayPart.Membership);
            if (_of.TryGetValue(key.Id, out var stream) && !(isVersion ? stream.AreVersionsJudged : stream.IsJudged)) return;
            if (stream is { IsErasurePending: true } && part == ReplayPart.Name) return; // they go with the erasure
            var difference = stream?.Difference(kind, part, paths) ?? new(kind, part, type, key.Id, null, paths, []);
            _found.Add(new(difference with { Type = difference.Type ?? type, Member = key.Of == default ? null : key.Of, Position = isVersion && part != ReplayPart.Timeline ? key.Number : null }, fix));
        }
    }

    IEnumerable<(RowKey, T)> Each<T>(Func<Refolded, IEnumerable<(RowKey, T)>> rows) => streams.Where(s => s.IsJudged).SelectMany(rows);

    IEnumerable<(RowKey, T)> EachThen<T>(Func<Refolded, IEnumerable<(RowKey, T)>> rows) => streams.Where(s => s.AreVersionsJudged).SelectMany(rows);

    IEnumerable<(RowKey, Version<T>)> Versions<T>(Func<Refolded, IReadOnlyList<Version<T>>> of) =>
        EachThen(s => of(s).Where(v => Stands(v.To)).OrderBy(v => v.From).Select(v => (new RowKey(v.Id, default, null, v.From), v)));

    // At a moment only what stands there is compared, and not how long it will.
    bool Stands(long to) => horizon.Asked is null || to == VersionBatch.Open;

    RowOf Ends(RowOf row, long to) => horizon.Asked is null ? row.Number("to_position", to) : row.Skip(1);
}
