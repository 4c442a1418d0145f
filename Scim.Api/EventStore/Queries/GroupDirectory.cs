using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;

namespace Scim.Api.EventStore.Queries;

/// <summary>A group as answers need it, without its members.</summary>
internal sealed record StoredGroup(Guid Id, ScimObject Resource, DateTimeOffset Created, DateTimeOffset LastModified, long Version, long MemberCount);

/// <summary>A member as answers show it.</summary>
internal readonly record struct MemberOf(Guid Id, bool IsGroup, string? Display);

/// <summary>A group and its members, in the order of their ids.</summary>
internal sealed record GroupWithMembers(StoredGroup Group, IAsyncEnumerable<MemberOf> Members);

/// <summary>Reads groups, with their members or without; what is read together is of one moment.</summary>
internal sealed class GroupDirectory
{
    readonly Placement _placement;
    readonly DirectoryTables _tables;
    readonly string _firstMembers, _nextMembers;

    public GroupDirectory(Placement placement) : this(placement, DirectoryTables.Now) { }

    GroupDirectory(Placement placement, DirectoryTables tables)
    {
        (_placement, _tables) = (placement, tables);
        _firstMembers = $"select array_agg(m.member_id), array_agg(m.is_group), array_agg(m.name) from {tables.MembersAfter("d.tenant_id", "d.id", $"'{Guid.Empty}'", $"{Part}")} m";
        _nextMembers = $"select m.member_id, m.is_group, m.name from {tables.MembersAfter("$1", "$2", "$3", $"{Part}")} m";
    }

    /// <summary>The same of the past.</summary>
    internal GroupDirectory At(long position) => new(_placement, DirectoryTables.At(position));

    static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    /// <summary>Members that are read with their group; more are read one part after the other.</summary>
    internal const int Part = 1000;

    /// <summary>Members of a page beyond which its reading has 30 seconds.</summary>
    const int ManyMembers = 20_000;

    internal const string Columns = "d.id, d.data->'resource', d.created, d.last_modified, d.mt_version, (d.data->'state'->>'memberCount')::bigint";

    internal static Shape<StoredGroup> AsAnswered { get; } = new(Columns, Header);

    /// <summary>One group without members, or null.</summary>
    internal Task<StoredGroup?> Find(Guid organization, Guid id, CancellationToken ct) => Deadline.Within(Soon, async ct =>
    {
        await using var command = Source(organization).CreateCommand($"select {Columns} from {_tables.Groups} d where d.tenant_id = $1 and d.id = $2");
        command.Parameters.Add(new() { Value = Placement.Tenant(organization) });
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? Header(reader) : null;
    }, ct);

    /// <summary>One group with its members, or null. The members of a large one are read while they are enumerated, as of one moment.</summary>
    internal async Task<GroupWithMembers?> FindWithMembers(Guid organization, Guid id, CancellationToken ct)
    {
        var found = await Deadline.Within(Soon, async ct =>
        {
            await using var command = Source(organization).CreateCommand($"select {Columns}, f.* from {_tables.Groups} d cross join lateral ({_firstMembers}) f where d.tenant_id = $1 and d.id = $2");
            command.Parameters.Add(new() { Value = Placement.Tenant(organization) });
            command.Parameters.Add(new() { Value = id });
            await using var reader = await command.ExecuteReaderAsync(ct);
            return await reader.ReadAsync(ct) ? new GroupWithMembers(Header(reader), First(reader, 6).ToAsyncEnumerable()) : null;
        }, ct);
        return found?.Group.MemberCount > Part ? await FindLarge(organization, id, ct) : found;
    }

    async Task<GroupWithMembers?> FindLarge(Guid organization, Guid id, CancellationToken ct)
    {
        var connection = await Source(organization).OpenConnectionAsync(ct);
        try
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
            await using var command = Command(connection, $"select {Columns} from {_tables.Groups} d where d.tenant_id = $1 and d.id = $2", Placement.Tenant(organization), id);
            StoredGroup? header;
            await using (var reader = await command.ExecuteReaderAsync(ct)) header = await reader.ReadAsync(ct) ? Header(reader) : null;
            if (header is not null) return new GroupWithMembers(header, Parts(connection, transaction, Placement.Tenant(organization), id, ct));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        await connection.DisposeAsync();
        return null;
    }

    // Each part is a statement of its own: a slow reader holds a moment of the past, never a running statement.
    async IAsyncEnumerable<MemberOf> Parts(NpgsqlConnection connection, NpgsqlTransaction transaction, string tenant, Guid group, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var _ = connection;
        await using var __ = transaction;
        var last = Guid.Empty;
        for (var read = Part; read == Part;)
        {
            read = 0;
            await using var command = Command(connection, _nextMembers, tenant, group, last);
            await using var reader = await command.ExecuteReaderAsync(ct);
            for (; await reader.ReadAsync(ct); read++)
            {
                last = reader.GetGuid(0);
                yield return Member(reader, 0);
            }
        }
    }

