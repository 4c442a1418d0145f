using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Users;

namespace Scim.Api.EventStore.Queries;

/// <summary>A person as answers need it: the resource, what <c>meta</c> says, and what is derived from other rows.</summary>
internal sealed record StoredUser(Guid Id, ScimObject Resource, DateTimeOffset Created, DateTimeOffset LastModified, long Version, DerivedOfUser Derived);

/// <summary>What answers say of a person that is read from other rows.</summary>
/// <param name="ManagerName">The displayName of the person whose id is the manager's, or null.</param>
/// <param name="GroupsJson">The groups that the person is in, as <see cref="Memberships.Json"/> has them; null for none.</param>
internal sealed record DerivedOfUser(string? ManagerName, string? GroupsJson)
{
    internal static DerivedOfUser Nothing { get; } = new(null, null);

    /// <summary>The groups, by id.</summary>
    internal IEnumerable<MembershipOf> Groups =>
        GroupsJson is null ? [] : JsonSerializer.Deserialize<string[][]>(GroupsJson)!.Select(g => new MembershipOf(Guid.Parse(g[0]), g[1], g[2]));
}

/// <summary>A group that a person is in.</summary>
/// <param name="Type"><c>direct</c> or <c>indirect</c>.</param>
internal sealed record MembershipOf(Guid Id, string Type, string Display);

/// <summary>A person with the state around the resource.</summary>
internal sealed record DirectoryUser(User User, DerivedOfUser Derived)
{
    internal StoredUser Stored => new(User.Id, User.Resource, User.Created, User.LastModified, User.Version, Derived);
}

/// <summary>Reads people: by id, by filter and sort in the database, and those whom a POST may mean.</summary>
internal sealed class UserDirectory
{
    readonly Placement _placement;
    readonly DirectoryTables _tables;
    readonly string _managerName, _derived;

    public UserDirectory(Placement placement) : this(placement, DirectoryTables.Now) { }

    UserDirectory(Placement placement, DirectoryTables tables)
    {
        (_placement, _tables) = (placement, tables);
        _managerName = new Manager(tables).Name;
        _derived = $"{_managerName}, {new Memberships(tables).Json}";
        // The version is the column's, which Marten keeps equal to the stream's.
        AsAnswered = Of(
            "d.id, d.data->'resource', d.created, d.last_modified, d.mt_version",
            r => new StoredUser(r.GetGuid(0), ScimReader.ReadStored(r.GetFieldValue<byte[]>(1)), Instant(r, 2), Instant(r, 3), r.GetInt64(4), ReadDerived(r, 5)));
        Keyed = Of(
            "d.id, d.data, d.mt_version",
            r => new DirectoryUser(JsonSerializer.Deserialize<User>(r.GetFieldValue<byte[]>(3), EventStoreOptions.Json)! with { Version = r.GetInt64(4) }, ReadDerived(r, 5)));
        WithState = Of(
            "d.data, d.mt_version",
            r => new DirectoryUser(JsonSerializer.Deserialize<User>(r.GetFieldValue<byte[]>(0), EventStoreOptions.Json)! with { Version = r.GetInt64(1) }, ReadDerived(r, 2)));
    }

    /// <summary>The same of the past.</summary>
    internal UserDirectory At(long position) => new(_placement, DirectoryTables.At(position));

    /// <summary>People that are read at once where all are.</summary>
    const int Part = 500;

    /// <summary>A look-up by key that takes longer is an outage.</summary>
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    // All groups of a page in one query.
    Shape<T> Of<T>(string columns, Func<NpgsqlDataReader, T> read) =>
        new($"{columns}, {_derived}", read) { PageColumns = $"{columns}, {_managerName}, mb.groups", PageJoin = ids => $"left join {_tables.MembershipsOf("$1", ids)} mb on mb.person = d.id" };

    /// <summary>For answers: half of the document, which the database has to print.</summary>
    internal Shape<StoredUser> AsAnswered { get; }

    // With part and key of its place before it.
    Shape<DirectoryUser> Keyed { get; }

    /// <summary>For decisions and for administrators.</summary>
    internal Shape<DirectoryUser> WithState { get; }

    const string CandidateRow =
        "d.id, coalesce(d.user_name_key = $2, false), d.external_id, coalesce((d.data->'resource'->>'active')::boolean, false), (d.data->'state'->>'suspended')::boolean, " +
        "(d.data->'state'->>'provisionedByScim')::boolean, (d.data->'state'->>'deactivatedAt')::timestamptz";

