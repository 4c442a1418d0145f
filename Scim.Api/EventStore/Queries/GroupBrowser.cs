using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;

namespace Scim.Api.EventStore.Queries;

/// <summary>A member with whether it is one itself, or through other groups alone.</summary>
internal sealed record MemberOfGroup(MemberOf Member, bool Direct);

/// <summary>A direct member as lists show it.</summary>
/// <param name="Status"><c>active</c>, <c>inactive</c> or <c>suspended</c>; null for what is no person.</param>
internal sealed record ListedMember(MemberOf Member, string? UserName, string? Status);

/// <summary>By what a list of groups is sorted.</summary>
internal enum GroupOrder { Name, Members, Changed }

/// <summary>Finds groups and looks around in one, page by page, as people do.</summary>
internal sealed class GroupBrowser
{
    /// <summary>Groups that are read at once where all are.</summary>
    const int Part = 500;

    static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    readonly Placement _placement;
    readonly DirectoryTables _tables;

    public GroupBrowser(Placement placement) : this(placement, DirectoryTables.Now) { }

    GroupBrowser(Placement placement, DirectoryTables tables) => (_placement, _tables) = (placement, tables);

    /// <summary>The same of the past.</summary>
    internal GroupBrowser At(long position) => new(_placement, DirectoryTables.At(position));

    /// <summary>A page of those who are in a group, directly or, where that is asked, through others; by id.</summary>
    internal Task<Page<MemberOfGroup>> MembersOf(Guid organization, Guid group, bool effective, int startIndex, int count, CancellationToken ct) => Deadline.Within(Soon, async ct =>
    {
        var own = $"select gm.member_id from {_tables.Members} gm where gm.tenant_id = $1 and gm.group_id = $2";
        var all = $"with a(id) as materialized ({(effective ? $"select m.id from {_tables.MembersOf("$1", "$2")} m(id) where m.id <> $2" : own)})";
        var tenant = Placement.Tenant(organization);
        await using var connection = await _placement.Of(Placement.Tenant(organization)).Write.OpenConnectionAsync(ct);
        await using var counted = GroupDirectory.Command(connection, $"{all} select count(*) from a", tenant, group);
        var total = (int)(long)(await counted.ExecuteScalarAsync(ct))!;
        await using var command = GroupDirectory.Command(connection,
            $"{all}, k as materialized (select id from a order by id limit $3 offset $4) select k.id, mg.id is not null, k.id in ({own}), coalesce(mg.data->'resource'->>'displayName', mu.data->'resource'->>'displayName', mu.data->'resource'->>'userName') " +
            $"from k left join {_tables.Groups} mg on mg.tenant_id = $1 and mg.id = k.id left join {_tables.Users} mu on mu.tenant_id = $1 and mu.id = k.id order by k.id", tenant, group, (long)count, (long)startIndex - 1);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var members = new List<MemberOfGroup>();
        while (await reader.ReadAsync(ct)) members.Add(new(new MemberOf(reader.GetGuid(0), reader.GetBoolean(1), reader.IsDBNull(3) ? null : reader.GetString(3)), reader.GetBoolean(2)));
        return new Page<MemberOfGroup>(total, members);
    }, ct);

    /// <summary>The group with that id or that name, whatever its case; null for none.</summary>
    internal Task<(Guid Id, string Name)?> Named(Guid organization, string idOrName, CancellationToken ct) => Deadline.Within(Soon, async ct =>
    {
        await using var connection = await _placement.Of(Placement.Tenant(organization)).Write.OpenConnectionAsync(ct);
        await using var command = GroupDirectory.Command(connection, $"select d.id, d.data->'resource'->>'displayName' from {_tables.Groups} d where d.tenant_id = $1 and (d.display_name_key collate \"C\" = $2 or d.id = $3) order by d.id = $3 desc limit 1",
            Placement.Tenant(organization), CanonicalKey.Of(idOrName), Guid.TryParse(idOrName, out var id) ? id : Guid.Empty);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? ((Guid, string)?)(reader.GetGuid(0), reader.GetString(1)) : null;
    }, ct);

