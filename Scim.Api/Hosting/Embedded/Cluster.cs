using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Scim.Api.Hosting.Embedded;

/// <summary>
/// The cluster in <c>postgres/data</c>: makes, starts and stops it. Whoever calls holds the folder's transition lock.
/// It listens on loopback TCP: that is the same on every system, while the path of a Unix socket must stay under 108 bytes.
/// </summary>
internal sealed class Cluster(DataFolder folder, PostgresBinaries binaries, Launcher launcher, ILogger log)
{
    internal const string SuperuserSecret = "postgres-superuser-password";

    const long LargestLog = 10 * 1024 * 1024;

    // Below the ranges from which systems number outgoing connections, so that the port is still ours after a pause.
    const int LowestPort = 15_000, HighestPort = 32_000;

    readonly string data = DataIn(folder);
    readonly string logFile = Path.Combine(folder.Postgres, "postgres.log");
    readonly string portFile = Path.Combine(folder.FullPath, "port");

    internal string Data => data;

    internal string LogFile => logFile;

    /// <summary>Whether the server was last seen running without accepting connections.</summary>
    internal bool IsRecovering { get; private set; }

    /// <summary>The major version that made the cluster in a folder; null when there is none yet.</summary>
    internal static int? MajorOf(DataFolder folder)
    {
        var file = Path.Combine(DataIn(folder), "PG_VERSION");
        if (!File.Exists(file))
            return null;
        // Before PostgreSQL 10 it says e.g. "9.6".
        return int.TryParse(File.ReadAllText(file).Split('.')[0], CultureInfo.InvariantCulture, out var major)
            ? major
            : throw new StartupException($"{file} does not say which PostgreSQL made the data beside it. Put the folder back from a backup.");
    }

    /// <summary>Makes the cluster when there is none.</summary>
    internal async Task EnsureMadeAsync(CancellationToken ct)
    {
        if (MajorOf(folder) is { } major)
        {
            if (major != binaries.Major)
            {
                throw new StartupException(
                    $"The data in {data} was made by PostgreSQL {major}, but {binaries.Folder} holds PostgreSQL {binaries.Major}. " +
                    $"Install PostgreSQL {major}, or set PG_BIN to the folder with its programs. To move the data to PostgreSQL {binaries.Major}: " +
                    $"`backup FILE` with PostgreSQL {major}'s programs (PG_BIN), then, without PG_BIN, `restore FILE` into a new folder " +
                    $"(Embedded__Folder) with the master key of this one (Keys__MasterFile={folder.Secrets}/master-key).");
            }
            if (folder.TryReadSecret(SuperuserSecret) is null)
                throw new StartupException($"The password of the cluster in {data} is missing. Put {folder.Secrets}/{SuperuserSecret} back from a backup.");
            return;
        }

        log.LogInformation("Making a PostgreSQL {Major} cluster in {Folder}", binaries.Major, data);
        // Made beside its place and then renamed: a cluster that was killed in the making is never mistaken for one.
        var unfinished = data + ".new";
        var passwordFile = Path.Combine(folder.Postgres, "password.new");
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        File.Delete(passwordFile);
        try
        {
            WritePrivate(passwordFile, folder.Secret(SuperuserSecret, NewPassword));
            await launcher.OwnAsync(folder, folder.Postgres, ct);
            var made = await launcher.RunAsync(binaries.InitDb, [
                "--pgdata=" + unfinished, "--username=postgres", "--pwfile=" + passwordFile, "--auth=scram-sha-256",
                "--data-checksums", "--encoding=UTF8", "--locale=" + (OperatingSystem.IsLinux() ? "C.UTF-8" : "C")], ct);
            if (!made.Succeeded)
                throw new StartupException($"initdb could not make a cluster in {data}: {OneLine(made.Output)}");
        }
        finally
        {
            File.Delete(passwordFile);
        }
        // Defaults an operator may change by ALTER SYSTEM; what must hold is on the command line instead.
        await File.AppendAllTextAsync(Path.Combine(unfinished, "postgresql.conf"), """

            max_connections = 200
            shared_buffers = 128MB
            timezone = 'UTC'
            log_timezone = 'UTC'

            """, ct);
        Directory.Move(unfinished, data);
    }

