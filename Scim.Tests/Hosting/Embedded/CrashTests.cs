using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Scim.Api.Hosting;
using Scim.Api.Hosting.Embedded;

namespace Scim.Tests.Hosting.Embedded;

/// <summary>What a killed process, a crashed server or a restarted machine leaves behind, and the start after it.</summary>
[Collection(OneCluster.Name)]
public class CrashTests(SharedCluster cluster)
{
    [Fact]
    public async Task A_server_orphaned_by_kill_9_is_found_and_stopped_by_the_last_to_leave()
    {
        await using var temporary = cluster.Use();
        using var holder = Holder.Start(temporary.Folder);
        await WaitForAsync(() => File.Exists(Path.Combine(temporary.Folder.FullPath, "held")), holder);
        var orphan = temporary.Server();

        // The other process holds its locks against this one.
        await Assert.ThrowsAsync<StartupException>(() => temporary.AcquireAsync(FolderRole.Service));

        holder.Kill();
        await holder.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(orphan?.IsRunning());

        await using (var found = await temporary.AcquireAsync(FolderRole.Service))
        {
            Assert.Equal(orphan, temporary.Server());
            Assert.Equal("bjensen", await Sql.ScalarAsync(found.OwnerConnectionString, "select name from kept"));
        }
        Assert.Null(temporary.Server());
        // The server takes its file away a moment before it ends.
        await WaitForAsync(() => !orphan!.IsRunning());
    }

    [Fact]
    public async Task A_crashed_server_recovers_what_was_committed()
    {
        await using var temporary = cluster.Use();
        var postgres = await temporary.AcquireAsync();
        await Sql.ScalarAsync(postgres.OwnerConnectionString, "drop table if exists kept; create table kept as select 'bjensen' as name");
        postgres.Abandon();
        await CrashAsync(temporary.Server()!);

        await using var again = await temporary.AcquireAsync();
        Assert.Equal("bjensen", await Sql.ScalarAsync(again.OwnerConnectionString, "select name from kept"));
    }

    [Fact]
    public async Task A_start_waits_for_backends_that_outlive_their_server()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        await using var temporary = cluster.Use();
        var postgres = await temporary.AcquireAsync();
        postgres.Abandon();
        var server = temporary.Server()!;
        var backend = (await File.ReadAllTextAsync($"/proc/{server.ProcessId}/task/{server.ProcessId}/children", TestContext.Current.CancellationToken)).Split(' ')[0];
        Process.Start("kill", ["-STOP", backend]).Dispose();
        await Task.Delay(100, TestContext.Current.CancellationToken);
        await CrashAsync(server);

        var starting = temporary.AcquireAsync();
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        Process.Start("kill", ["-CONT", backend]).Dispose();
        await using var again = await starting;
        Assert.Equal(1, await Sql.ScalarAsync(again.OwnerConnectionString, "select 1"));
    }

    [Fact]
    public async Task A_stale_process_number_that_a_stranger_has_got_does_not_prevent_a_start()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the process is known by its name alone.");
        await using var temporary = cluster.Use();
        var postgres = await temporary.AcquireAsync();
        postgres.Abandon();
        var crashed = temporary.Server()!;
        await CrashAsync(crashed);
        var lines = await File.ReadAllLinesAsync(crashed.File, TestContext.Current.CancellationToken);
        lines[0] = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(crashed.File, lines, TestContext.Current.CancellationToken);

        await using var again = await temporary.AcquireAsync();
        Assert.Equal(1, await Sql.ScalarAsync(again.OwnerConnectionString, "select 1"));
    }

    [Fact]
    public async Task A_port_that_somebody_else_has_taken_is_chosen_anew()
    {
        await using var temporary = cluster.Use();
        int port;
        await using (var postgres = await temporary.AcquireAsync())
            port = new NpgsqlConnectionStringBuilder(postgres.OwnerConnectionString).Port;
        using var stranger = new TcpListener(IPAddress.Loopback, port);
        stranger.Start();

        await using var again = await temporary.AcquireAsync();
        Assert.NotEqual(port, new NpgsqlConnectionStringBuilder(again.OwnerConnectionString).Port);
        Assert.Equal(1, await Sql.ScalarAsync(again.OwnerConnectionString, "select 1"));
    }

    [Fact]
    public async Task A_cluster_killed_in_the_making_is_made_again()
    {
        await using var temporary = new TemporaryFolder();
        var unfinished = Directory.CreateDirectory(Path.Combine(temporary.Folder.Postgres, "data.new"));
        await File.WriteAllTextAsync(Path.Combine(unfinished.FullName, "PG_VERSION"), "15\n", TestContext.Current.CancellationToken);

        await using var postgres = await temporary.AcquireAsync();
        Assert.Equal(1, await Sql.ScalarAsync(postgres.OwnerConnectionString, "select 1"));
        Assert.False(Directory.Exists(unfinished.FullName));
    }

    static async Task CrashAsync(Postmaster server)
    {
        using var process = Process.GetProcessById(server.ProcessId);
        process.Kill();
        await WaitForAsync(() => !server.IsRunning());
    }

    static async Task WaitForAsync(Func<bool> condition, Process? holder = null)
    {
        for (var waited = 0; !condition(); waited++)
        {
            if (holder is { HasExited: true })
                Assert.Fail(await holder.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
            Assert.True(waited < 600, "Waited for 30 s.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
