using Scim.Api.Hosting.Embedded;

namespace Scim.Tests.Hosting.Embedded;

public class FolderLockTests
{
    [Fact]
    public async Task A_lock_is_held_by_many_together_or_by_one_alone()
    {
        await using var temporary = new TemporaryFolder();
        var folder = temporary.Folder;

        using (FolderLock.TryShared(folder, "in-use"))
        using (var second = FolderLock.TryShared(folder, "in-use"))
        {
            Assert.NotNull(second);
            Assert.Null(FolderLock.TryExclusive(folder, "in-use"));
        }
        using var alone = FolderLock.TryExclusive(folder, "in-use");
        Assert.NotNull(alone);
        Assert.Null(FolderLock.TryShared(folder, "in-use"));
        Assert.Null(FolderLock.TryExclusive(folder, "in-use"));
    }

    [Fact]
    public async Task Waiting_ends_when_the_lock_is_free_or_patience_is_over()
    {
        await using var temporary = new TemporaryFolder();
        var ct = TestContext.Current.CancellationToken;
        var first = FolderLock.TryExclusive(temporary.Folder, "transition");

        Assert.Null(await FolderLock.WaitExclusiveAsync(temporary.Folder, "transition", TimeSpan.FromMilliseconds(60), ct));
        var waiting = FolderLock.WaitExclusiveAsync(temporary.Folder, "transition", TimeSpan.FromSeconds(30), ct);
        first!.Dispose();
        using var second = await waiting;
        Assert.NotNull(second);
    }
}