    /// <summary>One person, or null.</summary>
    internal Task<T?> Find<T>(Guid organization, Guid id, Shape<T> shape, CancellationToken ct) where T : class => Deadline.Within(Soon, async ct =>
    {
        await using var command = Source(organization).CreateCommand($"select {shape.Columns} from {_tables.Users} d where d.tenant_id = $1 and d.id = $2");
        command.Parameters.Add(new() { Value = Placement.Tenant(organization) });
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? shape.Read(reader) : null;
    }, ct);

    /// <summary>The page of those whom the filter lets through, and how many they are.</summary>
    /// <param name="startIndex">From 1.</param>
    /// <param name="count">At most; 0 only counts.</param>
    /// <exception cref="ScimException">503 when the list takes longer than the database allows, naming the filter.</exception>
    internal Task<Page<T>> List<T>(Guid organization, CheckedFilter? filter, Sort? sort, int startIndex, int count, Locations locations, Shape<T> shape, CancellationToken ct) where T : class
    {
        var tenant = Placement.Tenant(organization);
        return ListReader.Read(Source(organization), new ListSql(tenant, ResourceTable.OfUsers(tenant, _tables, locations), filter, sort), startIndex, count, shape, ct);
    }

    /// <summary>Everybody by id, read some hundred at a time while they are enumerated; of one moment only where that is the past.</summary>
    internal async IAsyncEnumerable<StoredUser> All(Guid organization, [EnumeratorCancellation] CancellationToken ct)
    {
        var sql = $"with k as materialized (select d.id from {_tables.Users} d where d.tenant_id = $1 and d.id > $2 order by d.id limit {Part}) " +
            $"select {AsAnswered.PageColumns} from k join {_tables.Users} d on d.tenant_id = $1 and d.id = k.id {AsAnswered.PageJoin("(select array_agg(k.id) from k)")} order by d.id";
        var last = Guid.Empty;
        for (var found = new List<StoredUser>(Part); ; found.Clear())
        {
            await using (var command = Source(organization).CreateCommand(sql))
            {
                command.Parameters.Add(new() { Value = Placement.Tenant(organization) });
                command.Parameters.Add(new() { Value = last });
                await using var reader = await command.ExecuteReaderAsync(ct);
                while (await reader.ReadAsync(ct)) found.Add(AsAnswered.Read(reader));
            }
            foreach (var user in found) yield return user;
            if (found.Count < Part) yield break;
            last = found[^1].Id;
        }
    }

