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
    internal const long Lock = 0x5C1_5C4E_0001;

    /// <summary>
    /// Creates the service's login, the schemas, their objects and the grants. Where all of it is there nothing is run, for
    /// even what would change nothing takes locks, and other nodes are at work.
    /// </summary>
    internal static async Task ApplyAsync(NpgsqlDataSource owner, NpgsqlDataSource? registryOwner, string serviceLogin, string? servicePassword, CancellationToken ct)
    {
        await using var guard = await owner.OpenConnectionAsync(ct);
        AssertEncoding(guard);
        // An owner that was once named as the service's login has its impatience.
        await RunAsync(guard, "set lock_timeout = 0; set statement_timeout = 0", ct);
        await RunAsync(guard, $"select pg_advisory_lock({Lock})", ct);
        await SchemaVersion.AssertNotNewerAsync(guard, "history", ct);
        await CreateLoginAsync(guard, serviceLogin, servicePassword, ct);
        await RunAsync(guard, Schema("history") + Schema("directory"), ct);
        if (registryOwner is not null)
        {
            await using var registry = await registryOwner.OpenConnectionAsync(ct);
            AssertEncoding(registry);
            await SchemaVersion.AssertNotNewerAsync(registry, "registry", ct);
            if (!await IsGrantedAsync(registry, "registry", serviceLogin, ct) || !await IsWholeAsync(registryOwner, ["registry"], ct))
                await InTransactionAsync(registry, Objects("registry", serviceLogin), ct);
        }

        await using var store = StoreOfObjects(new Placement([new Shard("owner", owner, owner)], owner), AutoCreate.CreateOrUpdate);
        foreach (var database in await store.Options.Tenancy.BuildDatabases())
        {
            var isMartens = (await database.CreateMigrationAsync(ct)).Difference == SchemaPatchDifference.None;
            if (!isMartens) await database.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate, ct: ct);
            if (!isMartens || !await IsGrantedAsync(guard, "history", serviceLogin, ct) || !await IsWholeAsync(owner, ["history", "directory"], ct))
                await InTransactionAsync(guard, Objects("history", serviceLogin), ct);
        }
        await RunAsync(guard, $"select pg_advisory_unlock({Lock})", ct); // a pooled connection would keep it
    }

    /// <summary>Asserts that the schema is this build's, every object there, and the service's login no more than it should be.</summary>
    /// <exception cref="StartupException">What is missing, with the SQL that creates it.</exception>
    internal static async Task AssertAsync(Placement placement, CancellationToken ct)
    {
        foreach (var shard in placement.Shards)
        {
            await using var connection = await shard.Write.OpenConnectionAsync(ct);
            AssertEncoding(connection);
            await AssertLoginAsync(shard.Write, ct);
            await SchemaVersion.AssertAsync(connection, "history", ct);
        }
        await using (var connection = await placement.Registry.OpenConnectionAsync(ct))
        {
            AssertEncoding(connection);
            await SchemaVersion.AssertAsync(connection, "registry", ct);
        }
        if (await MissingSqlAsync(placement, ct) is { Length: > 0 } script)
            throw new StartupException($"The database lacks objects that this build needs. Give ConnectionStrings__Owner once, or run as the owner:\n{script}");
        foreach (var shard in placement.Shards) await AssertSequenceAsync(shard.Write, ct);
    }

    /// <summary>The SQL that brings the databases to this build's schema, for their owner to run; empty where nothing is missing.</summary>
    internal static async Task<string> MissingSqlAsync(Placement placement, CancellationToken ct)
    {
        var sql = new StringWriter();
        await using var store = StoreOfObjects(placement, AutoCreate.None);
        var databases = await store.Options.Tenancy.BuildDatabases();
        foreach (var (shard, database) in placement.Shards.Zip(databases))
        {
            var migration = await database.CreateMigrationAsync(ct);
            if (migration.Difference == SchemaPatchDifference.None && await IsWholeAsync(shard.Write, ["history", "directory"], ct)) continue;
            await sql.WriteLineAsync($"-- in the database {new NpgsqlConnectionStringBuilder(shard.Write.ConnectionString).Database}\n{Schema("history")}{Schema("directory")}");
            migration.WriteAllUpdates(sql, database.Migrator, AutoCreate.CreateOrUpdate);
            await sql.WriteLineAsync(Objects("history", await LoginAsync(shard.Write, ct)));
        }
        if (!await IsWholeAsync(placement.Registry, ["registry"], ct))
            await sql.WriteLineAsync($"-- in the registry's database\n{Objects("registry", await LoginAsync(placement.Registry, ct))}");
        return sql.ToString();
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

    // Each "create … if not exists NAME" of a script names an object that must be there; the first schema has the version.
    static async Task<bool> IsWholeAsync(NpgsqlDataSource service, string[] schemas, CancellationToken ct)
    {
        await using var connection = await service.OpenConnectionAsync(ct);
        if (await SchemaVersion.ReadAsync(connection, schemas[0], ct) != SchemaVersion.Current) return false;
        foreach (var schema in schemas)
            foreach (var statement in Scripts(schema).Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                var words = statement.Split('\n').Where(l => !l.StartsWith("--", StringComparison.Ordinal)).Join(" ").Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words[0] != "create") continue; // what took an older thing away
                var isFunction = words.Contains("function");
                var name = words[Array.IndexOf(words, isFunction ? "function" : "exists") + 1].Split('(')[0];
                await using var command = new NpgsqlCommand(isFunction ? "select to_regproc($1) is not null" : "select to_regclass($1) is not null", connection);
                command.Parameters.Add(new() { Value = name.Contains('.', StringComparison.Ordinal) ? name : $"{schema}.{name}" });
                if (await command.ExecuteScalarAsync(ct) is not true) return false;
            }
        return true;
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

    // Objects, grants and the version belong together: a database has all of them or is an older one.
    static string Objects(string schema, string login) => schema == "registry"
        ? Schema("registry") + Scripts("registry") + SchemaVersion.Raise("registry") + Grants("registry-grants.sql", login)
        : Scripts("history") + Scripts("directory") + SchemaVersion.Raise("history") + Grants("grants.sql", login);

    static string Scripts(string schema) => Script($"{schema}.sql") + schema switch { "history" => Script("request-log.sql") + Script("replay.sql") + Script("reads.sql"), "directory" => Script("versions.sql"), _ => "" };

    static string Schema(string name) => $"create schema if not exists {name};\n";

    // The version's grant is of the same transaction as all others, and the login's settings are.
    static async Task<bool> IsGrantedAsync(NpgsqlConnection owner, string schema, string login, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select coalesce((select has_table_privilege(r.oid, to_regclass($1), 'select') from pg_roles r where r.rolname = $2), false)", owner);
        command.Parameters.Add(new() { Value = $"{schema}.schema_version" });
        command.Parameters.Add(new() { Value = login });
        return await command.ExecuteScalarAsync(ct) is true;
    }

    // Other nodes write meanwhile: what cannot have its locks within a second lets them go on, and tries again.
    static async Task InTransactionAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await RunAsync(connection, $"begin;\nset local lock_timeout = '1s';\n{sql}commit;", ct);
                return;
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable && attempt < 30)
            {
                await RunAsync(connection, "rollback", ct);
                await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
            }
        }
    }

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
