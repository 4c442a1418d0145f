using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Users;

namespace Scim.Api.EventStore.Queries;

/// <summary>A person as answers need it: the resource, what <c>meta</c> says, and what is derived from other rows.</summary>
/// <param name="ManagerName">The displayName of the person whose id is the manager's, or null.</param>
internal sealed record StoredUser(Guid Id, ScimObject Resource, DateTimeOffset Created, DateTimeOffset LastModified, long Version, string? ManagerName);

/// <summary>A person with the state around the resource.</summary>
/// <param name="ManagerName">As of <see cref="StoredUser"/>.</param>
internal sealed record DirectoryUser(User User, string? ManagerName)
{
    internal StoredUser Stored => new(User.Id, User.Resource, User.Created, User.LastModified, User.Version, ManagerName);
}

/// <summary>A page of a list and how many there are in all.</summary>
internal sealed record Page<T>(int Total, IReadOnlyList<T> Users);

/// <summary>Reads people: by id, by filter and sort in the database, and those whom a POST may mean.</summary>
internal sealed class UserDirectory(Placement placement)
{
    /// <summary>A look-up by key that takes longer is an outage.</summary>
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    /// <summary>The database gives up a list at 5 seconds and says why; silence is given up a little later.</summary>
    static readonly TimeSpan ListPatience = TimeSpan.FromSeconds(5.5);

    const string Table = "directory.mt_doc_user";

    static readonly string ManagerName = new Manager(Table).Name;

    /// <summary>What is read of a row, and how. The version is the column's, which Marten keeps equal to the stream's.</summary>
    internal sealed record Shape<T>(string Columns, Func<NpgsqlDataReader, T> Read);

    /// <summary>For answers: half of the document, which the database has to print.</summary>
    internal static Shape<StoredUser> AsAnswered { get; } = new(
        $"d.id, d.data->'resource', d.created, d.last_modified, d.mt_version, {ManagerName}",
        r => new StoredUser(r.GetGuid(0), ScimReader.ReadStored(r.GetFieldValue<byte[]>(1)), Instant(r, 2), Instant(r, 3), r.GetInt64(4), Text(r, 5)));

    /// <summary>For decisions and for administrators.</summary>
    internal static Shape<DirectoryUser> WithState { get; } = new(
        $"d.data, d.mt_version, {ManagerName}",
        r => new DirectoryUser(JsonSerializer.Deserialize<User>(r.GetFieldValue<byte[]>(0), EventStoreOptions.Json)! with { Version = r.GetInt64(1) }, Text(r, 2)));

    const string CandidateRow =
        "d.id, coalesce(d.user_name_key = $2, false), d.external_id, coalesce((d.data->'resource'->>'active')::boolean, false), (d.data->'state'->>'suspended')::boolean, " +
        "(d.data->'state'->>'provisionedByScim')::boolean, (d.data->'state'->>'deactivatedAt')::timestamptz";

    /// <summary>One person, or null.</summary>
    internal Task<T?> Find<T>(Guid organization, Guid id, Shape<T> shape, CancellationToken ct) where T : class => Deadline.Within(Soon, async ct =>
    {
        await using var command = Source(organization).CreateCommand($"select {shape.Columns} from {Table} d where d.tenant_id = $1 and d.id = $2");
        command.Parameters.Add(new() { Value = Placement.Tenant(organization) });
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? shape.Read(reader) : null;
    }, ct);

