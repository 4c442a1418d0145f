using System.Text.Json;
using Npgsql;

namespace Scim.Api.EventStore.Versions;

/// <summary>A state and the positions at which it stood.</summary>
internal sealed record Version<T>(Guid Id, long From, long To, T State);

/// <summary>States as they stand while a batch is folded, which rows end by it, and which begin.</summary>
internal sealed class Stood<T>(Func<T, Guid> idOf) where T : class
{
    readonly Dictionary<Guid, (long From, T? State)> _now = [];
    readonly Dictionary<Guid, long> _ended = [];
    readonly List<Version<T>> _begun = [];

    /// <summary>Rows that stood before the batch, and the position at which they stand no more.</summary>
    internal IReadOnlyDictionary<Guid, long> Ended => _ended;

    /// <summary>Rows that the batch made, those that stand at its end among them.</summary>
    internal IReadOnlyList<Version<T>> Begun() => [.. _begun, .. _now.Where(n => n.Value is { State: not null, From: > 0 }).Select(n => new Version<T>(n.Key, n.Value.From, VersionBatch.Open, n.Value.State!))];

    /// <summary>Of those that were read, who stands in a row that does not say how.</summary>
    internal List<Guid> Unsaid { get; } = [];

    /// <summary>Says how one stands that was found unsaid.</summary>
    internal void Say(T state) => _now[idOf(state)] = (0, state);

    internal T? Of(Guid id) => _now.TryGetValue(id, out var stands) ? stands.State : null;

    /// <summary>Reads what stands of those ids. A row has the position 0 here: it began before the batch.</summary>
    internal async Task Read(NpgsqlConnection connection, string tenant, string table, Guid[] ids, CancellationToken ct)
    {
        if (ids.Length == 0) return;
        await using var command = new NpgsqlCommand($"select v.data, v.id from {table} v where v.tenant_id = $1 and v.to_position = {VersionBatch.Open} and v.id = any($2)", connection);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            if (await reader.IsDBNullAsync(0, ct))
            {
                Unsaid.Add(reader.GetGuid(1));
                continue;
            }
            var state = JsonSerializer.Deserialize<T>(await reader.GetFieldValueAsync<byte[]>(0, ct), EventStoreOptions.Json)!;
            _now[idOf(state)] = (0, state);
        }
    }

    /// <summary>One event further; what stood until then ends at its position.</summary>
    internal T? Step(Guid id, long position, Func<T?, T?> fold)
    {
        var (from, before) = _now.GetValueOrDefault(id);
        var after = fold(before);
        if (from == position)
        {
            _now[id] = (position, after); // the same command goes on
            return after;
        }
        if (before is not null && from > 0) _begun.Add(new(id, from, position, before));
        else if (before is not null) _ended[id] = position;
        _now[id] = (position, after);
        return after;
    }
}
