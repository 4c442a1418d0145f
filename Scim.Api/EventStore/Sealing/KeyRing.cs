using System.Collections.Concurrent;
using Npgsql;

namespace Scim.Api.EventStore.Sealing;

/// <summary>
/// The keys of people as this process may use them: a key is good for one second after it was read, so that an erased
/// person is unreadable within a second on every node.
/// </summary>
internal sealed class KeyRing(MasterKey master, Placement placement, TimeProvider clock)
{
    static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<Guid, (byte[] Key, long Read)> _keys = new();

    internal MasterKey Master => master;

    /// <summary>Keeps a key that was just read; a person without one is forgotten.</summary>
    internal byte[]? Keep(string tenant, Guid person, byte[]? wrapped)
    {
        if (wrapped is null)
        {
            _keys.TryRemove(person, out _);
            return null;
        }
        var key = master.Unwrap(tenant, person, wrapped);
        if (_keys.Count > 10_000) Trim();
        _keys[person] = (key, clock.GetTimestamp());
        return key;
    }

    /// <summary>
    /// The key of a person, or null once it is erased. Marten reads events synchronously, so what is not fresh is read by
    /// one blocking query; readers of many events fetch keys beforehand.
    /// </summary>
    internal byte[]? Get(Guid person)
    {
        if (_keys.TryGetValue(person, out var kept) && clock.GetElapsedTime(kept.Read) < Lease) return kept.Key;
        foreach (var shard in placement.Shards)
        {
            using var connection = shard.Write.OpenConnection();
            using var command = new NpgsqlCommand("select tenant_id, wrapped from history.person_key where person_id = $1", connection);
            command.Parameters.Add(new() { Value = person });
            using var reader = command.ExecuteReader();
            if (reader.Read()) return Keep(reader.GetString(0), person, reader.GetFieldValue<byte[]>(1));
        }
        return Keep("", person, null);
    }

    void Trim()
    {
        foreach (var (person, kept) in _keys)
            if (clock.GetElapsedTime(kept.Read) >= Lease) _keys.TryRemove(person, out _);
    }
}
