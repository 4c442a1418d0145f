using Npgsql;
using NpgsqlTypes;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>Writes rows, sealed, all of them at once.</summary>
internal sealed class LogWrites(LogKeys keys)
{
    const string Columns = "tenant_id, at, id, last_at, count, token_id, token_label, token_end, provider, provider_request, agent, address, verb, route, resource_type, resource_id, " +
        "action, status, scim_type, detail_kind, milliseconds, bytes_in, bytes_out, events, event_types, repairs, unmapped, rebuilt, person_id, sealed_for_day, sealed, subjects";

    // A counted row grows; any other is written once, whoever writes it.
    const string Sql = $"""
        insert into history.request_log ({Columns})
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)
        on conflict (tenant_id, at, id) do update set count = request_log.count + excluded.count, last_at = greatest(request_log.last_at, excluded.last_at)
            where request_log.last_at is not null and excluded.last_at is not null
        """;

    internal async Task Write(NpgsqlConnection connection, IReadOnlyList<LogRow> rows, CancellationToken ct)
    {
        var days = await keys.Days(connection, [.. rows.Select(r => (r.Tenant, r.Day)).Distinct()], ct);
        var people = await keys.People(connection, [.. rows.Where(r => r.Person is not null).Select(r => (r.Tenant, r.Person!.Value)).Distinct()], ct);
        var values = rows.Select(Sealed).ToList();
        if (rows.All(r => r.Entry.LastAt is null) && await TryCopy(connection, values, ct)) return;
        await using var batch = new NpgsqlBatch(connection);
        foreach (var row in values)
        {
            var command = new NpgsqlBatchCommand(Sql);
            foreach (var (value, type) in row) command.Parameters.Add(new() { Value = value ?? DBNull.Value, NpgsqlDbType = type });
            batch.BatchCommands.Add(command);
        }
        await batch.ExecuteNonQueryAsync(ct);

        List<(object? Value, NpgsqlDbType Type)> Sealed(LogRow row)
        {
            // Nobody is sealed under a day's key who was erased a moment ago.
            var (forPerson, key) = row.Person is { } person && people.TryGetValue((row.Tenant, person), out var own) ? (true, own) : (false, days[(row.Tenant, row.Day)]);
            return Values(row, forPerson, key is null ? null : row.Content?.Seal(key, row.Tenant, row.Entry.Id));
        }
    }

    // The cheapest way in; false where one of them stands there already, as after an outcome that was never learned.
    static async Task<bool> TryCopy(NpgsqlConnection connection, List<List<(object? Value, NpgsqlDbType Type)>> rows, CancellationToken ct)
    {
        try
        {
            await using var copy = await connection.BeginBinaryImportAsync($"copy history.request_log ({Columns}) from stdin (format binary)", ct);
            foreach (var row in rows)
            {
                await copy.StartRowAsync(ct);
                foreach (var (value, type) in row)
                    if (value is null) await copy.WriteNullAsync(ct);
                    else await copy.WriteAsync(value, type, ct);
            }
            await copy.CompleteAsync(ct);
            return true;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    static List<(object? Value, NpgsqlDbType Type)> Values(LogRow row, bool forPerson, byte[]? content)
    {
        var (e, values) = (row.Entry, new List<(object?, NpgsqlDbType)>(32));
        Add(row.Tenant, NpgsqlDbType.Varchar);
        Add(e.At, NpgsqlDbType.TimestampTz);
        Add(e.Id, NpgsqlDbType.Uuid);
        Add(e.LastAt, NpgsqlDbType.TimestampTz);
        Add(e.Count, NpgsqlDbType.Integer);
        Add(e.Token?.Id, NpgsqlDbType.Uuid);
        foreach (var text in new[] { e.Token?.Label, e.TokenEnd, row.Provider, e.ProviderRequest, e.Agent, e.Address, e.Verb, e.Route, e.ResourceType }) Add(text, NpgsqlDbType.Text);
        Add(row.ResourceId, NpgsqlDbType.Uuid);
        Add(row.Action, NpgsqlDbType.Text);
        Add((short)e.Status, NpgsqlDbType.Smallint);
        Add(e.ScimType, NpgsqlDbType.Text);
        Add(e.DetailKind, NpgsqlDbType.Text);
        Add(e.Milliseconds, NpgsqlDbType.Integer);
        Add(e.BytesIn, NpgsqlDbType.Bigint);
        Add(e.BytesOut, NpgsqlDbType.Bigint);
        Add(e.Events.Select(x => x.Id).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid);
        foreach (var texts in new[] { [.. e.Events.Select(x => x.Type)], e.Repairs, e.Unmapped }) Add(texts, NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(e.Rebuilt, NpgsqlDbType.Boolean);
        Add(forPerson ? row.Person : null, NpgsqlDbType.Uuid);
        Add(row.Content is not null && !forPerson, NpgsqlDbType.Boolean);
        Add(content, NpgsqlDbType.Bytea);
        Add(row.Subjects.Length > 0 && (content is not null || !forPerson) ? row.Subjects : null, NpgsqlDbType.Array | NpgsqlDbType.Bytea);
        return values;

        void Add(object? value, NpgsqlDbType type) => values.Add((value, type));
    }

    /// <summary>Makes the months that rows of now and soon stand in.</summary>
    internal static async Task MakeMonths(NpgsqlConnection connection, DateTimeOffset now, CancellationToken ct)
    {
        for (var ahead = 0; ahead <= 2; ahead++)
        {
            await using var command = new NpgsqlCommand("select history.make_request_log_month($1)", connection);
            command.Parameters.Add(new() { Value = DateOnly.FromDateTime(now.UtcDateTime).AddMonths(ahead) });
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}