    /// <summary>The page of those whom the filter lets through, and how many they are.</summary>
    /// <param name="startIndex">From 1.</param>
    /// <param name="count">At most; 0 only counts.</param>
    /// <param name="locationPrefix">What <c>meta.location</c> begins with.</param>
    /// <exception cref="ScimException">503 when the list takes longer than the database allows, naming the filter.</exception>
    internal async Task<Page<T>> List<T>(Guid organization, CheckedFilter? filter, Sort? sort, int startIndex, int count, string locationPrefix, Shape<T> shape, CancellationToken ct)
    {
        var list = new UserListSql(Placement.Tenant(organization), Table, filter, sort, locationPrefix);
        try
        {
            if (count > 0 && list.IsLookUp)
            {
                // Whom an identity provider looks up by name is one person, or none: a page that ends before one row more counts itself.
                var found = await Deadline.Within(ListPatience, ct => Read(Batch(organization, list.LookUp(shape.Columns, startIndex, count + 1)), shape, ct), ct);
                if (found.Count <= count && (found.Count > 0 || startIndex == 1)) return new Page<T>(startIndex - 1 + found.Count, found);
            }
            return await Deadline.Within(ListPatience, ct => ReadPage(Batch(organization, count > 0 ? [list.Count(), list.Page(shape.Columns, startIndex, count)] : [list.Count()]), shape, ct), ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            throw ScimException.Unavailable("The list took longer than 5 seconds. Its filter or sort order is the cause: filter by userName, externalId, emails.value, displayName, name.familyName or meta.lastModified, which have indexes.", inner: e);
        }
    }

    // Belongs to the reading, which may outlive our patience.
    NpgsqlBatch Batch(Guid organization, params NpgsqlBatchCommand[] commands)
    {
        var batch = Source(organization).CreateBatch();
        foreach (var command in commands) batch.BatchCommands.Add(command);
        return batch;
    }

    static async Task<Page<T>> ReadPage<T>(NpgsqlBatch batch, Shape<T> shape, CancellationToken ct)
    {
        await using (batch)
        {
            await using var reader = await batch.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            var total = (int)Math.Min(reader.GetInt64(0), int.MaxValue);
            return new Page<T>(total, await reader.NextResultAsync(ct) ? await Rows(reader, shape, ct) : []);
        }
    }

    static async Task<List<T>> Read<T>(NpgsqlBatch batch, Shape<T> shape, CancellationToken ct)
    {
        await using (batch)
        {
            await using var reader = await batch.ExecuteReaderAsync(ct);
            return await Rows(reader, shape, ct);
        }
    }

    static async Task<List<T>> Rows<T>(NpgsqlDataReader reader, Shape<T> shape, CancellationToken ct)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(ct)) rows.Add(shape.Read(reader));
        return rows;
    }

    /// <summary>Everybody who holds the userName or has the externalId, asked on the given connection or a fresh one.</summary>
    internal Task<IReadOnlyList<Candidate>> Candidates(Guid organization, string userNameKey, string? externalId, NpgsqlConnection? within, CancellationToken ct) => Deadline.Within(Soon, async ct =>
    {
        const string sql = $"""
            select {CandidateRow} from {Table} d where d.tenant_id = $1 and d.user_name_key collate "C" = $2
            union
            select {CandidateRow} from {Table} d where d.tenant_id = $1 and left(d.external_id, 256) collate "C" = left($3, 256) and d.external_id = $3
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

    /// <summary>The displayName of a manager, or null.</summary>
    internal Task<string?> NameOf(Guid organization, Guid manager, CancellationToken ct) => Deadline.Within(Soon, async ct =>
    {
        await using var command = Source(organization).CreateCommand($"select d.data->'resource'->>'displayName' from {Table} d where d.tenant_id = $1 and d.id = $2");
        command.Parameters.Add(new() { Value = Placement.Tenant(organization) });
        command.Parameters.Add(new() { Value = manager });
        return await command.ExecuteScalarAsync(ct) as string;
    }, ct);

    NpgsqlDataSource Source(Guid organization) => placement.Of(Placement.Tenant(organization)).Write;

    static DateTimeOffset Instant(NpgsqlDataReader reader, int at) => reader.GetFieldValue<DateTimeOffset>(at);

    static string? Text(NpgsqlDataReader reader, int at) => reader.IsDBNull(at) ? null : reader.GetString(at);
}
