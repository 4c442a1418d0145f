using Npgsql;
using Scim.Api.Hosting.Embedded;

namespace Scim.Api.Hosting;

/// <summary>
/// The connection strings that configuration gives, or those of the embedded server. Settings that the service relies
/// on are added where a string leaves them out; hosts are never looked into, so a string may name several.
/// </summary>
/// <param name="Directory">The service's login.</param>
/// <param name="Registry">Where placement and shared keys stand; by default the same database.</param>
/// <param name="Owner">The login that creates objects; null where somebody else does that.</param>
/// <param name="RegistryOwner">The same for a registry of its own.</param>
internal sealed record Connections(string Directory, string Registry, string? Owner, string? RegistryOwner)
{
    internal static Connections Of(IConfiguration configuration, EmbeddedPostgres? embedded)
    {
        if (embedded is not null)
            return new(Tuned(embedded.ServiceConnectionString), Tuned(embedded.ServiceConnectionString), embedded.OwnerConnectionString, embedded.OwnerConnectionString);
        var directory = configuration.GetConnectionString("Directory")!;
        var owner = configuration.GetConnectionString("Owner");
        var registry = configuration.GetConnectionString("Registry");
        return new(Tuned(directory), Tuned(registry ?? directory), owner, registry is null ? owner : configuration.GetConnectionString("RegistryOwner"));
    }

    /// <summary>Whether a server of our own must run, because none is configured.</summary>
    internal static bool NeedEmbedded(IConfiguration configuration) => string.IsNullOrWhiteSpace(configuration.GetConnectionString("Directory"));

    /// <summary>A data source for a string that may name several hosts: always the one that accepts writes.</summary>
    internal static NpgsqlDataSource DataSource(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        return connectionString.Contains(',', StringComparison.Ordinal)
            ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.ReadWrite)
            : builder.Build();
    }

    static string Tuned(string connectionString)
    {
        var given = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = connectionString };
        foreach (var (name, value) in Defaults)
            if (!given.ContainsKey(name)) given[name] = value;
        return given.ConnectionString;
    }

    static readonly (string Name, object Value)[] Defaults =
    [
        ("Maximum Pool Size", 40), // a node's share of a shard's connections
        ("Timeout", 2), // a request waits no longer for a connection
        ("Command Timeout", 5), // a frozen server is given up; lists set their own
        ("Cancellation Timeout", -1), // a statement past its deadline loses its connection; asking a silent server to cancel costs two seconds more
        ("Max Auto Prepare", 100), // a third to a half more commits a second
        ("No Reset On Close", true), // nothing is ever set on a session; six statements less each time a connection is given back
        ("Host Recheck Seconds", 2),
        ("Keepalive", 30),
        ("Application Name", "scim"),
    ];
}
