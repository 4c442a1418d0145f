using Npgsql;

namespace Scim.Api.Hosting.Embedded;

/// <summary>The owner of the database and the database itself, made by the superuser once.</summary>
internal static class FirstRoles
{
    internal const string Owner = "scim_owner";
    internal const string Service = "scim_service";
    internal const string Database = "scim";

    const string OwnerSecret = "postgres-owner-password";
    const string ServiceSecret = "postgres-service-password";

    /// <summary>The service's role is made later, by the code that is given both connection strings; its password is already chosen here.</summary>
    internal static string ServicePassword(DataFolder folder) => folder.Secret(ServiceSecret, Cluster.NewPassword);

    /// <summary>Makes what is missing, and answers the owner's password.</summary>
    internal static async Task<string> EnsureAsync(DataFolder folder, NpgsqlConnection superuser, CancellationToken ct)
    {
        var lost = folder.TryReadSecret(OwnerSecret) is null;
        var password = folder.Secret(OwnerSecret, Cluster.NewPassword);

        bool owner, database;
        await using (var look = new NpgsqlCommand(
            "select exists (select from pg_roles where rolname = $1), exists (select from pg_database where datname = $2)", superuser))
        {
            look.Parameters.Add(new() { Value = Owner });
            look.Parameters.Add(new() { Value = Database });
            await using var row = await look.ExecuteReaderAsync(ct);
            await row.ReadAsync(ct);
            (owner, database) = (row.GetBoolean(0), row.GetBoolean(1));
        }

        // These statements take no parameters; the password is hexadecimal, the names are constants.
        if (!owner)
            await ExecuteAsync($"create role {Owner} login nosuperuser createrole password '{password}'");
        else if (lost)
            await ExecuteAsync($"alter role {Owner} password '{password}'");
        if (!database)
            await ExecuteAsync($"create database {Database} owner {Owner} encoding 'UTF8' template template0");
        return password;

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, superuser);
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}
