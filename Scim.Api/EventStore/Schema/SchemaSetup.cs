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
        await RunAsync(guard, $"select pg_advisory_lock({Lock})", ct);
        await CreateLoginAsync(guard, serviceLogin, servicePassword, ct);
        await RunAsync(guard, "create schema if not exists history; create schema if not exists directory;", ct);
        if (registryOwner is not null)
        {
            await using var registry = await registryOwner.OpenConnectionAsync(ct);
            await RunAsync(registry, "create schema if not exists registry;" + Script("registry.sql"), ct);
            await RunAsync(registry, Grants("registry-grants.sql", serviceLogin), ct);
        }

        var shard = new Shard("owner", owner, owner);
        var placement = new Placement([shard], owner);
        var keys = new KeyRing(new MasterKey(new byte[32]), placement, TimeProvider.System); // DDL touches no event
        await using (var store = EventStoreOptions.BuildStore(placement, new SealedEvents(keys, EventStoreOptions.Json), TimeProvider.System, AutoCreate.CreateOrUpdate))
            foreach (var database in await store.Options.Tenancy.BuildDatabases()) await database.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate, ct: ct);

        await RunAsync(guard, Script("history.sql") + Script("directory.sql") + Grants("grants.sql", serviceLogin), ct);
        await RunAsync(guard, $"select pg_advisory_unlock({Lock})", ct); // a pooled connection would keep it
    }

    /// <summary>Asserts that every object is there and that the service's login is no more than it should be.</summary>
    /// <exception cref="StartupException">What is missing, with the SQL that creates it.</exception>
    internal static async Task AssertAsync(IDocumentStore store, Placement placement, CancellationToken ct)
    {
        foreach (var shard in placement.Shards) await AssertLoginAsync(shard.Write, ct);
        foreach (var database in await ((DocumentStore)store).Options.Tenancy.BuildDatabases())
        {
            var migration = await database.CreateMigrationAsync(ct);
            if (migration.Difference == SchemaPatchDifference.None) continue;
            var writer = new StringWriter();
            migration.WriteAllUpdates(writer, database.Migrator, AutoCreate.CreateOrUpdate);
            throw Missing(writer.ToString());
        }
        foreach (var shard in placement.Shards)
        {
            await AssertObjectsAsync(shard.Write, "history.sql", ct);
            await AssertObjectsAsync(shard.Write, "directory.sql", ct);
            await AssertSequenceAsync(shard.Write, ct);
        }
        await AssertObjectsAsync(placement.Registry, "registry.sql", ct);
    }

    static async Task AssertLoginAsync(NpgsqlDataSource service, CancellationToken ct)
    {
        await using var command = service.CreateCommand("select rolsuper, rolname, current_setting('lock_timeout'), has_schema_privilege(rolname, 'public', 'create') from pg_roles where rolname = current_user");
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        if (reader.GetBoolean(0))
            throw new StartupException($"The login \"{reader.GetString(1)}\" of ConnectionStrings__Directory is a superuser, which could rewrite the history. Name a plain login there and the owner in ConnectionStrings__Owner.");
        if (reader.GetString(2) != "2s")
            throw new StartupException($"The login \"{reader.GetString(1)}\" lacks its settings. Run as its owner:\n{Grants("grants.sql", reader.GetString(1))}");
    }

    // Each "create … if not exists NAME" of a script names an object that must be there.
    static async Task AssertObjectsAsync(NpgsqlDataSource service, string script, CancellationToken ct)
    {
        var missing = new List<string>();
        foreach (var statement in Script(script).Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = statement.Split('\n').Where(l => !l.StartsWith("--", StringComparison.Ordinal)).Join(" ").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var name = words[Array.IndexOf(words, "exists") + 1];
            var schema = script.Replace(".sql", "", StringComparison.Ordinal);
            await using var command = service.CreateCommand("select to_regclass($1) is not null");
            command.Parameters.Add(new() { Value = name.Contains('.', StringComparison.Ordinal) ? name : $"{schema}.{name}" });
            if (await command.ExecuteScalarAsync(ct) is not true) missing.Add(statement + ";");
        }
        if (missing.Count > 0) throw Missing(missing.Join("\n"));
    }

    // With a cache, a number taken later could be smaller, and positions would put effects before their causes.
    static async Task AssertSequenceAsync(NpgsqlDataSource service, CancellationToken ct)
    {
        await using var command = service.CreateCommand("select cache_size from pg_sequences where schemaname = 'history' and sequencename = 'commit_ord'");
        if (await command.ExecuteScalarAsync(ct) is not 1L) throw new StartupException("The sequence history.commit_ord must have CACHE 1: alter sequence history.commit_ord cache 1;");
    }

    static async Task CreateLoginAsync(NpgsqlConnection owner, string login, string? password, CancellationToken ct)
    {
        await using var find = new NpgsqlCommand("select format(case when exists (select from pg_roles where rolname = $1) then null else 'create role %I login password %L' end, $1, $2)", owner);
        find.Parameters.Add(new() { Value = login });
        find.Parameters.Add(new() { Value = (object?)password ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        if (await find.ExecuteScalarAsync(ct) is string create) await RunAsync(owner, create, ct);
    }

    static StartupException Missing(string sql) =>
        new($"The database lacks objects that this build needs. Give ConnectionStrings__Owner once, or run as the owner:\n{sql}");

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
