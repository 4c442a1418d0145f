using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Scim.Api.EventStore.Sealing;
using Scim.Domain.History;

namespace Scim.Api.EventStore.Queries;

/// <summary>An event as it is stored and as it reads.</summary>
internal sealed record RecordedEvent(StoredEvent Stored, object Event)
{
    internal Fact Fact => new(Stored.Version, Stored.Timestamp, Stored.UserName);

    /// <summary>Whether the key of the person whom it is about is gone.</summary>
    internal bool IsErased { get; init; }
}

/// <summary>Stands for an event whose bytes are no longer what was written; a replay tells where.</summary>
internal sealed record Unreadable;

/// <summary>Reads history from the raw rows: keys of all people in one query, then every event opened in memory.</summary>
internal sealed class HistoryReader(Placement placement, SealedEvents events)
{
    internal const string Columns = "e.stream_id, e.version, e.id, e.type, e.mt_dotnet_type, e.timestamp, e.user_name, e.headers::text, e.bdata";

    /// <summary>The events of one stream in order; those of an erased person read as erased.</summary>
    internal Task<IReadOnlyList<RecordedEvent>> Stream(Guid organization, Guid stream, CancellationToken ct) =>
        Read(organization, $"select {Columns} from history.mt_events e where e.tenant_id = $1 and e.stream_id = $2 and e.type <> 'tombstone' order by e.version", [new() { Value = stream }], ct);

    /// <summary>Some events by their streams and versions.</summary>
    internal async Task<IReadOnlyDictionary<(Guid Stream, long Version), RecordedEvent>> Events(Guid organization, IReadOnlyCollection<(Guid Stream, long Version)> which, CancellationToken ct)
    {
        if (which.Count == 0) return new Dictionary<(Guid, long), RecordedEvent>();
        var found = await Read(organization,
            $"select {Columns} from unnest($2::uuid[], $3::bigint[]) k(stream, version) cross join lateral (select * from history.mt_events m where m.tenant_id = $1 and m.stream_id = k.stream and m.version = k.version offset 0) e",
            [new() { Value = which.Select(w => w.Stream).ToArray() }, new() { Value = which.Select(w => w.Version).ToArray() }], ct);
        return found.ToDictionary(e => (e.Stored.StreamId, e.Stored.Version));
    }

    /// <summary>All events of an organization, by stream and version.</summary>
    internal Task<IReadOnlyList<RecordedEvent>> Organization(Guid organization, CancellationToken ct) =>
        Read(organization, $"select {Columns} from history.mt_events e where e.tenant_id = $1 and e.type <> 'tombstone' order by e.stream_id, e.version", [], ct);

    async Task<IReadOnlyList<RecordedEvent>> Read(Guid organization, string sql, NpgsqlParameter[] parameters, CancellationToken ct)
    {
        var tenant = Placement.Tenant(organization);
        await using var connection = await placement.Of(tenant).Write.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.AddRange(parameters);
        return await Open(connection, tenant, await Stored(command, tenant, ct), ct);
    }

    static async Task<List<StoredEvent>> Stored(NpgsqlCommand command, string tenant, CancellationToken ct)
    {
        var stored = new List<StoredEvent>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) stored.Add(await Row(reader, tenant, ct));
        return stored;
    }

    /// <summary>The events of a stream before a version, as far as they can be read.</summary>
    internal async Task<IReadOnlyList<RecordedEvent>> Before(NpgsqlConnection connection, string tenant, Guid stream, long version, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from history.mt_events e where e.tenant_id = $1 and e.stream_id = $2 and e.version < $3 order by e.version", connection);
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = stream });
        command.Parameters.Add(new() { Value = version });
        return await Open(connection, tenant, await Stored(command, tenant, ct), ct, tolerant: true);
    }

    /// <summary>Opens rows that were read: the keys of all people among them in one query.</summary>
    /// <param name="tolerant">Whether one whose bytes somebody changed is <see cref="Unreadable"/>, instead of nothing being read.</param>
    internal async Task<IReadOnlyList<RecordedEvent>> Open(NpgsqlConnection connection, string tenant, IReadOnlyList<StoredEvent> stored, CancellationToken ct, bool tolerant = false)
    {
        var keys = await Keys(connection, tenant, stored, ct);
        return [.. stored.Select(s => Open(s, keys, tolerant))];
    }

    RecordedEvent Open(StoredEvent stored, Dictionary<Guid, byte[]?> keys, bool tolerant)
    {
        try
        {
            return new(stored, events.Open(EventTypes.ByName[stored.Type], stored.Body.Span, keys.GetValueOrDefault)) { IsErased = Frame.PersonOf(stored.Body.Span) is { } person && !keys.ContainsKey(person) };
        }
        catch (Exception e) when (tolerant && e is CryptographicException or JsonException or ArgumentException or IndexOutOfRangeException)
        {
            return new(stored, new Unreadable());
        }
    }

    async Task<Dictionary<Guid, byte[]?>> Keys(NpgsqlConnection connection, string tenant, IReadOnlyList<StoredEvent> stored, CancellationToken ct)
    {
        var people = stored.Select(s => Frame.PersonOf(s.Body.Span)).OfType<Guid>().Distinct().ToArray();
        var keys = new Dictionary<Guid, byte[]?>();
        await using var command = new NpgsqlCommand("select person_id, wrapped from history.person_key where tenant_id = $1 and person_id = any($2)", connection);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = people });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) keys[reader.GetGuid(0)] = events.Keys.Master.Unwrap(tenant, reader.GetGuid(0), reader.GetFieldValue<byte[]>(1));
        return keys;
    }

    /// <summary>The row under the reader, whose first columns are <see cref="Columns"/>.</summary>
    internal static async Task<StoredEvent> Row(NpgsqlDataReader r, string tenant, CancellationToken ct) => new(
        tenant, r.GetGuid(0), r.GetInt64(1), r.GetGuid(2), r.GetString(3), r.GetString(4), r.GetFieldValue<DateTimeOffset>(5),
        await r.IsDBNullAsync(6, ct) ? null : r.GetString(6), null, null,
        JsonSerializer.Deserialize<Dictionary<string, string>>(r.GetString(7))!, r.GetFieldValue<byte[]>(8));
}
