using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Scim.Api.Hosting;
using Scim.Api.Hosting.Embedded;

namespace Scim.Tests.Hosting.Embedded;

/// <summary>Who waits for whom at the one place of a data folder.</summary>
public class SoleUseTests
{
    static readonly TimeSpan Long = TimeSpan.FromSeconds(30), Short = TimeSpan.FromMilliseconds(100);

    static Task<SoleUse> Take(TemporaryFolder temporary, FolderRole role, TimeSpan patience) =>
        SoleUse.TakeAsync(temporary.Folder, role, patience, NullLogger.Instance, TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_service_waits_for_a_command_that_is_alone()
    {
        await using var temporary = new TemporaryFolder();
        var command = await Take(temporary, FolderRole.LoneCommand, Long);

        var refused = await Assert.ThrowsAsync<StartupException>(() => Take(temporary, FolderRole.Service, Short));
        Assert.Contains("A command has had", refused.Message, StringComparison.Ordinal);
        Assert.Contains(temporary.Folder.FullPath, refused.Message, StringComparison.Ordinal);

        var waiting = Take(temporary, FolderRole.Service, Long);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        command.Dispose();
        using var service = await waiting;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nobody_waits_for_a_service(bool second)
    {
        await using var temporary = new TemporaryFolder();
        var started = Stopwatch.GetTimestamp();
        using (await Take(temporary, FolderRole.Service, Long))
        {
            var refused = await Assert.ThrowsAsync<StartupException>(() => Take(temporary, second ? FolderRole.Service : FolderRole.LoneCommand, Long));
            Assert.Contains("Another service already runs", refused.Message, StringComparison.Ordinal);
        }
        Assert.True(Stopwatch.GetElapsedTime(started) < Long / 2);
        using var next = await Take(temporary, FolderRole.Service, Short);
    }

    [Fact]
    public async Task Of_many_at_once_one_service_gets_the_place()
    {
        await using var temporary = new TemporaryFolder();
        var takers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            try
            {
                return await Take(temporary, FolderRole.Service, Long);
            }
            catch (StartupException)
            {
                return null;
            }
        }));
        using var one = Assert.Single((await Task.WhenAll(takers)).OfType<SoleUse>());
    }
}
