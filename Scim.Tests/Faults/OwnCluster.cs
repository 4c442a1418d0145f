using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Scim.Api.Hosting.Embedded;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Faults;

/// <summary>A PostgreSQL for tests that stop it, kill it, or need a database from its first day.</summary>
public sealed class OwnCluster : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    EmbeddedPostgres _postgres = null!;

    public async ValueTask InitializeAsync()
    {
        _postgres = await _folder.AcquireAsync();
        // Dozens of databases that live for seconds: else one of them is visited every second, by a process of its own.
        await Sql.ScalarAsync(_postgres.SuperuserConnectionString, "alter system set autovacuum_naptime = '10min'");
        await Sql.ScalarAsync(_postgres.SuperuserConnectionString, "select pg_reload_conf()");
    }

    /// <summary>An empty database of the owner's, and for it a name of the service's login that nobody has made yet.</summary>
    internal async Task<OwnDatabase> NewDatabase(string options = "")
    {
        var name = "scim_" + Guid.NewGuid().ToString("N")[..12];
        await Accepts(_postgres.SuperuserConnectionString);
        await Sql.ScalarAsync(_postgres.SuperuserConnectionString, $"create database {name} owner scim_owner {options}");
        return new OwnDatabase(At(_postgres.OwnerConnectionString, name), At(_postgres.SuperuserConnectionString, name),
            new NpgsqlConnectionStringBuilder(At(_postgres.ServiceConnectionString, name)) { Username = name + "_service", Password = "service-password-" + name }.ConnectionString);
    }

    /// <summary>Ends the postmaster by a signal: INT is its fast stop, KILL a crash.</summary>
    internal async Task Kill(string signal)
    {
        var server = _folder.Server()!;
        _postgres.Abandon();
        using var kill = Process.Start("kill", ["-" + signal, server.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        for (var waited = 0; server.IsRunning(); waited++)
        {
            Assert.True(waited < 600, "PostgreSQL runs on for 30 s.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Starts it again on its old port.</summary>
    internal async Task Start() => _postgres = await _folder.AcquireAsync();

    /// <summary>Waits until PostgreSQL takes connections: after a crash it recovers, and refuses everybody meanwhile.</summary>
    internal static Task Accepts(string connectionString) => Until.True(async () =>
    {
        try
        {
            return await Sql.ScalarAsync(connectionString, "select 1") is 1;
        }
        catch (NpgsqlException e) when (e is not PostgresException { SqlState: not (PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown) })
        {
            return false;
        }
    }, "PostgreSQL accepts no connection for a minute.", 60);

    public async ValueTask DisposeAsync()
    {
        await _postgres.DisposeAsync();
        await _folder.DisposeAsync();
    }

    static string At(string connectionString, string database) => new NpgsqlConnectionStringBuilder(connectionString) { Database = database }.ConnectionString;
}

/// <summary>One database of that cluster, as its three logins reach it.</summary>
internal sealed record OwnDatabase(string Owner, string Superuser, string Login)
{
    /// <summary>Any 32 bytes serve as a master key.</summary>
    internal const string MasterKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    /// <summary>The settings of a service on it; another login, or another way to it, may be given.</summary>
    internal Dictionary<string, string?> Settings(string? directory = null) => new()
    {
        ["ConnectionStrings:Directory"] = directory ?? Login,
        ["ConnectionStrings:Owner"] = Owner,
        ["Keys:Master"] = MasterKey,
    };

    /// <summary>The settings of the program as a process on it: unhurried clients, and connections and threads that are given back soon, so that a leak is seen.</summary>
    internal Dictionary<string, string?> ProgramSettings() => new(Settings(Login + ";Connection Idle Lifetime=2;Connection Pruning Interval=1"))
    {
        ["Limits:TokenRate"] = "100000",
        ["Limits:StrangerRate"] = "100000",
        ["DOTNET_ThreadPool_ThreadTimeoutMs"] = "2000", // else 20 s
    };

    /// <summary>Starts a service; when it is disposed the whole history is held against the directory.</summary>
    internal static async Task<TestService> Start(Dictionary<string, string?> settings)
    {
        var service = new TestService(settings);
        try
        {
            await service.InitializeAsync();
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }
}

[CollectionDefinition(Name)]
public sealed class OnOwnCluster : ICollectionFixture<OwnCluster>
{
    internal const string Name = "A PostgreSQL that may fail";
}

/// <summary>One beside it, so that slow runs of both go on at once.</summary>
[CollectionDefinition(Name)]
public sealed class OnKilledCluster : ICollectionFixture<OwnCluster>
{
    internal const string Name = "A PostgreSQL whose services are killed";
}

/// <summary>One that nobody stops, for tests that need a database from its first day, or count what goes on in it.</summary>
[CollectionDefinition(Name)]
public sealed class OnSteadyCluster : ICollectionFixture<OwnCluster>
{
    internal const string Name = "A PostgreSQL of its own";
}
