using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Queries;
using Scim.Api.EventStore.Sealing;
using Scim.Domain.Groups;
using Scim.Domain.History;

namespace Scim.Api.Audit.Replay;

/// <summary>
/// Reads the streams between two ids in a transaction of one moment and folds them again: raw rows, the keys of the people
/// among some thousand of them in one query, and the commits they belong to in another.
/// </summary>
internal sealed class SliceReader(SealedEvents events, NpgsqlConnection connection, string tenant, Guid from, Guid upTo, long? asked)
{
    // What a slice holds in memory: it ends before the stream with which it would be more.
    const int MostEvents = 20_000, MostMembers = 200_000;

    const string Events =
        $"select {HistoryReader.Columns}, e.data = '{{}}'::jsonb and not e.is_archived from history.mt_events e where e.tenant_id = $1 and e.stream_id between $2 and $3 and e.type <> 'tombstone' order by e.stream_id, e.version";

    const string Commits = """
        select c.command_id, c.stream_id, c.from_version, c.to_version, c.position, c.request_id from unnest($2::uuid[], $3::uuid[]) r(command, stream) cross join lateral (
            select * from history.commit_log c where c.tenant_id = $1 and c.command_id = r.command and c.stream_id = r.stream offset 0) c
        """;

    readonly List<Refolded> _streams = [];
    long _members;

    /// <summary>The streams by id; those without events are none.</summary>
    internal IReadOnlyList<Refolded> Streams => _streams;

    /// <summary>The id up to which everything was read.</summary>
    internal Guid Reached { get; private set; }

    internal Horizon Horizon { get; private set; }

    internal async Task Read(CancellationToken ct)
    {
        Reached = upTo;
        await using (var command = Command("select coalesce((select position from directory.version_progress where tenant_id = $1), 0)"))
            Horizon = new(asked, (long)(await command.ExecuteScalarAsync(ct))!);
        await foreach (var rows in Rows.Lists(connection, Events, [tenant, from, upTo], async r => (await HistoryReader.Row(r, tenant, ct), r.GetBoolean(9)), ct))
        {
            await Fold(rows, ct);
            if ((_streams.Sum(s => s.Read) < MostEvents && _members < MostMembers) || _streams.Count < 2) continue;
            _streams.RemoveAt(_streams.Count - 1); // it may go on
            Reached = _streams[^1].Id;
            break;
        }
        await using (var close = new NpgsqlCommand("close all", connection)) await close.ExecuteNonQueryAsync(ct);
        await Heads(ct);
    }

    async Task Fold(List<(StoredEvent Stored, bool IsWhole)> rows, CancellationToken ct)
    {
        var follow = new List<(Refolded Stream, StoredEvent Stored, Guid Command)>(rows.Count);
        foreach (var (stored, isWhole) in rows)
        {
            if (_streams.Count == 0 || _streams[^1].Id != stored.StreamId) _streams.Add(new(tenant, stored.StreamId));
            if (_streams[^1].Follows(stored, isWhole)) follow.Add((_streams[^1], stored, Guid.TryParse(stored.Headers.GetValueOrDefault("request"), out var command) ? command : default));
        }
        var keys = await Keys([.. follow.Select(f => Frame.PersonOf(f.Stored.Body.Span)).OfType<Guid>().Distinct()], ct);
        var commits = await CommitsOf([.. follow.Select(f => (f.Command, f.Stored.StreamId)).Distinct()], ct);
        foreach (var (stream, stored, command) in follow)
        {
            if (Open(stored, keys) is not { } recorded)
            {
                stream.Break(stored.Version, "the event cannot be opened");
                continue;
            }
            _members += recorded.Event switch { GroupMembersAdded a => a.Users.Count + a.Groups.Count, GroupMembersRemoved r => r.Users.Count + r.Groups.Count, _ => 0 };
            stream.Add(recorded, commits.GetValueOrDefault((command, stored.StreamId)), Horizon);
        }
    }

    RecordedEvent? Open(StoredEvent stored, Dictionary<Guid, byte[]?> keys)
    {
        try
        {
            var person = Frame.PersonOf(stored.Body.Span);
            if (person is { } of && keys.TryGetValue(of, out var key) && key is null) return null; // a key that is not ours
            return new(stored, events.Open(EventTypes.ByName[stored.Type], stored.Body.Span, keys.GetValueOrDefault)) { IsErased = person is { } about && !keys.ContainsKey(about) };
        }
        catch (Exception e) when (e is CryptographicException or InvalidDataException or JsonException or KeyNotFoundException or ArgumentException or InvalidOperationException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    // A key that cannot be unwrapped is null, one that is gone is not there.
    async Task<Dictionary<Guid, byte[]?>> Keys(Guid[] people, CancellationToken ct)
    {
        var keys = new Dictionary<Guid, byte[]?>();
        await using var command = Command("select person_id, wrapped from history.person_key where tenant_id = $1 and person_id = any($2)", people);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            try
            {
                keys[reader.GetGuid(0)] = events.Keys.Master.Unwrap(tenant, reader.GetGuid(0), reader.GetFieldValue<byte[]>(1));
            }
            catch (CryptographicException)
            {
                keys[reader.GetGuid(0)] = null;
            }
        }
        return keys;
    }

    async Task<Dictionary<(Guid, Guid), Commit>> CommitsOf((Guid Command, Guid Stream)[] wanted, CancellationToken ct)
    {
        var commits = new Dictionary<(Guid, Guid), Commit>();
        await using var command = Command(Commits, wanted.Select(w => w.Command).ToArray(), wanted.Select(w => w.Stream).ToArray());
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            commits[(reader.GetGuid(0), reader.GetGuid(1))] = new(reader.GetInt64(2), reader.GetInt64(3), await reader.IsDBNullAsync(4, ct) ? null : reader.GetInt64(4), await reader.IsDBNullAsync(5, ct) ? null : reader.GetGuid(5));
        return commits;
    }

    // A stream for tombstones is begun at version 0 and never counted up.
    async Task Heads(CancellationToken ct)
    {
        var heads = new Dictionary<Guid, long>();
        await foreach (var row in Rows.Of(connection, "heads", "select s.id, s.version from history.mt_streams s where s.tenant_id = $1 and s.id between $2 and $3 order by s.id", [tenant, from, Reached], ct))
            heads[row.GetGuid(0)] = row.GetInt64(1);
        foreach (var stream in _streams) stream.End(heads.Remove(stream.Id, out var version) ? version : null, Horizon);
        foreach (var (id, version) in heads.Where(h => h.Value > 0))
        {
            var without = new Refolded(tenant, id);
            without.Break(1, "the stream has no events");
            _streams.Add(without);
        }
        _streams.Sort((a, b) => a.Id.CompareTo(b.Id));
    }

    NpgsqlCommand Command(string sql, params object[] more)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = tenant });
        foreach (var p in more) command.Parameters.Add(new() { Value = p });
        return command;
    }
}
