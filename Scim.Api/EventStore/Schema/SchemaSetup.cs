using JasperFx;
using JasperFx.Core;
using Marten;
using Npgsql;
using Scim.Api.EventStore.Sealing;
using Scim.Api.Hosting;
using Weasel.Core;

namespace Scim.Api.EventStore.Schema;

/// <summary>
/// Creates database objects with the owner's login, and asserts with the service's that all are there. Changes are
/// additive and applied before the service starts to answer; at run time nothing is created.
/// </summary>
internal static class SchemaSetup
{
    // Any number that nobody else uses: two starting nodes apply one after the other.
    const long Lock = 0x5C1_5C4E_0001;

    /// <summary>Creates the service's login, the schemas, their objects and the grants. Applying twice changes nothing.</summary>
    internal static async Task ApplyAsync(NpgsqlDataSource owner, NpgsqlDataSource? registryOwner, string serviceLogin, string? servicePassword, CancellationToken ct)
    {
        await using var guard = await owner.OpenConnectionAsync(ct);
        AssertEncoding(guard);
        await RunAsync(guard, $"select pg_advisory_lock({Lock})", ct);
        await CreateLoginAsync(guard, serviceLogin, servicePassword, ct);
        await RunAsync(guard, Schema("history") + Schema("directory"), ct);
        if (registryOwner is not null)
        {
            await using var registry = await registryOwner.OpenConnectionAsync(ct);
            AssertEncoding(registry);
            await RunAsync(registry, Schema("registry") + Script("registry.sql"), ct);
            await RunAsync(registry, Grants("registry-grants.sql", serviceLogin), ct);
        }

        await using (var store = StoreOfObjects(new Placement([new Shard("owner", owner, owner)], owner), AutoCreate.CreateOrUpdate))
            foreach (var database in await store.Options.Tenancy.BuildDatabases()) await database.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate, ct: ct);

