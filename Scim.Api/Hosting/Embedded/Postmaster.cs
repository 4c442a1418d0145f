using System.Diagnostics;
using System.Globalization;

namespace Scim.Api.Hosting.Embedded;

/// <summary>What PostgreSQL writes about its running self into <c>postmaster.pid</c>: process, data directory and port.</summary>
internal sealed record Postmaster(string File, int ProcessId, string DataDirectory, int Port)
{
    /// <summary>Reads the file of a cluster; null when no server runs there, or one has only begun to write it.</summary>
    internal static Postmaster? TryRead(string dataDirectory)
    {
        var file = Path.Combine(dataDirectory, "postmaster.pid");
        string[] lines;
        try
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            lines = reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        return lines.Length >= 4 && Number(lines[0]) is { } process && Number(lines[3]) is { } port
            ? new Postmaster(file, process, lines[1], port)
            : null;
    }

    /// <summary>
    /// Whether the process that the file names is still this server, and not one that has got its number since,
    /// as happens in every restarted container.
    /// </summary>
    internal bool IsRunning()
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // The command line is readable to all; the working directory is not, for root in a container.
                return System.IO.File.ReadAllText($"/proc/{ProcessId}/cmdline").Split('\0').Contains(DataDirectory);
            }
            using var process = Process.GetProcessById(ProcessId);
            return process.ProcessName.Contains("postgres", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// Lets a new server start although the number in the file is in use by a stranger. The file stays, because PostgreSQL
    /// finds the shared memory of surviving backends through it; only the number becomes one that no process has.
    /// </summary>
    internal void Disown()
    {
        var lines = System.IO.File.ReadAllLines(File);
        lines[0] = (int.MaxValue - 1).ToString(CultureInfo.InvariantCulture);
        using var stream = new FileStream(File, FileMode.Truncate, FileAccess.Write);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(string.Join('\n', lines) + "\n"));
    }

    static int? Number(string line) => int.TryParse(line, CultureInfo.InvariantCulture, out var number) ? number : null;
}