    /// <summary>A page of groups without their members, and how many there are in all.</summary>
    /// <param name="startIndex">From 1.</param>
    /// <param name="count">At most; 0 only counts.</param>
    /// <exception cref="ScimException">503 when the list takes longer than the database allows.</exception>
    internal Task<Page<StoredGroup>> List(Guid organization, CheckedFilter? filter, Sort? sort, int startIndex, int count, Locations locations, CancellationToken ct) =>
        ListReader.Read(Source(organization), Sql(organization, filter, sort, locations), startIndex, count, AsAnswered, ct);

    /// <summary>The same with the members of all of them, which come in one query and are read while they are enumerated.</summary>
    internal async Task<PageWithMembers> ListWithMembers(Guid organization, CheckedFilter? filter, Sort? sort, int startIndex, int count, Locations locations, CancellationToken ct)
    {
        var connection = await Source(organization).OpenConnectionAsync(ct);
        try
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
            var page = await ListReader.Read(connection, Sql(organization, filter, sort, locations), startIndex, count, AsAnswered, ct);
            return new PageWithMembers(page, connection, transaction, await MembersOf(connection, organization, page.Items, _tables, ct));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The members of several groups in one query: rows of the group's place, from 1, and a member.</summary>
    internal static async Task<NpgsqlDataReader?> MembersOf(NpgsqlConnection connection, Guid organization, IReadOnlyList<StoredGroup> groups, DirectoryTables tables, CancellationToken ct)
    {
        var members = groups.Sum(g => g.MemberCount);
        if (members == 0) return null;
        await using var batch = new NpgsqlBatch(connection) { Timeout = 30 };
        if (members > ManyMembers) batch.BatchCommands.Add(new NpgsqlBatchCommand("set local statement_timeout = '30s'"));
        var command = new NpgsqlBatchCommand(
            $"select k.n, m.member_id, m.is_group, m.name from unnest($2) with ordinality as k(id, n) cross join lateral {tables.MembersAfter("$1", "k.id", $"'{Guid.Empty}'", "null")} m order by k.n, m.member_id");
        command.Parameters.Add(new() { Value = Placement.Tenant(organization) });
        command.Parameters.Add(new() { Value = groups.Select(g => g.Id).ToArray() });
        batch.BatchCommands.Add(command);
        return await batch.ExecuteReaderAsync(ct);
    }

    /// <summary>The id of the group with that key of its name, or null; asked on the given connection or a fresh one.</summary>
    internal Task<Guid?> HolderOf(Guid organization, string displayNameKey, NpgsqlConnection? within, CancellationToken ct) => Deadline.Within(Soon, async ct =>
    {
        const string sql = $"select d.id from {ResourceTable.Groups} d where d.tenant_id = $1 and d.display_name_key collate \"C\" = $2";
        await using var command = within is null ? Source(organization).CreateCommand(sql) : new NpgsqlCommand(sql, within);
        command.Parameters.Add(new() { Value = Placement.Tenant(organization) });
        command.Parameters.Add(new() { Value = displayNameKey });
        return await command.ExecuteScalarAsync(ct) as Guid?;
    }, ct);

    ListSql Sql(Guid organization, CheckedFilter? filter, Sort? sort, Locations locations)
    {
        var tenant = Placement.Tenant(organization);
        return new ListSql(tenant, ResourceTable.OfGroups(tenant, _tables, locations), filter, sort);
    }

    internal static StoredGroup Header(NpgsqlDataReader r) =>
        new(r.GetGuid(0), ScimReader.ReadStored(r.GetFieldValue<byte[]>(1)), r.GetFieldValue<DateTimeOffset>(2), r.GetFieldValue<DateTimeOffset>(3), r.GetInt64(4), r.GetInt64(5));

    static IEnumerable<MemberOf> First(NpgsqlDataReader r, int at)
    {
        if (r.IsDBNull(at)) return [];
        var (ids, groups, names) = (r.GetFieldValue<Guid[]>(at), r.GetFieldValue<bool[]>(at + 1), r.GetFieldValue<string?[]>(at + 2));
        return ids.Select((id, i) => new MemberOf(id, groups[i], names[i]));
    }

    internal static MemberOf Member(NpgsqlDataReader r, int at) => new(r.GetGuid(at), r.GetBoolean(at + 1), r.IsDBNull(at + 2) ? null : r.GetString(at + 2));

    internal static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }

    NpgsqlDataSource Source(Guid organization) => _placement.Of(Placement.Tenant(organization)).Write;
}

/// <summary>A page of groups whose members are read as they are written, group after group.</summary>
internal sealed class PageWithMembers(Page<StoredGroup> page, NpgsqlConnection connection, NpgsqlTransaction transaction, NpgsqlDataReader? members) : IAsyncDisposable
{
    bool _ahead;

    internal int Total => page.Total;

    internal IReadOnlyList<StoredGroup> Groups => page.Items;

    /// <summary>The members of the group at that place, from 0. Groups are asked for in their order, each once.</summary>
    internal async IAsyncEnumerable<MemberOf> MembersOf(int place)
    {
        if (members is null) yield break;
        while (_ahead || (_ahead = await members.ReadAsync()))
        {
            if (members.GetInt64(0) != place + 1) yield break;
            yield return GroupDirectory.Member(members, 1);
            _ahead = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (members is not null) await members.DisposeAsync();
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
