using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Scim.Api.Hosting.Embedded;

/// <summary>The folder with PostgreSQL's own programs, e.g. <c>/usr/lib/postgresql/15/bin</c>, and their major version, e.g. 15.</summary>
internal sealed partial record PostgresBinaries(string Folder, int Major)
{
    internal string InitDb => Program(Folder, "initdb");

    internal string PgCtl => Program(Folder, "pg_ctl");

    /// <summary>The best binaries of this machine: of the version asked for when it is installed, else the first found.</summary>
    internal static PostgresBinaries Find(int? major = null) => Find(major, Environment.GetEnvironmentVariable("PG_BIN"), Candidates());

    /// <summary>The same over a given machine: what <c>PG_BIN</c> says there, and the folders to look into.</summary>
    internal static PostgresBinaries Find(int? major, string? named, IEnumerable<string> candidates)
    {
        if (!string.IsNullOrWhiteSpace(named))
        {
            return IsComplete(named)
                ? new PostgresBinaries(named, MajorOf(named))
                : throw new StartupException($"PG_BIN is {named}, but that folder does not hold initdb, pg_ctl and postgres. {WaysOut}");
        }

        PostgresBinaries? first = null;
        foreach (var folder in candidates.Where(IsComplete).Distinct())
        {
            var found = new PostgresBinaries(folder, MajorOf(folder));
            if (major is null || found.Major == major)
                return found;
            first ??= found;
        }
        return first ?? throw new StartupException($"No PostgreSQL is found on this machine. {WaysOut}");
    }

    const string WaysOut =
        "Install PostgreSQL (e.g. apt install postgresql), or set PG_BIN to the folder that holds its initdb, " +
        "or set ConnectionStrings__Directory to the database of a server that runs elsewhere.";

    static IEnumerable<string> Candidates()
    {
        if (Output("pg_config", "--bindir") is { } asked)
            yield return asked.Trim();
        foreach (var folder in Versions("/usr/lib/postgresql", "*"))
            yield return Path.Combine(folder, "bin");
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            yield return folder;
        foreach (var root in new[] { "/opt/homebrew/opt", "/usr/local/opt" })
        {
            foreach (var folder in Versions(root, "postgresql@*"))
                yield return Path.Combine(folder, "bin");
        }
        if (OperatingSystem.IsWindows())
        {
            foreach (var folder in Versions(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"), "*"))
                yield return Path.Combine(folder, "bin");
        }
    }

    static IEnumerable<string> Versions(string root, string pattern) =>
        Directory.Exists(root) ? Directory.GetDirectories(root, pattern).OrderByDescending(NumberIn) : [];

    static int NumberIn(string folder) =>
        int.TryParse(Digits().Match(Path.GetFileName(folder)).Value, CultureInfo.InvariantCulture, out var number) ? number : 0;

    static bool IsComplete(string folder) =>
        File.Exists(Program(folder, "initdb")) && File.Exists(Program(folder, "pg_ctl")) && File.Exists(Program(folder, "postgres"));

    static int MajorOf(string folder)
    {
        // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
        var says = Output(Program(folder, "postgres"), "--version") ?? "";
        return int.TryParse(VersionNumber().Match(says).Groups[1].Value, CultureInfo.InvariantCulture, out var major)
            ? major
            : throw new StartupException($"{Program(folder, "postgres")} does not run on this machine. {WaysOut}");
    }

    static string Program(string folder, string name) => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    static string? Output(string program, string argument)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, argument) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\) (\d+)")]
    private static partial Regex VersionNumber();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
