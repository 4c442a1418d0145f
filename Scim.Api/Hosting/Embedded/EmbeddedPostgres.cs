using System.Diagnostics;
using Npgsql;

namespace Scim.Api.Hosting.Embedded;

/// <summary>
/// One process's hold on the PostgreSQL of a data folder. The first to hold it starts the server, others find it running,
/// also when the one that started it was killed; the last to let go stops it.
/// </summary>
internal sealed class EmbeddedPostgres : IAsyncDisposable
{
    // `transition` is held while the server starts or stops; `in-use` is shared by all who hold the server.
    const string Transition = "transition", InUse = "in-use";

    static readonly TimeSpan OthersPatience = TimeSpan.FromSeconds(30);
    static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    readonly DataFolder folder;
    readonly Cluster cluster;
    readonly ILogger log;
    readonly SoleUse? soleUse;
    FolderLock? inUse;
    bool released;

    EmbeddedPostgres(DataFolder folder, Cluster cluster, SoleUse? soleUse, ILogger log) =>
        (this.folder, this.cluster, this.soleUse, this.log) = (folder, cluster, soleUse, log);

    /// <summary>The database as its owner, <c>scim_owner</c>: may create schemas, tables and roles.</summary>
    internal string OwnerConnectionString { get; private set; } = "";

    /// <summary>The database as <c>scim_service</c>, a role that whoever lays out the database makes with this password.</summary>
    internal string ServiceConnectionString { get; private set; } = "";

    /// <summary>The maintenance database as superuser: for tests and for repair by hand.</summary>
    internal string SuperuserConnectionString { get; private set; } = "";

    /// <summary>Where PostgreSQL writes its log.</summary>
    internal string LogFile => cluster.LogFile;

    /// <summary>Finds the folder's server or starts it, and holds it until disposed.</summary>
    internal static Task<EmbeddedPostgres> AcquireAsync(DataFolder folder, FolderRole role, ILogger log, CancellationToken ct) =>
        AcquireAsync(folder, role, PostgresBinaries.Find, log, ct);

    /// <summary>The same with given binaries: the look-up is told which major version the cluster needs, null for a new one.</summary>
    internal static async Task<EmbeddedPostgres> AcquireAsync(
        DataFolder folder, FolderRole role, Func<int?, PostgresBinaries> binaries, ILogger log, CancellationToken ct)
    {
        var soleUse = role is FolderRole.Command ? null : await SoleUse.TakeAsync(folder, role, OthersPatience, log, ct);
        try
        {
            using var transition = await FolderLock.WaitExclusiveAsync(folder, Transition, OthersPatience, ct)
                ?? throw new StartupException($"Another process has been starting or stopping PostgreSQL in {folder.FullPath} for {OthersPatience.TotalSeconds} s. Start again later.");
            var cluster = new Cluster(folder, binaries(Cluster.MajorOf(folder)), await Launcher.CreateAsync(folder, ct), log);
            var held = new EmbeddedPostgres(folder, cluster, soleUse, log);
            try
            {
                await held.EnterAsync(ct);
                return held;
            }
            catch
            {
                await held.LeaveAsync();
                throw;
            }
        }
        catch
        {
            soleUse?.Dispose();
            throw;
        }
    }

    /// <summary>Lets go of the server, and stops it when nobody else holds it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (released)
            return;
        released = true;
        using (var transition = await FolderLock.WaitExclusiveAsync(folder, Transition, OthersPatience, CancellationToken.None))
        {
            // Without the lock another process is about to hold the server or to stop it: it is theirs.
            if (transition is null)
                inUse?.Dispose();
            else
                await LeaveAsync();
        }
        soleUse?.Dispose();
    }

    /// <summary>Lets go as a killed process does: the locks vanish, the server runs on.</summary>
    internal void Abandon()
    {
        released = true;
        inUse?.Dispose();
        soleUse?.Dispose();
    }

    async Task EnterAsync(CancellationToken ct)
    {
        // Only those in transition take this lock, one at a time, so it is free for sharing.
        inUse = FolderLock.TryShared(folder, InUse)
            ?? throw new StartupException($"The lock {InUse} in {folder.Locks} is held by a stranger.");
        await cluster.EnsureMadeAsync(ct);

        var clock = Stopwatch.StartNew();
        var running = Postmaster.TryRead(cluster.Data);
        if (running is not null && !running.IsRunning())
        {
            running.Disown();
            running = null;
        }
        await using var superuser = await ConnectAsync(running?.Port ?? await cluster.StartAsync(StartPatience, ct), clock, ct);
        var port = new NpgsqlConnectionStringBuilder(superuser.ConnectionString).Port;
        var ownerPassword = await FirstRoles.EnsureAsync(folder, superuser, ct);
        OwnerConnectionString = ConnectionString(port, FirstRoles.Database, FirstRoles.Owner, ownerPassword);
        ServiceConnectionString = ConnectionString(port, FirstRoles.Database, FirstRoles.Service, FirstRoles.ServicePassword(folder));
        log.LogInformation("PostgreSQL in {Folder} {State} on port {Port} within {Elapsed} ms",
            cluster.Data, running is null ? "started" : "was running", port, clock.ElapsedMilliseconds);
    }

    async Task LeaveAsync()
    {
        inUse?.Dispose();
        using var alone = FolderLock.TryExclusive(folder, InUse);
        // A recovery that outlasts our patience goes on, so that the next start finds it further.
        if (alone is not null && !cluster.IsRecovering)
            await cluster.StopAsync();
    }

    /// <summary>Connects as superuser; a server that was found may still be recovering, or be about to end and need a new start.</summary>
    async Task<NpgsqlConnection> ConnectAsync(int port, Stopwatch clock, CancellationToken ct)
    {
        var password = folder.TryReadSecret(Cluster.SuperuserSecret)!;
        for (var attempt = 1; ; attempt++)
        {
            SuperuserConnectionString = ConnectionString(port, "postgres", "postgres", password);
            var connection = new NpgsqlConnection(SuperuserConnectionString + ";Pooling=false;Timeout=5");
            try
            {
                await connection.OpenAsync(ct);
                await ProveOursAsync(connection, ct);
                return connection;
            }
            catch (NpgsqlException e) when (e is not PostgresException { SqlState: not PostgresErrorCodes.CannotConnectNow })
            {
                await connection.DisposeAsync();
                if (clock.Elapsed > StartPatience)
                    throw cluster.GiveUp(StartPatience);
                if (attempt % 50 == 0)
                    log.LogInformation("Waiting for PostgreSQL in {Folder} to accept connections ({Reason})", cluster.Data, e.Message);
                await Task.Delay(100, ct);
                if (Postmaster.TryRead(cluster.Data)?.IsRunning() != true)
                    port = await cluster.StartAsync(StartPatience, ct);
            }
            catch (PostgresException e)
            {
                await connection.DisposeAsync();
                throw new StartupException($"The PostgreSQL that runs in {cluster.Data} refuses us ({e.MessageText}). Stop it and start again.", e);
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }
    }

    async Task ProveOursAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("show data_directory", connection);
        var serves = (string?)await command.ExecuteScalarAsync(ct);
        if (serves != Postmaster.TryRead(cluster.Data)?.DataDirectory)
            throw new StartupException($"The server that {cluster.Data} names serves {serves} instead. Stop it and start again.");
    }

    static string ConnectionString(int port, string database, string user, string password) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Database = database,
            Username = user,
            Password = password,
            // While our server is down anyone on this machine may listen on its port: the password is proved, never told.
            RequireAuth = "ScramSHA256",
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;
}
