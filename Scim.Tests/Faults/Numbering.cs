using System.Diagnostics;
using Npgsql;
using Scim.Tests.Faults.Checking;
using Scim.Tests.Hosting;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Faults;

/// <summary>
/// Two nodes number one database while eight clients write, commits straggle, and the nodes are killed and stopped in
/// turn: every command has the next number, once, and soon.
/// </summary>
[Collection(OnKilledCluster.Name)]
public sealed class Numbering(OwnCluster cluster)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_of_two_nodes_dies_or_stands_still_the_other_numbers_and_nothing_is_numbered_twice()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Kills by a signal.");
        var database = await cluster.NewDatabase();
        var settings = database.ProgramSettings();
        await using var folder = new TemporaryFolder();
        await using var other = new TemporaryFolder();
        TemporaryFolder[] folders = [folder, other];
        RunningProgram[] nodes = [await RunningProgram.Start(folder.Folder.FullPath, settings), await RunningProgram.Start(other.Folder.FullPath, settings)];
        try
        {
            var (organization, token) = await nodes[0].NewOrganization();
            await Straggle(database);
            using var enough = new CancellationTokenSource();
            var (journal, turn) = (new ClientJournal(), 0);
            using var provider = new Provider(journal, organization, token, () => Volatile.Read(ref nodes[Interlocked.Increment(ref turn) % 2]).Address);
            var writers = new Writers(provider, 8, TestRun.Seed);
            var working = writers.Run(enough.Token);
            var holders = new HashSet<Guid>();
            var longest = TimeSpan.Zero;
            for (var round = 0; round < TestRun.Of(2, 40); round++)
            {
                var acknowledged = writers.Acknowledged;
                await Until.True(() => writers.Acknowledged >= acknowledged + 40, "Nothing is acknowledged any more.");
                holders.Add(await Holder(database));
                var (node, clock) = (round / 2 % 2, Stopwatch.StartNew());
                if (round % 2 == 0)
                {
                    await nodes[node].Kill();
                    await Numbered(database);
                    longest = clock.Elapsed > longest ? clock.Elapsed : longest;
                    nodes[node].Dispose();
                    Volatile.Write(ref nodes[node], await RunningProgram.Start(folders[node].Folder.FullPath, settings));
                }
                else
                {
                    await nodes[node].Signal("STOP");
                    await Numbered(database);
                    longest = clock.Elapsed > longest ? clock.Elapsed : longest;
                    await nodes[node].Signal("CONT"); // what it had in hand goes on
                }
                holders.Add(await Holder(database));
            }
            await enough.CancelAsync();
            await working;
            await Numbered(database);
            await using var owner = NpgsqlDataSource.Create(database.Owner);
            TestRun.Print($"numbering: {await Count(owner, "select count(*) from history.commit_log")} commits, {holders.Count} holders, all numbered after at most {longest.TotalSeconds:0.0} s");
            Assert.True(holders.Count > 1, "The lease never changed hands.");
            await PositionChecks.Assert(owner);
            foreach (var node in nodes) Assert.Equal(0, await node.Stop());
        }
        finally
        {
            foreach (var node in nodes) node.Dispose();
        }
    }

    // Three commits of a hundred hold still for 350 ms after they took their order.
    static async Task Straggle(OwnDatabase database) => await Sql.ScalarAsync(database.Owner, """
        create function history.straggle() returns trigger language plpgsql as $$ begin perform pg_sleep(0.35); return null; end $$;
        create constraint trigger straggle after insert on history.commit_log deferrable initially deferred for each row when (new.ord % 33 = 0) execute function history.straggle();
        """);

    static async Task<Guid> Holder(OwnDatabase database) => (Guid)(await Sql.ScalarAsync(database.Owner, "select holder from history.lease where name = 'positions'"))!;

    // All that is committed now; a takeover has five seconds, and three times as long here.
    static async Task Numbered(OwnDatabase database)
    {
        var (last, clock) = ((long)(await Sql.ScalarAsync(database.Owner, "select max(ord) from history.commit_log"))!, Stopwatch.StartNew());
        while (await Sql.ScalarAsync(database.Owner, $"select exists (select from history.commit_log where position is null and ord <= {last})") is true)
        {
            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 3 * 5);
            await Task.Delay(50, Ct);
        }
    }

    static async Task<long> Count(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }
}
