using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using Scim.Api.Audit.Replay;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Queries;
using Scim.Api.EventStore.Sealing;
using Scim.Api.EventStore.Versions;
using Scim.Domain.History;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Users;

namespace Scim.Benchmarks.Replay;

/// <summary>Fills an organization with people and their history as the service would have, but some thousand at a time: sealed, chained, numbered, projected.</summary>
internal sealed class Filled(NpgsqlDataSource owner, SealedEvents events, string tenant)
{
    const int Batch = 500;

    readonly Restoring _rows = new(tenant);
    long _position = 1_000;

    internal async Task Make(int people, int each)
    {
        for (var done = 0; done < people; done += Batch) await Some(done, Math.Min(Batch, people - done), each);
        foreach (var sql in new[]
        {
            $"insert into history.last_position (tenant_id, last, instant) values ('{tenant}', {_position}, now()) on conflict (tenant_id) do update set last = excluded.last",
            $"insert into directory.version_progress (tenant_id, position) values ('{tenant}', {_position}) on conflict (tenant_id) do update set position = excluded.position",
            "analyze",
        })
            await using (var command = owner.CreateCommand(sql)) await command.ExecuteNonQueryAsync();
    }

    async Task Some(int first, int count, int each)
    {
        var (stored, positioned, users, keys) = (new List<StoredEvent>(), new List<PositionedEvent>(), new List<User>(), new List<(Guid, byte[])>());
        for (var n = first; n < first + count; n++)
        {
            var (id, key, user) = (Guid.CreateVersion7(), RandomNumberGenerator.GetBytes(32), (User?)null);
            keys.Add((id, events.Keys.Master.Wrap(tenant, id, key)));
            ReadOnlyMemory<byte> hash = Chain.Genesis;
            for (var version = 1; version <= each; version++)
            {
                UserEvent e = version == 1 ? new UserProvisioned(id, Source.Scim, true, Json(Body(n)), $"Person {n}")
                    : new UserAttributesChanged(id, Source.Scim, ["title"], new AttributeChange(Json($$"""{"title":"Title {{version - 1}}"}"""), Json($$"""{"title":"Title {{version}}"}""")), $"Person {n}");
                var (command, at) = (Guid.CreateVersion7(), new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(n + version));
                var headers = new Dictionary<string, string> { ["ip"] = "192.0.2.7", ["token"] = id.ToString("D"), ["agent"] = "Okta SCIM Client 1.0", ["request"] = command.ToString("D") };
                var row = new StoredEvent(tenant, id, version, Guid.CreateVersion7(), EventTypes.Names[e.GetType()], $"{e.GetType().FullName}, Scim.Domain", at, "scim-token:1", null, null, headers,
                    Frame.Write(e, EventTypes.ShapeOf(e.GetType()), key, EventStoreOptions.Json));
                hash = Chain.Hash(hash.Span, row);
                headers[Chain.HashHeader] = Convert.ToBase64String(hash.Span);
                stored.Add(row);
                positioned.Add(new(++_position, command, new RecordedEvent(row, e)));
                user = User.Fold(user, e, positioned[^1].Recorded.Fact);
            }
            users.Add(user!);
        }
        var versions = new VersionBatch(tenant, positioned);
        versions.Fold();
        await using var connection = await owner.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = new NpgsqlBatch(connection);
        T[] Of<T>(Func<StoredEvent, T> value) => [.. stored.Select(value)];
        batch.BatchCommands.Add(Sql.Command("insert into history.mt_streams (id, tenant_id, type, version) select *, $2, 'user', $3 from unnest($1::uuid[])", users.Select(u => u.Id).ToArray(), tenant, (long)each));
        batch.BatchCommands.Add(Sql.Command(
            "insert into history.mt_events (seq_id, tenant_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, user_name, headers, bdata) select nextval('history.mt_events_sequence'), $1, i, s, v, '{}', t, a, d, u, h::jsonb, b " +
            "from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::text[], $6::timestamptz[], $7::text[], $8::text[], $9::text[], $10::bytea[]) r(i, s, v, t, a, d, u, h, b)",
            tenant, Of(e => e.Id), Of(e => e.StreamId), Of(e => e.Version), Of(e => e.Type), Of(e => e.Timestamp.UtcDateTime), Of(e => e.DotNetType), Of(e => e.UserName!), Of(e => JsonSerializer.Serialize(e.Headers)), Of(e => e.Body.ToArray())));
        batch.BatchCommands.Add(Sql.Command("insert into history.person_key (tenant_id, person_id, wrapped) select $1, * from unnest($2::uuid[], $3::bytea[])", tenant, keys.Select(k => k.Item1).ToArray(), keys.Select(k => k.Item2).ToArray()));
        batch.BatchCommands.Add(Sql.Command(
            "insert into history.commit_log (tenant_id, command_id, stream_id, from_version, to_version, request_id, position, instant) select $1, c, s, v, v, c, p, a from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::timestamptz[]) r(c, s, v, p, a)",
            tenant, positioned.Select(p => p.Request!.Value).ToArray(), Of(e => e.StreamId), Of(e => e.Version), positioned.Select(p => p.Position).ToArray(), Of(e => e.Timestamp.UtcDateTime)));
        foreach (var user in users) batch.BatchCommands.Add(_rows.User(user));
        foreach (var command in versions.Commands()) batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    static string Body(int n) => $$$"""
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"externalId":"00u{{{n}}}","userName":"person{{{n}}}@example.com","name":{"familyName":"Jensen {{{n % 997}}}","givenName":"Barbara"},"displayName":"Person {{{n}}}","title":"Title 1",
        "emails":[{"value":"person{{{n}}}@example.com","type":"work","primary":true}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"{{{n}}}","department":"Tours"}}
        """;

    static ScimObject Json(string text) => ScimReader.ReadObject(System.Text.Encoding.UTF8.GetBytes(text));
}
