using System.Buffers.Binary;
using System.Text.Json;
using Npgsql;
using Scim.Api.EventStore.Queries;
using Scim.Domain.History;
using Scim.Domain.Users;
using Scim.Tests.Replay;

namespace Scim.Tests.EventStore;

/// <summary>What stands in the tables of the history: nothing of a person in clear, and nothing that could be changed unseen.</summary>
public sealed class Sealing(TestService service)
{
    /// <summary>Every value about the person holds this word, in one case or another.</summary>
    const string Canary = "Qanaryvogel";

    [Fact]
    public async Task A_persons_data_stands_neither_in_the_history_nor_in_the_log()
    {
        using var organization = await service.NewOrganization();
        var (id, _) = await Life(organization);
        Assert.Equal(["user_provisioned", "user_renamed", "user_attributes_changed", "user_deactivated", "user_reactivated", "user_deleted"], await organization.Events(id));

        Assert.Empty(await TablesThatHold(Canary, "history", "registry"));
        Assert.DoesNotContain(service.Log.Lines, l => l.Contains(Canary, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(await PostgresLog(), Canary, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_token_and_a_password_stand_nowhere()
    {
        using var organization = await service.NewOrganization();
        var created = await organization.NewUser("ada@example.com", ""","password":"correct-horse-battery" """);
        await organization.Patch($"Users/{created.Id}", """[{"op":"replace","path":"password","value":"correct-horse-battery"}]""");
        foreach (var secret in new[] { organization.Token, organization.Token[5..^6], "correct-horse-battery" })
        {
            Assert.Empty(await TablesThatHold(secret, "history", "registry", "directory", "public"));
            Assert.DoesNotContain(service.Log.Lines, l => l.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(secret, await PostgresLog(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_name_that_the_index_refused_is_not_in_PostgreSQLs_log()
    {
        using var organization = await service.NewOrganization();
        await organization.NewUser("holder");
        await using var source = NpgsqlDataSource.Create(service.OwnerConnectionString);
        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var take = new NpgsqlCommand("update directory.mt_doc_user set user_name_key = $1 where tenant_id = $2", connection);
        take.Parameters.Add(new() { Value = $"{Canary}-raced".ToLowerInvariant() });
        take.Parameters.Add(new() { Value = organization.Id.ToString("D") });
        await take.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        // The look-up sees nobody; the index makes the request wait, and then refuses it.
        var late = organization.Post("Users", $$"""{"userName":"{{Canary}}-raced"}""");
        await Task.Delay(500, TestContext.Current.CancellationToken);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((409, "uniqueness"), ((await late).Status, (await late).ScimType));
        take.Parameters[0].Value = "holder"; // as the history has it
        await take.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var log = await PostgresLog();
        Assert.Contains("ux_user_user_name_key", log, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, log, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_frame_is_laid_out_to_the_byte()
    {
        using var organization = await service.NewOrganization();
        var (id, _) = await Life(organization, delete: false);
        foreach (var row in await Rows(organization.Id, Guid.Parse(id)))
        {
            var frame = row.Body.Span;
            Assert.Equal(1, frame[0]);
            Assert.Equal(1, frame[1]);
            Assert.Equal(1, frame[2]);
            var n = BinaryPrimitives.ReadInt32BigEndian(frame[3..]);
            using var open = JsonDocument.Parse(row.Body.Slice(7, n));
            Assert.Equal(id, open.RootElement.GetProperty("userId").GetString());
            Assert.Equal(Guid.Parse(id), new Guid(frame.Slice(7 + n, 16), bigEndian: true));
            Assert.True(frame.Length > 35 + n + 16, "There is a nonce, a ciphertext and a tag.");
        }
        var created = Assert.Single(await Rows(organization.Id, organization.Id), r => r.Version == 1).Body;
        Assert.Equal(0, created.Span[2]);
        Assert.Equal(7 + BinaryPrimitives.ReadInt32BigEndian(created.Span[3..]), created.Length);
        Assert.Equal(61, await service.Sql("select length(wrapped) from history.person_key where tenant_id = $1", organization.Id.ToString("D")));
        Assert.Equal("{}", await service.Sql("select string_agg(distinct data::text, ',') from history.mt_events where tenant_id = $1", organization.Id.ToString("D")));
    }

    [Theory]
    [InlineData("bdata = set_byte(bdata, 20, get_byte(bdata, 20) # 1)")]
    [InlineData("bdata = set_byte(bdata, length(bdata) - 1, get_byte(bdata, length(bdata) - 1) # 128)")]
    [InlineData("headers = headers || '{\"agent\":\"another\"}'")]
    [InlineData("headers = headers - 'token'")]
    [InlineData("user_name = 'operator'")]
    [InlineData("timestamp = timestamp + interval '1 microsecond'")]
    [InlineData("type = 'user_suspended'")]
    [InlineData("mt_dotnet_type = 'Scim.Domain.Users.UserDeleted, Scim.Domain'")]
    [InlineData("id = gen_random_uuid()")]
    public async Task A_row_that_its_owner_changed_is_found_at_exactly_its_version(string change)
    {
        using var organization = await service.NewOrganization();
        var id = Guid.Parse((await Life(organization, delete: false)).Id);
        await using var source = NpgsqlDataSource.Create(service.OwnerConnectionString);
        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken); // never committed
        Assert.Null(FirstBroken(await Rows(connection, organization.Id, id)));

        await using var command = new NpgsqlCommand($"update history.mt_events set {change} where tenant_id = $1 and stream_id = $2 and version = 3", connection);
        command.Parameters.Add(new() { Value = organization.Id.ToString("D") });
        command.Parameters.Add(new() { Value = id });
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));

        Assert.Equal(3, FirstBroken(await Rows(connection, organization.Id, id)));
    }

    [Fact]
    public async Task Without_the_persons_key_every_value_reads_as_erased_and_the_fold_goes_on()
    {
        using var organization = await service.NewOrganization();
        var (id, wrapped) = await Life(organization, delete: false);
        var tenant = organization.Id.ToString("D");
        await Positions.Settled(service, organization.Id); // its versions are those of somebody who is known
        await service.Sql("delete from history.person_key where tenant_id = $1", tenant);
        try
        {
            User? folded = null;
            foreach (var e in await service.Get<HistoryReader>().Stream(organization.Id, Guid.Parse(id), TestContext.Current.CancellationToken))
            {
                var read = (UserEvent)e.Event;
                var personal = read.GetType().GetProperties().Where(p => p.PropertyType.IsGenericType && p.PropertyType.GetGenericTypeDefinition() == typeof(Personal<>)).ToArray();
                Assert.NotEmpty(personal);
                Assert.All(personal, p => Assert.Equal(false, p.PropertyType.GetProperty("IsKnown")!.GetValue(p.GetValue(read))));
                folded = User.Fold(folded, read, e.Fact);
            }
            Assert.Equal(5, folded!.Version);
            Assert.DoesNotContain(Canary, folded.Resource.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.Null(folded.UserNameKey);
        }
        finally
        {
            await service.Sql("insert into history.person_key (tenant_id, person_id, wrapped) values ($1, $2, $3)", tenant, Guid.Parse(id), wrapped);
        }
    }

    async Task<(string Id, byte[] Wrapped)> Life(TestOrganization organization, bool delete = true)
    {
        var id = (await organization.Post("Users", $$"""
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{Canary}}@example.com","externalId":"{{Canary}}-1","displayName":"Ada {{Canary}}","nickName":"{{Canary}}",
             "name":{"givenName":"Ada","familyName":"{{Canary}}"},"emails":[{"value":"{{Canary}}@example.com","type":"work"}],"phoneNumbers":[{"value":"tel:{{Canary}}"}],
             "addresses":[{"streetAddress":"{{Canary}} 1","type":"home"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"{{Canary}}"},"favouriteColour":"{{Canary}}","Ada {{Canary}}":"no name of an attribute"}
            """)).Id;
        await organization.Patch($"Users/{id}", $$"""[{"op":"replace","path":"userName","value":"renamed-{{Canary}}@example.com"}]""");
        await organization.Patch($"Users/{id}", $$"""[{"op":"replace","path":"emails[value eq \"{{Canary}}@example.com\"].value","value":"other-{{Canary}}@example.com"}]""");
        await organization.Patch($"Users/{id}", """[{"op":"replace","path":"active","value":false}]""");
        await organization.Patch($"Users/{id}", """[{"op":"replace","path":"active","value":true}]""");
        await organization.Post("Users", $$"""{"userName":"RENAMED-{{Canary}}@example.com"}"""); // refused
        await organization.Patch($"Users/{id}", $$"""[{"op":"replace","path":"{{Canary}}[[","value":1}]"""); // not understood
        await organization.Get($"Users?filter=userName%20eq%20%22{Canary}%22");
        var wrapped = (byte[])(await service.Sql("select wrapped from history.person_key where tenant_id = $1 and person_id = $2", organization.Id.ToString("D"), Guid.Parse(id)))!;
        if (delete) Assert.Equal(204, (await organization.Delete($"Users/{id}")).Status);
        return (id, wrapped);
    }

    /// <summary>Searches each row as text and each column of bytes as bytes, in any case.</summary>
    async Task<IReadOnlyList<string>> TablesThatHold(string text, params string[] schemas)
    {
        await using var source = NpgsqlDataSource.Create(service.OwnerConnectionString);
        var found = new List<string>();
        foreach (var (table, columns) in await Tables(source, schemas))
        {
            var bytes = string.Concat(columns.Select(c => $" or lower(encode(t.{c}, 'escape')) like $1"));
            await using var command = source.CreateCommand($"select count(*) from {table} t where lower(row(t.*)::text) like $1{bytes}");
            command.Parameters.Add(new() { Value = $"%{text.ToLowerInvariant()}%" });
            if (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is not 0L) found.Add(table);
        }
        return found;
    }

    static async Task<IReadOnlyList<(string Table, string[] Bytes)>> Tables(NpgsqlDataSource source, string[] schemas)
    {
        await using var command = source.CreateCommand("""
            select format('%I.%I', n.nspname, c.relname), array(select quote_ident(attname) from pg_attribute where attrelid = c.oid and atttypid = 'bytea'::regtype and not attisdropped)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname = any($1)
            """);
        command.Parameters.Add(new() { Value = schemas });
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var tables = new List<(string, string[])>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) tables.Add((reader.GetString(0), reader.GetFieldValue<string[]>(1)));
        Assert.NotEmpty(tables);
        return tables;
    }

    async Task<string> PostgresLog()
    {
        var log = await service.PostgresLog();
        Assert.True(log.Length > 0, "PostgreSQL's log was found.");
        return log;
    }

    static long? FirstBroken(IReadOnlyList<StoredEvent> stream)
    {
        ReadOnlyMemory<byte> previous = Chain.Genesis;
        foreach (var e in stream)
        {
            previous = Chain.Hash(previous.Span, e);
            if (Convert.ToBase64String(previous.Span) != e.Headers[Chain.HashHeader]) return e.Version;
        }
        return null;
    }

    async Task<IReadOnlyList<StoredEvent>> Rows(Guid organization, Guid stream)
    {
        await using var source = NpgsqlDataSource.Create(service.OwnerConnectionString);
        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        return await Rows(connection, organization, stream);
    }

    // By the columns alone, with no knowledge of event types.
    static async Task<IReadOnlyList<StoredEvent>> Rows(NpgsqlConnection connection, Guid organization, Guid stream)
    {
        await using var command = new NpgsqlCommand("""
            select tenant_id, stream_id, version, id, type, mt_dotnet_type, timestamp, user_name, headers::text, bdata
            from history.mt_events where tenant_id = $1 and stream_id = $2 order by version
            """, connection);
        command.Parameters.Add(new() { Value = organization.ToString("D") });
        command.Parameters.Add(new() { Value = stream });
        await using var r = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<StoredEvent>();
        while (await r.ReadAsync(TestContext.Current.CancellationToken))
            rows.Add(new StoredEvent(r.GetString(0), r.GetGuid(1), r.GetInt64(2), r.GetGuid(3), r.GetString(4), r.GetString(5), r.GetFieldValue<DateTimeOffset>(6),
                r.GetString(7), null, null, JsonSerializer.Deserialize<Dictionary<string, string>>(r.GetString(8))!, r.GetFieldValue<byte[]>(9)));
        return rows;
    }
}