        await RunAsync(guard, Script("history.sql") + Script("directory.sql") + Grants("grants.sql", serviceLogin), ct);
        await RunAsync(guard, $"select pg_advisory_unlock({Lock})", ct); // a pooled connection would keep it
    }

    /// <summary>Asserts that every object is there and that the service's login is no more than it should be.</summary>
    /// <exception cref="StartupException">What is missing, with the SQL that creates it.</exception>
    internal static async Task AssertAsync(Placement placement, CancellationToken ct)
    {
        var sql = new StringWriter();
        await using var store = StoreOfObjects(placement, AutoCreate.None);
        var databases = await store.Options.Tenancy.BuildDatabases();
        await using (var connection = await placement.Registry.OpenConnectionAsync(ct)) AssertEncoding(connection);
        foreach (var (shard, database) in placement.Shards.Zip(databases))
        {
            await using (var connection = await shard.Write.OpenConnectionAsync(ct)) AssertEncoding(connection);
            var login = await AssertLoginAsync(shard.Write, ct);
            var migration = await database.CreateMigrationAsync(ct);
            var missing = await MissingAsync(shard.Write, "history", ct) + await MissingAsync(shard.Write, "directory", ct);
            if (migration.Difference != SchemaPatchDifference.None || missing.Length > 0)
            {
                await sql.WriteLineAsync($"-- in the database {new NpgsqlConnectionStringBuilder(shard.Write.ConnectionString).Database}\n{Schema("history")}{Schema("directory")}");
                migration.WriteAllUpdates(sql, database.Migrator, AutoCreate.CreateOrUpdate);
                await sql.WriteLineAsync(missing + Grants("grants.sql", login));
            }
            else await AssertSequenceAsync(shard.Write, ct);
        }
        if (await MissingAsync(placement.Registry, "registry", ct) is { Length: > 0 } registry)
            await sql.WriteLineAsync($"-- in the registry's database\n{Schema("registry")}{registry}{Grants("registry-grants.sql", await LoginAsync(placement.Registry, ct))}");
        if (sql.ToString() is { Length: > 0 } script)
            throw new StartupException($"The database lacks objects that this build needs. Give ConnectionStrings__Owner once, or run as the owner:\n{script}");
    }

    // Names are sorted by their bytes and keys are Unicode: in another encoding people could not be stored, or not be found.
    static void AssertEncoding(NpgsqlConnection connection)
    {
        if (connection.PostgresParameters.GetValueOrDefault("server_encoding") is not { } encoding || encoding == "UTF8") return;
        throw new StartupException($"The database \"{connection.Database}\" has the encoding {encoding}; it must be UTF8. Make another: create database … encoding 'UTF8' template template0.");
    }

    // A login that owns the history can rewrite it, like a superuser; one that lacks its settings was never granted anything.
    static async Task<string> AssertLoginAsync(NpgsqlDataSource service, CancellationToken ct)
    {
        await using var command = service.CreateCommand("""
            select rolname, rolsuper, exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'history' and pg_has_role(r.oid, c.relowner, 'member')),
                   current_setting('lock_timeout') <> '2s' and to_regnamespace('history') is not null
            from pg_roles r where rolname = current_user
            """);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var login = reader.GetString(0);
        if (reader.GetBoolean(1)) throw Superuser(login);
        if (reader.GetBoolean(2))
            throw new StartupException($"The login \"{login}\" of ConnectionStrings__Directory owns the history, and could rewrite it. Name a login of its own there and the owner in ConnectionStrings__Owner.");
        if (reader.GetBoolean(3)) throw new StartupException($"The login \"{login}\" lacks its settings. Run as its owner:\n{Grants("grants.sql", login)}");
        return login;
    }

    static StartupException Superuser(string login) =>
        new($"The login \"{login}\" of ConnectionStrings__Directory is a superuser, which could rewrite the history. Name a plain login there and the owner in ConnectionStrings__Owner.");

    // Each "create … if not exists NAME" of a script names an object that must be there.
    static async Task<string> MissingAsync(NpgsqlDataSource service, string schema, CancellationToken ct)
    {
        var missing = new StringWriter();
        foreach (var statement in Script($"{schema}.sql").Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = statement.Split('\n').Where(l => !l.StartsWith("--", StringComparison.Ordinal)).Join(" ").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0] != "create") continue; // what took an older thing away
            var name = words[Array.IndexOf(words, "exists") + 1];
            await using var command = service.CreateCommand("select to_regclass($1) is not null");
            command.Parameters.Add(new() { Value = name.Contains('.', StringComparison.Ordinal) ? name : $"{schema}.{name}" });
            if (await command.ExecuteScalarAsync(ct) is not true) await missing.WriteAsync(statement + ";\n");
        }
        return missing.ToString();
    }

    // With a cache, a number taken later could be smaller, and positions would put effects before their causes.
    static async Task AssertSequenceAsync(NpgsqlDataSource service, CancellationToken ct)
    {
        await using var command = service.CreateCommand("select cache_size from pg_sequences where schemaname = 'history' and sequencename = 'commit_ord'");
        if (await command.ExecuteScalarAsync(ct) is not 1L) throw new StartupException("The sequence history.commit_ord must have CACHE 1: alter sequence history.commit_ord cache 1;");
    }

    static async Task CreateLoginAsync(NpgsqlConnection owner, string login, string? password, CancellationToken ct)
    {
        await using var super = new NpgsqlCommand("select rolsuper from pg_roles where rolname = $1", owner);
        super.Parameters.Add(new() { Value = login });
        if (await super.ExecuteScalarAsync(ct) is true) throw Superuser(login); // before it is given settings
        await using var find = new NpgsqlCommand("select format(case when exists (select from pg_roles where rolname = $1) then null else 'create role %I login password %L' end, $1, $2)", owner);
        find.Parameters.Add(new() { Value = login });
        find.Parameters.Add(new() { Value = (object?)password ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        if (await find.ExecuteScalarAsync(ct) is string create) await RunAsync(owner, create, ct);
    }

    static async Task<string> LoginAsync(NpgsqlDataSource service, CancellationToken ct)
    {
        await using var command = service.CreateCommand("select current_user::text");
        return (string)(await command.ExecuteScalarAsync(ct))!;
    }

    // DDL touches no event, so any key serves.
    static DocumentStore StoreOfObjects(Placement placement, AutoCreate autoCreate) =>
        EventStoreOptions.BuildStore(placement, new SealedEvents(new KeyRing(new MasterKey(new byte[32]), placement, TimeProvider.System), EventStoreOptions.Json), TimeProvider.System, autoCreate);

    static string Schema(string name) => $"create schema if not exists {name};\n";

    static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 60 };
        await command.ExecuteNonQueryAsync(ct);
    }

    static string Grants(string script, string login) => Script(script).Replace("{service}", $"\"{login.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", StringComparison.Ordinal);

    internal static string Script(string name)
    {
        using var reader = new StreamReader(typeof(SchemaSetup).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