    /// <summary>Starts the server and answers its port; after a crash this includes recovery.</summary>
    internal async Task<int> StartAsync(TimeSpan patience, CancellationToken ct)
    {
        await launcher.OwnAsync(folder, folder.Postgres, ct);
        if (File.Exists(logFile) && new FileInfo(logFile).Length > LargestLog)
            File.Move(logFile, logFile + ".1", overwrite: true);

        for (var attempt = 1; ; attempt++)
        {
            var port = ChoosePort();
            // pg_ctl gives the server a session of its own, so that Ctrl-C in our terminal does not reach it. It is not
            // cancelled half-way, because then nobody would know what to stop.
            var starting = launcher.RunAsync(binaries.PgCtl, [
                "start", "--pgdata=" + data, "--log=" + logFile, "--wait", "--timeout=" + (int)patience.TotalSeconds,
                "--options=" + $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on -c logging_collector=off " +
                // A refused row is quoted in an error's detail, and rows hold people.
                "-c log_error_verbosity=terse"], CancellationToken.None);
            while (await Task.WhenAny(starting, Task.Delay(TimeSpan.FromSeconds(5), ct)) != starting)
            {
                ct.ThrowIfCancellationRequested();
                log.LogInformation("PostgreSQL is still starting or recovering from a crash; its log is {Log}", logFile);
            }

            var started = await starting;
            if (started.Succeeded)
                return port;
            ct.ThrowIfCancellationRequested();
            if (Postmaster.TryRead(data)?.IsRunning() == true)
                throw GiveUp(patience);
            var reason = OneLine(LastError() ?? started.Output);
            // Backends outlive a killed server by a moment, and PostgreSQL does not start over their shared memory.
            var outlived = reason.Contains("pre-existing shared memory block", StringComparison.Ordinal);
            if (attempt == 20 || (!outlived && IsFree(port)))
                throw new StartupException($"PostgreSQL does not start: {reason}. Its log is {logFile}.");
            if (outlived)
                await Task.Delay(500, ct);
        }
    }

    /// <summary>Stops the server, ending its sessions; does nothing when it does not run.</summary>
    internal async Task StopAsync()
    {
        if (Postmaster.TryRead(data)?.IsRunning() != true)
            return;
        var stopped = await launcher.RunAsync(binaries.PgCtl, ["stop", "--pgdata=" + data, "--mode=fast", "--wait", "--timeout=60"], CancellationToken.None);
        if (!stopped.Succeeded)
            log.LogWarning("PostgreSQL in {Folder} does not stop: {Reason}", data, stopped.Output);
    }

    /// <summary>Stops waiting for a server that runs, but does not accept connections.</summary>
    internal StartupException GiveUp(TimeSpan patience)
    {
        IsRecovering = true;
        return new StartupException(
            $"PostgreSQL does not accept connections after {(int)patience.TotalSeconds} s; it may still be recovering from a crash. Start again later; its log is {logFile}.");
    }

    /// <summary>A password of 256 random bits.</summary>
    internal static string NewPassword() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    static string DataIn(DataFolder folder) => Path.Combine(folder.Postgres, "data");

    int ChoosePort()
    {
        if (File.Exists(portFile) && int.TryParse(File.ReadAllText(portFile), CultureInfo.InvariantCulture, out var remembered) && IsFree(remembered))
            return remembered;
        int port;
        do
            port = RandomNumberGenerator.GetInt32(LowestPort, HighestPort);
        while (!IsFree(port));
        // Anew, since a command under sudo may have left one that is root's.
        File.Delete(portFile);
        File.WriteAllText(portFile, port.ToString(CultureInfo.InvariantCulture));
        return port;
    }

    static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    string? LastError() =>
        File.Exists(logFile) ? File.ReadLines(logFile).LastOrDefault(l => l.Contains("FATAL", StringComparison.Ordinal) || l.Contains("PANIC", StringComparison.Ordinal)) : null;

    static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();

    static void WritePrivate(string file, string content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(file, options);
        writer.Write(content);
    }
}
