using Npgsql;
using Scim.Api.Hosting;

namespace Scim.Api.EventStore.Schema;

/// <summary>
/// Which version of our schema a database has: one row in <c>history.schema_version</c> and, in the registry's database,
/// <c>registry.schema_version</c>. The owner writes it, the service's login can only read it.
/// </summary>
internal static class SchemaVersion
{
    /// <summary>What this build needs: one more with every change of the scripts beside this file or of what Marten makes.</summary>
    internal const int Current = 10;

    /// <summary>The version of a database with our objects and no row: made before there was one.</summary>
    const int BeforeAll = 0;

    /// <summary>The statement that raises the row to this build's version; never lowers it.</summary>
    internal static string Raise(string schema) =>
        $"insert into {schema}.schema_version (version) values ({Current}) on conflict (one) do update set version = excluded.version where schema_version.version < excluded.version;\n";

    /// <summary>The version that a database has; null where our schema is not there at all.</summary>
    internal static async Task<int?> ReadAsync(NpgsqlConnection connection, string schema, CancellationToken ct)
    {
        await using var look = new NpgsqlCommand($"select to_regnamespace('{schema}') is not null, to_regnamespace('{schema}') is not null and to_regclass('{schema}.schema_version') is not null", connection);
        await using (var reader = await look.ExecuteReaderAsync(ct))
        {
            await reader.ReadAsync(ct);
            if (!reader.GetBoolean(0)) return null;
            if (!reader.GetBoolean(1)) return BeforeAll;
        }
        await using var read = new NpgsqlCommand($"select version from {schema}.schema_version", connection);
        return await read.ExecuteScalarAsync(ct) as int? ?? BeforeAll;
    }

    /// <exception cref="StartupException">The database is ahead of this build, which must then change nothing of it.</exception>
    internal static async Task AssertNotNewerAsync(NpgsqlConnection connection, string schema, CancellationToken ct)
    {
        if (await ReadAsync(connection, schema, ct) is { } version and > Current)
            throw new StartupException($"The database \"{connection.Database}\" has version {version} of the schema {schema}, and this build ({BuildVersion.Text}) knows version {Current}: it is too old for this database. Start the newer build.");
    }

    /// <exception cref="StartupException">The database has another version than this build needs.</exception>
    internal static async Task AssertAsync(NpgsqlConnection connection, string schema, CancellationToken ct)
    {
        await AssertNotNewerAsync(connection, schema, ct);
        if (await ReadAsync(connection, schema, ct) is { } version and < Current)
            throw new StartupException($"The database \"{connection.Database}\" has version {version} of the schema {schema}, and this build ({BuildVersion.Text}) needs version {Current}. " +
                $"Set ConnectionStrings__{(schema == "registry" ? "RegistryOwner (or Owner, where one database holds all)" : "Owner")} for this start, or run `database apply` with it once; without it that command prints the SQL.");
    }
}
