using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Scim.Tests.Faults.Checking;

/// <summary>What a service holds: in PostgreSQL by its login, and as a process.</summary>
internal sealed record Held(long Connections, long Locks, long Prepared, int Threads, int Handles)
{
    internal static async Task<Held> By(OwnDatabase database, int? process = null)
    {
        await OwnCluster.Accepts(database.Superuser);
        var login = new NpgsqlConnectionStringBuilder(database.Login).Username;
        var counted = (long[])(await Hosting.Embedded.Sql.ScalarAsync(database.Superuser, $"""
            select array[(select count(*) from pg_stat_activity where usename = '{login}'),
                (select count(*) from pg_locks l join pg_stat_activity a using (pid) where a.usename = '{login}' and l.locktype <> 'virtualxid'),
                (select count(*) from pg_prepared_xacts)]
            """))!;
        return new(counted[0], counted[1], counted[2], process is { } id ? Entries(id, "task") : 0, process is { } of ? Entries(of, "fd") : 0);
    }

    static int Entries(int process, string of) =>
        OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/{of}").Length : 0;
}

/// <summary>Half a minute after the last fault nothing is held that was not held before the first.</summary>
internal static class LeftOpen
{
    // The runtime's own threads and timers come and go.
    const int Slack = 10;

    /// <summary>After a service has ended, or with it at rest as it was.</summary>
    internal static async Task AssertNone(OwnDatabase database, Held? before = null, int? process = null)
    {
        // A service at rest asks once in a while, and what it was at before does not count.
        var baseLine = before is null ? new(0, 0, 0, 0, 0) : before with { Connections = Math.Max(before.Connections, 2) };
        Held now;
        for (var clock = Stopwatch.StartNew(); !Fits(now = await Held.By(database, process), baseLine); await Task.Delay(200, TestContext.Current.CancellationToken))
            if (clock.Elapsed > TimeSpan.FromSeconds(30)) Checker.AssertNone([new(Invariant.NothingIsLeftOpen, $"{now} is held, {baseLine} before.")]);
    }

    internal static bool Fits(Held found, Held before) => found.Connections <= before.Connections && found.Locks == 0 && found.Prepared == 0
        && found.Threads <= before.Threads + Slack && found.Handles <= before.Handles + Slack;
}
