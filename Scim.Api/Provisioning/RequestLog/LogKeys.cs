using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Npgsql;
using Scim.Api.EventStore.Sealing;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>
/// Under whose key a row's content is sealed: the person's, else that of the organization's day. A day's key is made with
/// its first row, whoever that is about; without it everything of that day is past its retention.
/// </summary>
internal sealed class LogKeys(MasterKey master)
{
    readonly ConcurrentDictionary<(string Tenant, DateOnly Day), byte[]> _days = new();

    internal MasterKey Master => master;

    /// <summary>The keys of the days, made where there are none.</summary>
    internal async Task<IReadOnlyDictionary<(string Tenant, DateOnly Day), byte[]>> Days(NpgsqlConnection connection, IReadOnlyCollection<(string Tenant, DateOnly Day)> days, CancellationToken ct)
    {
        var unknown = days.Where(d => !_days.ContainsKey(d)).ToArray();
        if (unknown.Length > 0)
        {
            if (_days.Count > 10_000) _days.Clear();
            await using var command = new NpgsqlCommand("""
                with given as (select * from unnest($1::varchar[], $2::date[], $3::bytea[]) as g(tenant_id, day, wrapped)),
                    made as (insert into history.request_log_key select * from given on conflict do nothing returning tenant_id, day, wrapped)
                select * from made union all select k.tenant_id, k.day, k.wrapped from history.request_log_key k join given using (tenant_id, day)
                """, connection);
            command.Parameters.Add(new() { Value = unknown.Select(d => d.Tenant).ToArray() });
            command.Parameters.Add(new() { Value = unknown.Select(d => d.Day).ToArray() });
            command.Parameters.Add(new() { Value = unknown.Select(d => master.Wrap(d.Tenant, Name(d.Day), RandomNumberGenerator.GetBytes(32))).ToArray() });
            await Keep(command, ct);
            // Another node may have made one at this very moment.
            if (unknown.Any(d => !_days.ContainsKey(d))) await Keep(Read(connection, unknown), ct);
        }
        return days.ToDictionary(d => d, d => _days[d]);
    }

    /// <summary>The keys of the days that have one still, asked anew.</summary>
    internal async Task<IReadOnlyDictionary<(string Tenant, DateOnly Day), byte[]>> Known(NpgsqlConnection connection, IReadOnlyCollection<(string Tenant, DateOnly Day)> days, CancellationToken ct)
    {
        var known = new Dictionary<(string, DateOnly), byte[]>();
        if (days.Count == 0) return known;
        await using var command = Read(connection, days);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) known[(reader.GetString(0), reader.GetFieldValue<DateOnly>(1))] = Unwrap(reader);
        return known;
    }

    /// <summary>The keys of people; null for one who was erased, nothing for an id that is nobody's.</summary>
    internal async Task<IReadOnlyDictionary<(string Tenant, Guid Person), byte[]?>> People(NpgsqlConnection connection, IReadOnlyCollection<(string Tenant, Guid Person)> people, CancellationToken ct)
    {
        var keys = new Dictionary<(string, Guid), byte[]?>();
        if (people.Count == 0) return keys;
        await using var command = new NpgsqlCommand("""
            select g.tenant_id, g.person_id, k.wrapped from unnest($1::varchar[], $2::uuid[]) as g(tenant_id, person_id)
            left join history.person_key k using (tenant_id, person_id) left join history.person_erased e using (tenant_id, person_id)
            where k.wrapped is not null or e.erased_at is not null
            """, connection);
        command.Parameters.Add(new() { Value = people.Select(p => p.Tenant).ToArray() });
        command.Parameters.Add(new() { Value = people.Select(p => p.Person).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var (tenant, person) = (reader.GetString(0), reader.GetGuid(1));
            keys[(tenant, person)] = await reader.IsDBNullAsync(2, ct) ? null : master.Unwrap(tenant, person, reader.GetFieldValue<byte[]>(2));
        }
        return keys;
    }

    async Task Keep(NpgsqlCommand command, CancellationToken ct)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct)) _days[(reader.GetString(0), reader.GetFieldValue<DateOnly>(1))] = Unwrap(reader);
        }
    }

    static NpgsqlCommand Read(NpgsqlConnection connection, IReadOnlyCollection<(string Tenant, DateOnly Day)> days)
    {
        var command = new NpgsqlCommand("select tenant_id, day, wrapped from history.request_log_key join unnest($1::varchar[], $2::date[]) as g(tenant_id, day) using (tenant_id, day)", connection);
        command.Parameters.Add(new() { Value = days.Select(d => d.Tenant).ToArray() });
        command.Parameters.Add(new() { Value = days.Select(d => d.Day).ToArray() });
        return command;
    }

    byte[] Unwrap(NpgsqlDataReader reader) => master.Unwrap(reader.GetString(0), Name(reader.GetFieldValue<DateOnly>(1)), reader.GetFieldValue<byte[]>(2));

    // Where the master key binds a person's id, a day has this; no person's id begins so.
    static Guid Name(DateOnly day)
    {
        Span<byte> name = stackalloc byte[16];
        "log-day:"u8.CopyTo(name);
        BinaryPrimitives.WriteInt64BigEndian(name[8..], day.DayNumber);
        return new Guid(name, bigEndian: true);
    }
}