    /// <summary>A page of those whom administrators look for, from after the place where the one before ended.</summary>
    /// <exception cref="ScimException">503 when it takes longer than the database allows.</exception>
    internal async Task<KeyPage<DirectoryUser>> Search(Guid organization, PeopleQuery query, KeyPlace? after, int count, Locations locations, CancellationToken ct)
    {
        try
        {
            return await Deadline.Within(TimeSpan.FromSeconds(5.5), async ct =>
            {
                var (broad, isSure) = await PeopleSql.Breadth(Source(organization), Placement.Tenant(organization), _tables, query, ct);
                var isMore = isSure && query.IsByTextAlone;
                PeopleSql total = new(Placement.Tenant(organization), _tables, locations, query, broad), page = new(Placement.Tenant(organization), _tables, locations, query, broad);
                await using var batch = Source(organization).CreateBatch();
                if (!isMore) Add(total.Count(), total);
                Add(page.Page(Keyed, after, count + 1), page);
                await using var reader = await batch.ExecuteReaderAsync(ct);
                var all = (long)query.Counted;
                if (!isMore)
                {
                    await reader.ReadAsync(ct);
                    all = reader.GetInt64(0);
                    await reader.NextResultAsync(ct);
                    isMore = broad && all > query.Counted;
                }
                var found = new List<(DirectoryUser User, KeyPlace Place)>();
                while (await reader.ReadAsync(ct))
                    found.Add((Keyed.Read(reader), new KeyPlace(reader.GetInt32(0), reader.GetValue(1) is DateTime at ? at.ToString("O", System.Globalization.CultureInfo.InvariantCulture) : reader.GetString(1), reader.GetGuid(2))));
                return new KeyPage<DirectoryUser>(isMore ? query.Counted : all, [.. found.Take(count).Select(f => f.User)], found.Count > count ? found[count - 1].Place : null, isMore);

                void Add(string text, PeopleSql sql)
                {
                    var command = new NpgsqlBatchCommand(text);
                    foreach (var parameter in sql.Parameters) command.Parameters.Add(parameter);
                    batch.BatchCommands.Add(command);
                }
            }, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            throw ListReader.TooSlow(e);
        }
    }

    /// <summary>The same people by id, read some hundred at a time while they are enumerated; of one moment only where that is the past.</summary>
    internal async IAsyncEnumerable<StoredUser> All(Guid organization, PeopleQuery query, Locations locations, [EnumeratorCancellation] CancellationToken ct)
    {
        var last = Guid.Empty;
        var (broad, _) = await PeopleSql.Breadth(Source(organization), Placement.Tenant(organization), _tables, query, ct);
        for (var found = new List<StoredUser>(Part); ; found.Clear())
        {
            var sql = new PeopleSql(Placement.Tenant(organization), _tables, locations, query, broad);
            await using (var command = Source(organization).CreateCommand(sql.After(AsAnswered, last, Part)))
            {
                command.Parameters.AddRange(sql.Parameters.ToArray());
                await using var reader = await command.ExecuteReaderAsync(ct);
                while (await reader.ReadAsync(ct)) found.Add(AsAnswered.Read(reader));
            }
            foreach (var user in found) yield return user;
            if (found.Count < Part) yield break;
            last = found[^1].Id;
        }
    }

    /// <summary>Everybody who holds the userName or has the externalId, asked on the given connection or a fresh one.</summary>
    internal Task<IReadOnlyList<Candidate>> Candidates(Guid organization, string userNameKey, string? externalId, NpgsqlConnection? within, CancellationToken ct) => Deadline.Within(Soon, async ct =>
    {
        const string sql = $"""
            select {CandidateRow} from {ResourceTable.Users} d where d.tenant_id = $1 and d.user_name_key collate "C" = $2
            union
            select {CandidateRow} from {ResourceTable.Users} d where d.tenant_id = $1 and left(d.external_id, 256) collate "C" = left($3, 256) and d.external_id = $3
            """;
        await using var command = within is null ? Source(organization).CreateCommand(sql) : new NpgsqlCommand(sql, within);
        command.Parameters.Add(new() { Value = Placement.Tenant(organization), NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = userNameKey, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)externalId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<Candidate>();
        while (await reader.ReadAsync(ct))
            found.Add(new Candidate(reader.GetGuid(0), reader.GetBoolean(1), Text(reader, 2), reader.GetBoolean(3), reader.GetBoolean(4), reader.GetBoolean(5), reader.IsDBNull(6) ? null : Instant(reader, 6)));
        return (IReadOnlyList<Candidate>)found;
    }, ct);

    /// <summary>What answers say of a person who was just written: the manager's name and the groups.</summary>
    internal Task<DerivedOfUser> DerivedOf(Guid organization, Guid id, CancellationToken ct) => Deadline.Within(Soon, async ct =>
    {
        await using var command = Source(organization).CreateCommand($"select {_derived} from {_tables.Users} d where d.tenant_id = $1 and d.id = $2");
        command.Parameters.Add(new() { Value = Placement.Tenant(organization) });
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? ReadDerived(reader, 0) : DerivedOfUser.Nothing;
    }, ct);

    /// <summary>The person's groups, to be read beside the state.</summary>
    internal static readonly string GroupsBeside = $"select {new Memberships(DirectoryTables.Now).Json} from (select ?::varchar as tenant_id, ?::uuid as id) d";

    static DerivedOfUser ReadDerived(NpgsqlDataReader r, int at)
    {
        var (name, groups) = (Text(r, at), Text(r, at + 1));
        return name is null && groups is null ? DerivedOfUser.Nothing : new(name, groups);
    }

    NpgsqlDataSource Source(Guid organization) => _placement.Of(Placement.Tenant(organization)).Write;

    static DateTimeOffset Instant(NpgsqlDataReader reader, int at) => reader.GetFieldValue<DateTimeOffset>(at);

    static string? Text(NpgsqlDataReader reader, int at) => reader.IsDBNull(at) ? null : reader.GetString(at);
}
