using System.Diagnostics;

namespace Scim.Api.Hosting.Embedded;

/// <summary>
/// Runs PostgreSQL's programs as a user they accept: they refuse root, so root hands them to the user <c>postgres</c>,
/// or to <c>nobody</c> where that one is missing, unless the cluster is somebody's already. Anyone else runs them as themselves.
/// </summary>
internal sealed class Launcher
{
    readonly string? user;
    readonly string[] prefix;

    Launcher(string? user, string[] prefix) => (this.user, this.prefix) = (user, prefix);

    /// <summary>Finds out how this process may run PostgreSQL.</summary>
    internal static async Task<Launcher> CreateAsync(DataFolder folder, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
            return new Launcher(null, []);

        // A command run through sudo leaves the cluster to whom it belongs.
        var owner = await StartAsync(["stat", "-c", "%U", folder.Postgres], ct);
        var users = new[] { owner.Succeeded ? owner.Output : "root", "postgres", "nobody" };
        foreach (var user in users.Where(u => u != "root"))
        {
            var group = await StartAsync(["id", "-g", user], ct);
            foreach (var prefix in WaysToBecome(user, group.Output))
            {
                // Which of them exists, and which options it knows, differs between distributions: trying is surest.
                if ((await StartAsync([.. prefix, "true"], ct)).Succeeded)
                    return new Launcher(user, prefix);
            }
        }
        throw new StartupException(
            "PostgreSQL refuses to run as root, and neither setpriv, runuser nor su can run it as postgres or nobody. " +
            "Run as another user, or set ConnectionStrings__Directory.");
    }

    /// <summary>Runs a program to its end, as the user that PostgreSQL runs as.</summary>
    internal Task<Ended> RunAsync(string program, string[] arguments, CancellationToken ct) => StartAsync([.. prefix, program, .. arguments], ct);

    /// <summary>Lets that user own all below a path, and pass through the folder above it.</summary>
    internal async Task OwnAsync(DataFolder folder, string path, CancellationToken ct)
    {
        if (user is null || OperatingSystem.IsWindows())
            return;

        File.SetUnixFileMode(folder.FullPath, File.GetUnixFileMode(folder.FullPath) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var changed = await StartAsync(["chown", "-Rh", user, path], ct);
        if (!changed.Succeeded || !(await RunAsync("test", ["-r", path], ct)).Succeeded)
        {
            throw new StartupException(
                $"PostgreSQL runs as the user {user}, which cannot reach {path} {changed.Output}".TrimEnd() + ". " +
                "Set Embedded__Folder to a folder whose parents that user may pass through, e.g. /var/lib/scim.");
        }
    }

    static IEnumerable<string[]> WaysToBecome(string user, string group) =>
    [
        ["setpriv", "--reuid=" + user, "--regid=" + group, "--clear-groups", "--"],
        ["runuser", "-u", user, "--"],
        ["su", "-s", "/bin/sh", "-c", "exec \"$0\" \"$@\"", "--", user],
    ];

    static async Task<Ended> StartAsync(string[] command, CancellationToken ct)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The folder we stand in may be closed to the other user, and PostgreSQL looks where it stands.
            WorkingDirectory = Path.GetPathRoot(Environment.CurrentDirectory),
        };
        // PGDATA, PGPORT, PGOPTIONS and their kin are meant for another server; a foreign locale is not for our log.
        foreach (var foreign in start.Environment.Keys.Where(k => k.StartsWith("PG", StringComparison.Ordinal) || k.StartsWith("LC_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(foreign);
        start.Environment["LC_ALL"] = "C";

        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return new Ended(false, e.Message);
        }
        using (process)
        {
            process.StandardInput.Close();
            var reading = Task.WhenAll(process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
            try
            {
                await process.WaitForExitAsync(ct);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
            // On Windows the server inherits the pipes and keeps them open, so their end is not waited for.
            await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None));
            var output = reading.IsCompletedSuccessfully ? string.Join("", reading.Result).Trim() : "";
            return new Ended(process.ExitCode == 0, output);
        }
    }

    /// <summary>How a program ended, and what it said.</summary>
    internal readonly record struct Ended(bool Succeeded, string Output);
}