    /// <summary>A page of groups whose name holds a text, or whose id or externalId it is; from after the place where the one before ended.</summary>
    internal Task<KeyPage<StoredGroup>> Search(Guid organization, string? text, GroupOrder order, bool descending, KeyPlace? after, int count, CancellationToken ct) => Deadline.Within(TimeSpan.FromSeconds(5.5), async ct =>
    {
        var parameters = new SqlParameters();
        var where = Where(organization, text, parameters);
        var total = parameters.Values.Count;
        var (key, way) = (order switch { GroupOrder.Members => "(d.data->'state'->>'memberCount')::bigint", GroupOrder.Changed => "d.last_modified", _ => "d.display_name_key collate \"C\"" }, descending ? "desc" : "asc");
        var beyond = after is null ? "" : $" and ({key}, d.id) {(descending ? "<" : ">")} ({Key(after.Key)}, {parameters.Add(after.Id, NpgsqlTypes.NpgsqlDbType.Uuid)})";
        await using var batch = _placement.Of(Placement.Tenant(organization)).Write.CreateBatch();
        Add($"select count(*) from {_tables.Groups} d where {where}", total);
        Add($"select {GroupDirectory.Columns}, {key} from {_tables.Groups} d where {where}{beyond} order by {key} {way}, d.id {way} limit {parameters.Add(count + 1, NpgsqlTypes.NpgsqlDbType.Integer)}", int.MaxValue);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var all = reader.GetInt64(0);
        await reader.NextResultAsync(ct);
        var found = new List<(StoredGroup Group, KeyPlace Place)>();
        while (await reader.ReadAsync(ct))
            found.Add((GroupDirectory.Header(reader), new KeyPlace(0, reader.GetValue(6) is DateTime at ? at.ToString("O", CultureInfo.InvariantCulture) : Convert.ToString(reader.GetValue(6), CultureInfo.InvariantCulture)!, reader.GetGuid(0))));
        return new KeyPage<StoredGroup>(all, [.. found.Take(count).Select(f => f.Group)], found.Count > count ? found[count - 1].Place : null);

        string Key(string from) => order switch
        {
            GroupOrder.Members => parameters.Add(long.TryParse(from, CultureInfo.InvariantCulture, out var n) ? n : 0, NpgsqlTypes.NpgsqlDbType.Bigint),
            GroupOrder.Changed => parameters.Add(DateTimeOffset.TryParse(from, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) ? at.UtcDateTime : DateTime.UnixEpoch, NpgsqlTypes.NpgsqlDbType.TimestampTz),
            _ => parameters.Text(from),
        };

        void Add(string sql, int values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var p in parameters.Values.Take(values)) command.Parameters.Add(p.Clone());
            batch.BatchCommands.Add(command);
        }
    }, ct);

    /// <summary>The same groups by id, read some hundred at a time while they are enumerated; of one moment only where that is the past.</summary>
    internal async IAsyncEnumerable<StoredGroup> All(Guid organization, string? text, [EnumeratorCancellation] CancellationToken ct)
    {
        var last = Guid.Empty;
        for (var found = new List<StoredGroup>(Part); ; found.Clear())
        {
            var parameters = new SqlParameters();
            var where = Where(organization, text, parameters);
            await using (var command = _placement.Of(Placement.Tenant(organization)).Write.CreateCommand($"select {GroupDirectory.Columns} from {_tables.Groups} d where {where} and d.id > {parameters.Add(last, NpgsqlTypes.NpgsqlDbType.Uuid)} order by d.id limit {Part}"))
            {
                command.Parameters.AddRange(parameters.Values.ToArray());
                await using var reader = await command.ExecuteReaderAsync(ct);
                while (await reader.ReadAsync(ct)) found.Add(GroupDirectory.Header(reader));
            }
            foreach (var group in found) yield return group;
            if (found.Count < Part) yield break;
            last = found[^1].Id;
        }
    }

    static string Where(Guid organization, string? text, SqlParameters parameters)
    {
        var where = $"d.tenant_id = {parameters.Add(Placement.Tenant(organization), NpgsqlTypes.NpgsqlDbType.Varchar)}";
        return text is null ? where : where + $" and ({new TextColumn("d.display_name_key").Compare(FilterOperator.Co, CanonicalKey.Of(text), parameters)} or d.external_id = {parameters.Text(text)}{(Guid.TryParse(text, out var id) ? $" or d.id = {parameters.Add(id, NpgsqlTypes.NpgsqlDbType.Uuid)}" : "")})";
    }

    /// <summary>Direct members by id after one, one more than asked for where there is a next.</summary>
    internal Task<IReadOnlyList<ListedMember>> MembersAfter(Guid organization, Guid group, Guid after, int count, CancellationToken ct) => Deadline.Within(Soon, async ct =>
    {
        await using var connection = await _placement.Of(Placement.Tenant(organization)).Write.OpenConnectionAsync(ct);
        await using var command = GroupDirectory.Command(connection,
            $"select m.member_id, m.is_group, m.name, u.data->'resource'->>'userName', coalesce(u.data->'resource'->>'active' = 'true', false), coalesce(u.data->'state'->>'suspended' = 'true', false), u.id is not null " +
            $"from {_tables.MembersAfter("$1", "$2", "$3", "$4")} m left join {_tables.Users} u on not m.is_group and u.tenant_id = $1 and u.id = m.member_id order by m.member_id", Placement.Tenant(organization), group, after, (long)count + 1);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<ListedMember>();
        while (await reader.ReadAsync(ct))
            found.Add(new(GroupDirectory.Member(reader, 0), reader.IsDBNull(3) ? null : reader.GetString(3), !reader.GetBoolean(6) ? null : reader.GetBoolean(5) ? "suspended" : reader.GetBoolean(4) ? "active" : "inactive"));
        return (IReadOnlyList<ListedMember>)found;
    }, ct);

    /// <summary>The groups that are members of a group, and those that it is a member of, by their names.</summary>
    internal Task<(IReadOnlyList<MemberOf> Inside, IReadOnlyList<MemberOf> Around)> Nested(Guid organization, Guid group, CancellationToken ct) => Deadline.Within(Soon, async ct =>
    {
        await using var connection = await _placement.Of(Placement.Tenant(organization)).Write.OpenConnectionAsync(ct);
        await using var command = GroupDirectory.Command(connection,
            $"select g.id, m.inside, g.data->'resource'->>'displayName' from (select member_id as id, true as inside from {_tables.Members} i where i.tenant_id = $1 and i.group_id = $2 and i.is_group " +
            $"union all select group_id, false from {_tables.Members} o where o.tenant_id = $1 and o.member_id = $2) m join {_tables.Groups} g on g.tenant_id = $1 and g.id = m.id order by 3, 1 limit 1000", Placement.Tenant(organization), group);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<(bool Inside, MemberOf Group)>();
        while (await reader.ReadAsync(ct)) found.Add((reader.GetBoolean(1), new MemberOf(reader.GetGuid(0), true, reader.GetString(2))));
        return ((IReadOnlyList<MemberOf>)[.. found.Where(f => f.Inside).Select(f => f.Group)], (IReadOnlyList<MemberOf>)[.. found.Where(f => !f.Inside).Select(f => f.Group)]);
    }, ct);
}
