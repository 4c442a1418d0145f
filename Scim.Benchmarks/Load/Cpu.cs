using System.Globalization;

namespace Scim.Benchmarks.Load;

/// <summary>Processor time so far, in milliseconds: of this process, and of a PostgreSQL with all its children, those that ended too.</summary>
internal static class Cpu
{
    const double TicksPerMillisecond = 100 / 1000.0; // Linux shows /proc in hundredths of a second

    internal static double Own() => Environment.CpuUsage.TotalTime.TotalMilliseconds;

    internal static double Postgres(int postmaster)
    {
        if (!OperatingSystem.IsLinux()) return double.NaN;
        var ticks = Ticks(postmaster, withEnded: true);
        foreach (var child in File.ReadAllText($"/proc/{postmaster}/task/{postmaster}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            ticks += Ticks(int.Parse(child, CultureInfo.InvariantCulture), withEnded: false);
        return ticks / TicksPerMillisecond;
    }

    // "7265 (postgres) S parent …": after the name, fields 11 to 14 are user and system time, of itself and of ended children.
    static long Ticks(int process, bool withEnded)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[1].Split(' ');
            return fields[11..(withEnded ? 15 : 13)].Sum(f => long.Parse(f, CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
