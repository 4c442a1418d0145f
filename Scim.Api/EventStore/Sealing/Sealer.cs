using System.Security.Cryptography;
using JasperFx.Events;
using Marten;
using Npgsql;
using Scim.Domain.History;

namespace Scim.Api.EventStore.Sealing;

/// <summary>
/// Runs once before a session saves, after Marten has numbered and dated the events and projected them in plain, and
/// before anything is serialised: seals each event, chains it to the one before, and queues the keys and the commit's
/// row. The commit's row comes last, so that its order is taken after every lock, and the commit itself after it: whatever
/// fails before leaves the transaction to be rolled back.
/// </summary>
/// <param name="dates">The clock that dates commits where it is not the database's: a host that tells a story of the past has its own.</param>
internal sealed class Sealer(SealedEvents events, Guid commandId, Guid requestId, TimeProvider? dates = null) : DocumentSessionListenerBase
{
    readonly Dictionary<Guid, Head> _heads = [];
    readonly Dictionary<Guid, byte[]> _keys = [];

    internal void Know(string tenant, Guid stream, Head? head)
    {
        if (head is null) return;
        _heads[stream] = head;
        if (events.Keys.Keep(tenant, stream, head.WrappedKey) is { } key) _keys[stream] = key;
    }

    public override async Task BeforeSaveChangesAsync(IDocumentSession session, CancellationToken token)
    {
        var streams = session.PendingChanges.Streams().Where(s => s.Events.Count > 0).OrderBy(s => s.Id).ToArray();
        foreach (var stream in streams) await Seal(session, stream, token);
        foreach (var stream in streams) Log(session, stream);
        session.QueueSqlCommand("commit");
    }

    void Log(IDocumentSession session, StreamAction stream)
    {
        var (from, to) = (stream.Events[0].Version, stream.Events[^1].Version);
        if (dates is null)
            session.QueueSqlCommand(
                "insert into history.commit_log (tenant_id, command_id, stream_id, from_version, to_version, request_id) values (?, ?, ?, ?, ?, ?)",
                session.TenantId, commandId, stream.Id, from, to, requestId);
        else
            session.QueueSqlCommand(
                "insert into history.commit_log (tenant_id, command_id, stream_id, from_version, to_version, request_id, at) values (?, ?, ?, ?, ?, ?, ?)",
                session.TenantId, commandId, stream.Id, from, to, requestId, dates.GetUtcNow());
    }

    async Task Seal(IDocumentSession session, StreamAction stream, CancellationToken ct)
    {
        var from = stream.ActionType == StreamActionType.Start
            ? 0
            : stream.ExpectedVersionOnServer ?? throw new InvalidOperationException("Events are appended only through the one door, which knows the version.");
        var previous = from == 0 ? Chain.Genesis : await HashAt(session, stream.Id, from, ct);
        foreach (var e in stream.Events)
        {
            var key = e.Data is IAboutPerson about ? await KeyOf(session, about.PersonId, isNew: from == 0 && about.PersonId == stream.Id, ct) : null;
            var frame = events.Stamp(e.Data, key);
            var hash = Chain.Hash(previous.Span, Stored(e, stream.Id, session.TenantId, frame));
            e.SetHeader(Chain.HashHeader, Convert.ToBase64String(hash));
            previous = hash;
        }
    }

    static StoredEvent Stored(IEvent e, Guid stream, string tenant, byte[] frame) => new(
        tenant, stream, e.Version, e.Id, e.EventTypeName, e.DotNetTypeName, e.Timestamp, e.UserName, e.CausationId, e.CorrelationId,
        (e.Headers ?? []).ToDictionary(h => h.Key, h => h.Value as string ?? throw new InvalidOperationException($"The header {h.Key} is not a string.")), frame);

    async ValueTask<ReadOnlyMemory<byte>> HashAt(IDocumentSession session, Guid stream, long version, CancellationToken ct)
    {
        if (_heads.TryGetValue(stream, out var known) && known.Version == version) return known.Hash;
        await using var command = Command(session, "select version, headers->>'hash', null::bytea from history.mt_events where tenant_id = $1 and stream_id = $2 and version = $3", stream);
        command.Parameters.Add(new() { Value = version });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? (await Head.Read(reader, 0, ct)).Hash : throw new InvalidOperationException("The stream's last event is missing.");
    }

    // A person's key is made at the first event that mentions the person; a lost race for it is a duplicate key, and begins again.
    async ValueTask<byte[]> KeyOf(IDocumentSession session, Guid person, bool isNew, CancellationToken ct)
    {
        if (_keys.TryGetValue(person, out var key)) return key;
        if (!isNew)
        {
            await using var command = Command(session, "select wrapped from history.person_key where tenant_id = $1 and person_id = $2", person);
            if (await command.ExecuteScalarAsync(ct) is byte[] wrapped) return _keys[person] = events.Keys.Keep(session.TenantId, person, wrapped)!;
            if (_heads.ContainsKey(person)) throw new InvalidOperationException("The person was erased.");
        }
        _keys[person] = key = RandomNumberGenerator.GetBytes(32);
        session.QueueSqlCommand("insert into history.person_key (tenant_id, person_id, wrapped) values (?, ?, ?)",
            session.TenantId, person, events.Keys.Master.Wrap(session.TenantId, person, key));
        return key;
    }

    static NpgsqlCommand Command(IDocumentSession session, string sql, Guid id)
    {
        var command = new NpgsqlCommand(sql, session.Connection!);
        command.Parameters.Add(new() { Value = session.TenantId });
        command.Parameters.Add(new() { Value = id });
        return command;
    }
}
