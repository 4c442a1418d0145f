using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Protocol;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>Reads an organization's log: pages of it, one request, errors that come again. Contents are opened with keys as they are now.</summary>
internal sealed class RequestLogReader(LogKeys keys, LogQueue queue, UserDirectory directory, Placement placement)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5.5);

    const string Columns = "at, id, last_at, count, token_id, token_label, token_end, provider, provider_request, agent, address, verb, route, resource_type, resource_id, action, status, scim_type, detail_kind, " +
        "milliseconds, bytes_in, bytes_out, events, event_types, repairs, unmapped, rebuilt, person_id, sealed_for_day, sealed";

    /// <summary>Newest first.</summary>
    internal Task<LoggedPage> List(Guid organization, RequestLogFilter filter, int count, CancellationToken ct) => Within(organization, async (connection, tenant, ct) =>
    {
        var parameters = new SqlParameters();
        await using var command = new NpgsqlCommand($"select {Columns} from history.request_log where tenant_id = {parameters.Add(tenant, NpgsqlDbType.Varchar)}{filter.Sql(parameters)} " +
            $"order by at desc, id desc limit {parameters.Add(count + 1, NpgsqlDbType.Integer)}", connection);
        command.Parameters.AddRange(parameters.Values.ToArray());
        var found = await Read(connection, command, tenant, ct);
        var page = found.Take(count).ToArray();
        var next = found.Count > count ? new RequestLogFilter.Cursor(page[^1].At, page[^1].Id).ToString() : null;
        return new LoggedPage([.. page.Select(r => r with { Path = null, Query = null, Request = null, Answer = null })], next, queue.DroppedOf(organization));
    }, ct);

    /// <summary>All of them, newest first, some hundred at a time while they are enumerated.</summary>
    internal async IAsyncEnumerable<LoggedRequest> All(Guid organization, RequestLogFilter filter, [EnumeratorCancellation] CancellationToken ct)
    {
        const int Batch = 500;
        for (var after = filter.After; ;)
        {
            var page = await List(organization, filter with { After = after }, Batch, ct);
            foreach (var request in page.Requests) yield return request;
            if (page.Next is null) yield break;
            after = RequestLogFilter.Cursor.Parse(page.Next);
        }
    }

    /// <summary>One request with everything; null where there is none of that id.</summary>
    internal Task<LoggedRequest?> Find(Guid organization, Guid id, CancellationToken ct) => Within(organization, async (connection, tenant, ct) =>
    {
        await using var command = new NpgsqlCommand($"select {Columns} from history.request_log where tenant_id = $1 and at = $2 and id = $3", connection);
        foreach (var value in new object[] { tenant, LogEntry.InstantOf(id), id }) command.Parameters.Add(new() { Value = value });
        var found = (await Read(connection, command, tenant, ct)).SingleOrDefault();
        return found is null ? null : found with { Commits = await Commits(connection, tenant, id, ct), Next = NextStep.For(found.DetailKind, found.Provider) };
    }, ct);

    /// <summary>The last request that was refused of those that named a person by id, by the userName or by the externalId; null where none is kept.</summary>
    internal Task<LoggedRequest?> LastRefused(Guid organization, Guid person, string userName, string? externalId, CancellationToken ct) => Within(organization, async (connection, tenant, ct) =>
    {
        // Who is named is found first: the errors of others are not walked for somebody who has none.
        await using var command = new NpgsqlCommand($"""
            with f as materialized (select at, id, status from history.request_log where tenant_id = $1 and (person_id = $2 or subjects && $3))
            select {Columns} from (select at, id from f where status >= 400 order by at desc, id desc limit 1) l join history.request_log using (at, id) where tenant_id = $1
            """, connection);
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = person });
        command.Parameters.Add(new() { Value = RequestLogErasure.Hashes(keys.Master, tenant, person, [userName], externalId is null ? [] : [externalId]), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        return (await Read(connection, command, tenant, ct)).SingleOrDefault();
    }, ct);

    /// <summary>Errors that came once or more since then, the latest first.</summary>
    internal Task<IReadOnlyList<RecurringError>> Errors(Guid organization, DateTimeOffset since, CancellationToken ct) => Within(organization, async (connection, tenant, ct) =>
    {
        await using var command = new NpgsqlCommand("""
            select status, scim_type, detail_kind, action, sum(count), min(at), max(coalesce(last_at, at)), (array_agg(id order by at desc))[1], (array_agg(provider order by at desc))[1] from history.request_log
            where tenant_id = $1 and at >= $2 and status >= 400 group by status, scim_type, detail_kind, action order by max(coalesce(last_at, at)) desc limit 200
            """, connection);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = since.ToUniversalTime() });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var errors = new List<RecurringError>();
        while (await reader.ReadAsync(ct))
            errors.Add(new(reader.GetInt16(0), Text(reader, 1), Text(reader, 2), reader.GetString(3), reader.GetInt64(4), reader.GetFieldValue<DateTimeOffset>(5), reader.GetFieldValue<DateTimeOffset>(6), reader.GetGuid(7), NextStep.For(Text(reader, 2), Text(reader, 8))));
        return (IReadOnlyList<RecurringError>)errors;
    }, ct);

    /// <summary>How the traffic with a token was since then: of at most the last 10,000 requests; and the oldest refusal of a week of which nothing shows that it was put right.</summary>
    internal Task<Traffic> Traffic(Guid organization, DateTimeOffset since, CancellationToken ct) => Within(organization, async (connection, tenant, ct) =>
    {
        await using var command = new NpgsqlCommand($"""
            select count(*), count(*) filter (where status >= 400), coalesce(percentile_disc(0.95) within group (order by milliseconds), 0), count(*) filter (where status < 400 and verb = 'POST' and action in ('create', 'reactivate') and resource_type = 'Users'),
                count(*) filter (where status < 400 and action in ('update', 'replace', 'rename') and resource_type = 'Users'), count(*) filter (where status < 400 and action in ('deactivate', 'delete') and resource_type = 'Users'), (
                select f.id from (select at, id, person_id, subjects from history.request_log where tenant_id = $1 and at >= $3 and status >= 400 and token_id is not null and (person_id is not null or subjects is not null) order by at, id limit 200) f
                where not exists (select from history.request_log s where s.tenant_id = $1 and s.at > f.at and s.status < 400 and s.verb <> 'GET' and s.person_id = f.person_id)
                    and not exists (select from history.request_log s where s.tenant_id = $1 and s.at > f.at and s.status < 400 and s.verb <> 'GET' and s.subjects && f.subjects) order by f.at, f.id limit 1)
            from (select status, milliseconds, action, verb, resource_type from history.request_log where tenant_id = $1 and at >= $2 and token_id is not null order by at desc, id desc limit {RequestLog.Traffic.Most}) r
            """, connection);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = since.ToUniversalTime() });
        command.Parameters.Add(new() { Value = since.AddDays(-6).ToUniversalTime() });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new Traffic(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.IsDBNull(6) ? null : reader.GetGuid(6));
    }, ct);

    /// <summary>The latest requests of each of those errors, the latest first and each sentence once: whom they concern.</summary>
    internal Task<ILookup<RecurringError, LoggedRequest>> Lately(Guid organization, IReadOnlyList<RecurringError> errors, DateTimeOffset since, CancellationToken ct) => Within(organization, async (connection, tenant, ct) =>
    {
        const int Looked = 20;
        await using var command = new NpgsqlCommand($"""
            select {Columns} from unnest($3::smallint[], $4::text[], $5::text[], $6::text[]) e (of_status, of_scim_type, of_kind, of_action) join lateral (
                select * from history.request_log where tenant_id = $1 and at >= $2 and status >= 400 and status = e.of_status and scim_type is not distinct from e.of_scim_type
                    and detail_kind is not distinct from e.of_kind and action = e.of_action order by at desc, id desc limit {Looked}) r on true order by at desc, id desc
            """, connection);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = since.ToUniversalTime() });
        command.Parameters.Add(new() { Value = errors.Select(e => (short)e.Status).ToArray() });
        foreach (var texts in new[] { errors.Select(e => e.ScimType), errors.Select(e => e.DetailKind), errors.Select(e => e.Action) })
            command.Parameters.Add(new() { Value = texts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        var rows = await Read(connection, command, tenant, ct);
        return errors.SelectMany(e => rows.Where(r => (r.Status, r.ScimType, r.DetailKind, r.Action) == (e.Status, e.ScimType, e.DetailKind, e.Action)).DistinctBy(r => r.Sentence), (e, r) => (e, r)).ToLookup(p => p.e, p => p.r);
    }, ct);

    /// <summary>A person by id, userName, e-mail address or externalId: also one whom nobody here knows.</summary>
    internal async Task<(Guid[] Ids, byte[][] Subjects)> Person(Guid organization, string person, CancellationToken ct)
    {
        var tenant = Placement.Tenant(organization);
        if (Guid.TryParse(person, out var id)) return ([id], RequestLogErasure.Hashes(keys.Master, tenant, id, [], [person]));
        var known = await directory.Candidates(organization, CanonicalKey.Of(person), person, null, ct);
        return ([.. known.Select(c => c.Id)], Named(organization, person));
    }

    /// <summary>The hashes of whoever has the text for a userName, an e-mail address or an externalId.</summary>
    internal byte[][] Named(Guid organization, string text) => RequestLogErasure.Hashes(keys.Master, Placement.Tenant(organization), null, [text], [text]);

    async Task<IReadOnlyList<LoggedRequest>> Read(NpgsqlConnection connection, NpgsqlCommand command, string tenant, CancellationToken ct)
    {
        var rows = new List<(LoggedRequest Row, bool ForDay, byte[]? Sealed)>();
        await using (var reader = await command.ExecuteReaderAsync(ct))
            while (await reader.ReadAsync(ct)) rows.Add((Row(reader), reader.GetBoolean(28), reader.IsDBNull(29) ? null : reader.GetFieldValue<byte[]>(29)));
        var days = await keys.Known(connection, [.. rows.Select(r => (tenant, Day(r.Row))).Distinct()], ct);
        var people = await keys.People(connection, [.. rows.Where(r => r.Row.Person is not null).Select(r => (tenant, r.Row.Person!.Value)).Distinct()], ct);
        return [.. rows.Select(r =>
        {
            if (r.Row.Person is null && !r.ForDay) return r.Row;
            var day = days.GetValueOrDefault((tenant, Day(r.Row)));
            var person = r.Row.Person is { } id ? people.GetValueOrDefault((tenant, id)) : null;
            if (r.Row.Person is not null && person is null) return r.Row with { Content = "erased" };
            if (day is null || r.Sealed is null) return r.Row with { Content = "expired" };
            var content = LogContent.Open(r.Sealed, person ?? day, tenant, r.Row.Id);
            return r.Row with { Content = "open", Sentence = content.Sentence, Detail = content.Detail, Path = content.Path, Query = content.Query, Request = content.Request, Answer = content.Answer };
        })];
    }

    // A request is one command, so far.
    static async Task<IReadOnlyList<LoggedCommit>> Commits(NpgsqlConnection connection, string tenant, Guid id, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select stream_id, from_version, to_version, position, instant from history.commit_log where tenant_id = $1 and command_id = $2 order by ord", connection);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var commits = new List<LoggedCommit>();
        while (await reader.ReadAsync(ct))
            commits.Add(new(reader.GetGuid(0), reader.GetInt64(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetInt64(3), reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4)));
        return commits;
    }

    async Task<T> Within<T>(Guid organization, Func<NpgsqlConnection, string, CancellationToken, Task<T>> read, CancellationToken ct)
    {
        var tenant = Placement.Tenant(organization);
        try
        {
            return await Deadline.Within(Patience, async ct =>
            {
                await using var connection = await placement.Of(tenant).Read.OpenConnectionAsync(ct);
                return await read(connection, tenant, ct);
            }, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            throw ScimException.Unavailable("The search took longer than 5 seconds. Narrow it by from and to.", inner: e);
        }
    }

    static DateOnly Day(LoggedRequest row) => DateOnly.FromDateTime(row.At.UtcDateTime);

    static LoggedRequest Row(NpgsqlDataReader r) => new(r.GetGuid(1), r.GetFieldValue<DateTimeOffset>(0), r.GetString(11), r.GetString(12), r.GetString(15), r.GetInt16(16))
    {
        LastAt = r.IsDBNull(2) ? null : r.GetFieldValue<DateTimeOffset>(2),
        Count = r.GetInt32(3),
        Token = r.IsDBNull(4) && r.IsDBNull(6) ? null : new(r.IsDBNull(4) ? null : r.GetGuid(4), Text(r, 5), Text(r, 6)),
        Provider = r.GetString(7),
        ProviderRequest = Text(r, 8),
        Agent = Text(r, 9),
        Address = Text(r, 10),
        ResourceType = Text(r, 13),
        ResourceId = r.IsDBNull(14) ? null : r.GetGuid(14),
        ScimType = Text(r, 17),
        DetailKind = Text(r, 18),
        Milliseconds = r.GetInt32(19),
        BytesIn = r.GetInt64(20),
        BytesOut = r.GetInt64(21),
        Events = [.. r.GetFieldValue<Guid[]>(22).Zip(r.GetFieldValue<string[]>(23), (id, type) => new CausedEvent(id, type))],
        Repairs = r.GetFieldValue<string[]>(24),
        Unmapped = r.GetFieldValue<string[]>(25),
        Rebuilt = r.GetBoolean(26),
        Person = r.IsDBNull(27) ? null : r.GetGuid(27),
    };

    static string? Text(NpgsqlDataReader reader, int at) => reader.IsDBNull(at) ? null : reader.GetString(at);
}
