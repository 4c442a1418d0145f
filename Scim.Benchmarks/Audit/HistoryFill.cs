using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Sealing;
using Scim.Api.Hosting;
using Scim.Domain.History;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Users;

namespace Scim.Benchmarks.Audit;

/// <summary>
/// Fills organizations with a history as the service would have written it, sealed, chained, with its commits and its
/// directory, but by COPY: a million events in a minute. Positions and versions are the service's own work afterwards.
/// </summary>
internal sealed class HistoryFill(ScimService service, string owner) : IAsyncDisposable
{
    readonly NpgsqlDataSource _source = Connections.DataSource(owner);

    static readonly DateTimeOffset Begin = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);

    readonly SealedEvents _events = (SealedEvents)service.App.Services.GetService(typeof(SealedEvents))!;

    /// <summary>People of one organization, each with so many events one after the other; the last has so many as <paramref name="longest"/>.</summary>
    internal async Task<Guid[]> Fill(Guid organization, int people, int eventsEach, int longest = 0)
    {
        var tenant = Placement.Tenant(organization);
        var lives = Enumerable.Range(0, people).Select(i => new Life(Guid.CreateVersion7(Begin.AddMilliseconds(i)), i, i == people - 1 ? Math.Max(longest, eventsEach) : eventsEach)).ToArray();
        await using var streams = await _source.OpenConnectionAsync();
        await Copy(streams, "history.mt_streams (tenant_id, id, type, version, timestamp, created)", lives, (row, life) =>
        {
            row.Write(tenant, NpgsqlDbType.Varchar);
            row.Write(life.Id, NpgsqlDbType.Uuid);
            row.Write("user", NpgsqlDbType.Varchar);
            row.Write((long)life.Events, NpgsqlDbType.Bigint);
            row.Write(Begin, NpgsqlDbType.TimestampTz);
            row.Write(Begin, NpgsqlDbType.TimestampTz);
        });
        await Copy(streams, "history.person_key (tenant_id, person_id, wrapped)", lives, (row, life) =>
        {
            row.Write(tenant, NpgsqlDbType.Varchar);
            row.Write(life.Id, NpgsqlDbType.Uuid);
            row.Write(_events.Keys.Master.Wrap(tenant, life.Id, life.Key), NpgsqlDbType.Bytea);
        });
        await Events(tenant, lives);
        await Copy(streams, "directory.mt_doc_user (tenant_id, id, data, mt_dotnet_type, mt_version, user_name_key, external_id, display_name_key, family_name_key, created, last_modified)", lives, (row, life) =>
        {
            var user = life.State!;
            row.Write(tenant, NpgsqlDbType.Varchar);
            row.Write(user.Id, NpgsqlDbType.Uuid);
            row.Write(JsonSerializer.Serialize(user, EventStoreOptions.Json), NpgsqlDbType.Jsonb);
            row.Write(typeof(User).FullName!, NpgsqlDbType.Varchar);
            row.Write(user.Version, NpgsqlDbType.Bigint);
            foreach (var text in new[] { user.UserNameKey, user.ExternalId, user.DisplayNameKey, user.FamilyNameKey })
                if (text is null) row.WriteNull();
                else row.Write(text, NpgsqlDbType.Text);
            row.Write(user.Created, NpgsqlDbType.TimestampTz);
            row.Write(user.LastModified, NpgsqlDbType.TimestampTz);
        });
        return [.. lives.Select(l => l.Id)];
    }

    /// <summary>Tells the planner what is there, as autovacuum would a minute later.</summary>
    internal async Task Analyze()
    {
        await using var command = _source.CreateCommand("analyze");
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    // Everybody's first event, then everybody's second: as a year of small changes goes.
    async Task Events(string tenant, Life[] lives)
    {
        await using var first = await _source.OpenConnectionAsync();
        await using var second = await _source.OpenConnectionAsync();
        var (seq, ord) = (await Next(first, "history.mt_events_sequence"), await Next(first, "history.commit_ord"));
        await using (var events = await first.BeginBinaryImportAsync("copy history.mt_events (seq_id, id, stream_id, version, data, bdata, type, timestamp, tenant_id, mt_dotnet_type, headers, user_name, is_archived) from stdin (format binary)"))
        await using (var commits = await second.BeginBinaryImportAsync("copy history.commit_log (tenant_id, command_id, stream_id, from_version, to_version, request_id, ord, at) from stdin (format binary)"))
        {
            events.Timeout = commits.Timeout = TimeSpan.FromHours(1);
            var token = Guid.CreateVersion7(Begin);
            var at = Begin;
            for (var version = 1; version <= lives.Max(l => l.Events); version++)
                foreach (var life in lives)
                {
                    if (version > life.Events) continue;
                    at = at.AddMilliseconds(10);
                    var request = Guid.CreateVersion7(at);
                    Write(events, tenant, life, seq++, version, at, request, token);
                    commits.StartRow();
                    commits.Write(tenant, NpgsqlDbType.Varchar);
                    commits.Write(request, NpgsqlDbType.Uuid);
                    commits.Write(life.Id, NpgsqlDbType.Uuid);
                    commits.Write((long)version, NpgsqlDbType.Bigint);
                    commits.Write((long)version, NpgsqlDbType.Bigint);
                    commits.Write(request, NpgsqlDbType.Uuid);
                    commits.Write(ord++, NpgsqlDbType.Bigint);
                    commits.Write(at, NpgsqlDbType.TimestampTz);
                }
            await events.CompleteAsync();
            await commits.CompleteAsync();
        }
        await Set(first, "history.mt_events_sequence", seq);
        await Set(first, "history.commit_ord", ord);
    }

    void Write(NpgsqlBinaryImporter row, string tenant, Life life, long seq, int version, DateTimeOffset at, Guid request, Guid token)
    {
        var e = life.Next(version);
        var (type, name) = (e.GetType(), EventTypes.Names[e.GetType()]);
        var body = Frame.Write(e, EventTypes.ShapeOf(type), life.Key, _events.Json);
        var headers = new Dictionary<string, string> { ["request"] = request.ToString("D"), ["token"] = token.ToString("D"), ["ip"] = "203.0.113.7", ["agent"] = "Okta SCIM Client 1.0.0" };
        var stored = new StoredEvent(tenant, life.Id, version, Guid.CreateVersion7(at), name, $"{type.FullName}, {type.Assembly.GetName().Name}", at, $"scim-token:{token:D}", null, null, headers, body);
        life.Hash = Chain.Hash(life.Hash.Span, stored);
        headers[Chain.HashHeader] = Convert.ToBase64String(life.Hash.Span);
        life.State = User.Fold(life.State, e, new Fact(version, at, stored.UserName));
        row.StartRow();
        row.Write(seq, NpgsqlDbType.Bigint);
        row.Write(stored.Id, NpgsqlDbType.Uuid);
        row.Write(life.Id, NpgsqlDbType.Uuid);
        row.Write((long)version, NpgsqlDbType.Bigint);
        row.Write("{}", NpgsqlDbType.Jsonb);
        row.Write(body, NpgsqlDbType.Bytea);
        row.Write(name, NpgsqlDbType.Varchar);
        row.Write(at, NpgsqlDbType.TimestampTz);
        row.Write(tenant, NpgsqlDbType.Varchar);
        row.Write(stored.DotNetType, NpgsqlDbType.Varchar);
        row.Write(JsonSerializer.Serialize(headers), NpgsqlDbType.Jsonb);
        row.Write(stored.UserName!, NpgsqlDbType.Varchar);
        row.Write(false, NpgsqlDbType.Boolean);
    }

    static async Task Copy(NpgsqlConnection connection, string table, IEnumerable<Life> lives, Action<NpgsqlBinaryImporter, Life> write)
    {
        await using var rows = await connection.BeginBinaryImportAsync($"copy {table} from stdin (format binary)");
        rows.Timeout = TimeSpan.FromHours(1);
        foreach (var life in lives)
        {
            await rows.StartRowAsync();
            write(rows, life);
        }
        await rows.CompleteAsync();
    }

    static async Task<long> Next(NpgsqlConnection connection, string sequence)
    {
        await using var command = new NpgsqlCommand($"select nextval('{sequence}')", connection);
        return (long)(await command.ExecuteScalarAsync())! + 1000;
    }

    static async Task Set(NpgsqlConnection connection, string sequence, long value)
    {
        await using var command = new NpgsqlCommand($"select setval('{sequence}', {value.ToString(CultureInfo.InvariantCulture)})", connection);
        await command.ExecuteScalarAsync();
    }

    sealed class Life(Guid id, int number, int events)
    {
        internal Guid Id => id;

        internal int Events => events;

        internal byte[] Key { get; } = RandomNumberGenerator.GetBytes(32);

        internal ReadOnlyMemory<byte> Hash { get; set; } = Chain.Genesis;

        internal User? State { get; set; }

        string Label => $"Person {number}";

        internal UserEvent Next(int version) => version switch
        {
            1 => new UserProvisioned(id, Source.Scim, true, ScimValue.Of(
                ("externalId", ScimValue.Of($"00u{number:x8}")), ("userName", ScimValue.Of($"person{number}@example.com")), ("displayName", ScimValue.Of(Label)),
                ("name", ScimValue.Of(("familyName", ScimValue.Of($"Family {number % 5000}")), ("givenName", ScimValue.Of($"Given {number % 300}")))),
                ("emails", ScimValue.Of(ScimValue.Of(("value", ScimValue.Of($"person{number}@example.com")), ("type", ScimValue.Of("work")), ("primary", ScimValue.True)))), ("title", ScimValue.Of("Guide 1"))), Label),
            _ when version % 10 == 8 => new UserDeactivated(id, Source.Scim, Label),
            _ when version % 10 == 9 => new UserReactivated(id, Source.Scim, Label),
            _ => new UserAttributesChanged(id, Source.Scim, ["title"], new AttributeChange(ScimValue.Of(("title", State!.Resource["title"]!)), ScimValue.Of(("title", ScimValue.Of($"Guide {version}")))), Label),
        };
    }
}
