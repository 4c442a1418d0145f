using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Scim.Api.Hosting.Embedded;

namespace Scim.Tests.Hosting.Embedded;

/// <summary>Another process that holds a folder, to be killed: this test program with its one explicit test.</summary>
public class Holder
{
    const string HeldFolder = "SCIM_TEST_HELD_FOLDER";

    /// <summary>Whether this process is such another one, which needs nothing that a run of tests needs.</summary>
    internal static bool IsHere => Environment.GetEnvironmentVariable(HeldFolder) is not null;

    internal static Process Start(DataFolder folder)
    {
        var start = new ProcessStartInfo("dotnet", [
            typeof(Holder).Assembly.Location, "-explicit", "only", "-method", $"*.{nameof(Holds_a_folder_until_killed)}"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = folder.FullPath,
        };
        start.Environment[HeldFolder] = folder.FullPath;
        return Process.Start(start)!;
    }

    [Fact(Explicit = true)]
    public async Task Holds_a_folder_until_killed()
    {
        var folder = DataFolder.Open(Environment.GetEnvironmentVariable(HeldFolder)!);
        await using var held = await EmbeddedPostgres.AcquireAsync(folder, FolderRole.Service, NullLogger.Instance, TestContext.Current.CancellationToken);
        await Sql.ScalarAsync(held.OwnerConnectionString, "drop table if exists kept; create table kept as select 'bjensen' as name");
        await File.WriteAllTextAsync(Path.Combine(folder.FullPath, "held"), "", TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }
}
