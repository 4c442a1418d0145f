using System.Security.Cryptography;
using Scim.Api.Hosting;
using Scim.Tests.Faults;
using Scim.Tests.Hosting;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.EventStore;

/// <summary>The key outside the database: it is never made beside data, and a wrong one is told at the start.</summary>
[Collection(OnSteadyCluster.Name)]
public sealed class MasterKeys(OwnCluster cluster)
{
    [Fact]
    public async Task A_key_is_made_once_and_every_later_start_needs_it()
    {
        await using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Folder.FullPath, "master.key");
        var settings = (await cluster.NewDatabase()).Settings();
        settings.Remove("Keys:Master");
        Assert.Contains("There is no master key", (await Refused(settings)).Message, StringComparison.Ordinal);

        settings["Keys:MasterFile"] = file;
        settings["Keys:Create"] = "true";
        await using (var first = await OwnDatabase.Start(settings))
        {
            using var organization = await first.NewOrganization();
            await organization.NewUser("ada@example.com");
        }
        Assert.Equal(32, Convert.FromBase64String((await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim()).Length);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        // Another file is not filled beside data, whatever Keys__Create says.
        settings["Keys:MasterFile"] = file + ".lost";
        Assert.Contains("registry.master_key", (await Refused(settings)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(file + ".lost"));

        settings["Keys:Master"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var wrong = await Refused(settings);
        Assert.Contains("registry.master_key", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("check value differs", wrong.Message, StringComparison.Ordinal);
        settings["Keys:Master"] = "too short";
        Assert.Contains("32 bytes", (await Refused(settings)).Message, StringComparison.Ordinal);

        settings.Remove("Keys:Master");
        settings["Keys:MasterFile"] = file;
        await using var again = await OwnDatabase.Start(settings);
    }

    [Fact]
    public async Task Of_nodes_that_race_to_make_the_shared_file_all_start_with_the_same_key()
    {
        await using var folder = new TemporaryFolder();
        var settings = (await cluster.NewDatabase()).Settings();
        settings.Remove("Keys:Master");
        settings["Keys:MasterFile"] = Path.Combine(folder.Folder.FullPath, "shared.key");
        settings["Keys:Create"] = "true";
        var environment = settings.ToDictionary(s => s.Key.Replace(":", "__", StringComparison.Ordinal), s => s.Value);

        await using var other = new TemporaryFolder();
        await using var third = new TemporaryFolder();
        var nodes = new[] { folder, other, third }.Select(f => RunningProgram.Start(f.Folder.FullPath, environment)).ToArray();
        try
        {
            foreach (var node in await Task.WhenAll(nodes))
            {
                await node.Signal("TERM");
                Assert.Equal(0, await node.Ended());
            }
        }
        finally
        {
            foreach (var node in nodes.Where(n => n.IsCompletedSuccessfully)) (await node).Dispose();
        }
        Assert.Equal(["shared.key"], Directory.GetFiles(folder.Folder.FullPath, "shared.key*").Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_key_file_is_whole_and_the_same_for_all_who_race_to_make_it()
    {
        await using var folder = new TemporaryFolder();
        for (var round = 0; round < 200; round++)
        {
            var file = Path.Combine(folder.Folder.FullPath, $"{round}.key");
            using var start = new Barrier(8);
            var seen = new string[8];
            var racers = Enumerable.Range(0, 8).Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                seen[i] = KeyFile.Made(file, () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
            })).ToArray();
            foreach (var racer in racers) racer.Start();
            foreach (var racer in racers) racer.Join();
            Assert.Equal(44, Assert.Single(seen.Distinct()).Length);
        }
        Assert.Empty(Directory.GetFiles(folder.Folder.FullPath, "*.new"));
        Assert.Contains("cannot be made", Assert.Throws<StartupException>(() => KeyFile.Made(Path.Combine(folder.Folder.FullPath, "no", "folder.key"), () => "")).Message, StringComparison.Ordinal);
    }

    static async Task<StartupException> Refused(Dictionary<string, string?> settings) => await Assert.ThrowsAsync<StartupException>(() => OwnDatabase.Start(settings));
}
