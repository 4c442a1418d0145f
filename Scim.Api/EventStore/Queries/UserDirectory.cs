using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Schemas;
using Scim.Domain.Users;

namespace Scim.Api.EventStore.Queries;

/// <summary>A person with what is derived from other rows.</summary>
/// <param name="ManagerName">The displayName of the person whose id is the manager's, or null.</param>
internal sealed record DirectoryUser(User User, string? ManagerName);

/// <summary>A page of a list and how many there are in all.</summary>
internal sealed record Page(int Total, IReadOnlyList<DirectoryUser> Users);

/// <summary>Reads people: by id, by filter and sort in the database, and those whom a POST may mean.</summary>
internal sealed class UserDirectory(Placement placement)
{
    /// <summary>A look-up by key that takes longer is an outage.</summary>
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    /// <summary>The database gives up a list at 5 seconds and says why; silence is given up a little later.</summary>
    static readonly TimeSpan ListPatience = TimeSpan.FromSeconds(5.5);

    const string Table = "directory.mt_doc_user";

    const string ManagerId = $"(d.data->'resource'->'{EnterpriseUserSchema.Urn}'->'manager'->>'value')";

    // Only a manager that is an id in form is looked up.
    const string ManagerName =
        $"(select m.data->'resource'->>'displayName' from {Table} m where m.tenant_id = d.tenant_id and m.id = " +
        $"case when {ManagerId} ~ '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$' then {ManagerId}::uuid end)";

    const string Row = $"d.data, d.mt_version, {ManagerName}";

    const string CandidateRow =
        "d.id, coalesce(d.user_name_key = $2, false), d.external_id, coalesce((d.data->'resource'->>'active')::boolean, false), (d.data->'state'->>'suspended')::boolean, " +
        "(d.data->'state'->>'provisionedByScim')::boolean, (d.data->'state'->>'deactivatedAt')::timestamptz";

    /// <summary>The part of an ETag that stands for the manager's name, as <see cref="Provisioning.UserAnswer"/> computes it.</summary>
    const string DerivedHash = $"coalesce(left(encode(sha256(convert_to({ManagerName}, 'UTF8')), 'hex'), 8), '0')";

    /// <summary>One person, or null.</summary>
    internal Task<DirectoryUser?> Find(Guid organization, Guid id, CancellationToken ct) => Deadline.Within(Soon, async ct =>
    {
        await using var command = Source(organization).CreateCommand($"select {Row} from {Table} d where d.tenant_id = $1 and d.id = $2");
        command.Parameters.Add(new() { Value = Placement.Tenant(organization) });
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? await ReadAsync(reader, ct) : null;
    }, ct);

    /// <summary>The page of those whom the filter lets through: keys first, then their rows.</summary>
    /// <param name="startIndex">From 1.</param>
    /// <param name="count">At most; 0 only counts.</param>
    /// <param name="locationPrefix">What <c>meta.location</c> begins with.</param>
    /// <exception cref="ScimException">503 when the list takes longer than the database allows, naming the filter.</exception>
    internal async Task<Page> List(Guid organization, CheckedFilter? filter, Sort? sort, int startIndex, int count, string locationPrefix, CancellationToken ct)
    {
        var columns = new UserColumns(Table, locationPrefix, DerivedHash);
        var parameters = new SqlParameters();
        var tenant = parameters.Add(Placement.Tenant(organization), NpgsqlDbType.Varchar);
        var where = $"d.tenant_id = {tenant}" + (filter is null ? "" : $" and {FilterSql.Where(filter, columns, parameters)}");
        var batch = Source(organization).CreateBatch(); // belongs to the reading, which may outlive our patience
        batch.BatchCommands.Add(Command($"select count(*) from {Table} d where {where}", parameters));
        if (count > 0)
        {
            var order = SortSql.OrderBy(sort, filter?.ActiveFirst ?? false, columns, parameters);
            var (limit, offset) = (parameters.Add(count, NpgsqlDbType.Integer), parameters.Add((long)startIndex - 1, NpgsqlDbType.Bigint));
            batch.BatchCommands.Add(Command(
                $"with k as materialized (select d.id from {Table} d where {where} order by {order} limit {limit} offset {offset}), " +
                $"n as (select id, row_number() over () as n from k) " +
                $"select {Row} from n join {Table} d on d.tenant_id = {tenant} and d.id = n.id order by n.n", parameters));
        }
        try
        {
            return await Deadline.Within(ListPatience, ct => Read(batch, ct), ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            throw ScimException.Unavailable("The list took longer than 5 seconds. Its filter or sort order is the cause: filter by userName, externalId, emails.value, displayName, name.familyName or meta.lastModified, which have indexes.", inner: e);
        }
    }

    static async Task<Page> Read(NpgsqlBatch batch, CancellationToken ct)
    {
        await using (batch)
        {
            await using var reader = await batch.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            var total = (int)Math.Min(reader.GetInt64(0), int.MaxValue);
            var users = new List<DirectoryUser>();
            if (await reader.NextResultAsync(ct))
                while (await reader.ReadAsync(ct)) users.Add(await ReadAsync(reader, ct));
            return new Page(total, users);
        }
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
            found.Add(new Candidate(reader.GetGuid(0), reader.GetBoolean(1), await Text(reader, 2, ct), reader.GetBoolean(3), reader.GetBoolean(4), reader.GetBoolean(5),
                await reader.IsDBNullAsync(6, ct) ? null : reader.GetFieldValue<DateTimeOffset>(6)));
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

    static NpgsqlBatchCommand Command(string sql, SqlParameters parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var p in parameters.Values) command.Parameters.Add(new NpgsqlParameter { Value = p.Value, NpgsqlDbType = p.NpgsqlDbType });
        return command;
    }

    // The version is the column's, which Marten keeps equal to the stream's.
    static async Task<DirectoryUser> ReadAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        var user = JsonSerializer.Deserialize<User>(reader.GetFieldValue<byte[]>(0), EventStoreOptions.Json)!;
        return new DirectoryUser(user with { Version = reader.GetInt64(1) }, await Text(reader, 2, ct));
    }

    static async Task<string?> Text(NpgsqlDataReader reader, int at, CancellationToken ct) => await reader.IsDBNullAsync(at, ct) ? null : reader.GetString(at);
}
