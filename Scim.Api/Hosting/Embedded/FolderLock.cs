using System.Diagnostics;

namespace Scim.Api.Hosting.Embedded;

/// <summary>
/// A lock between processes that vanishes with the process that holds it: <c>flock</c> on a file in <c>locks/</c>
/// (on Windows the sharing mode), which is what .NET makes of <see cref="FileShare"/>.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    readonly FileStream stream;

    FolderLock(FileStream stream) => this.stream = stream;

    /// <summary>Takes the lock if nobody else holds it.</summary>
    internal static FolderLock? TryExclusive(DataFolder folder, string name) => TryOpen(folder, name, FileShare.None);

    /// <summary>Takes the lock together with others, if nobody holds it alone.</summary>
    internal static FolderLock? TryShared(DataFolder folder, string name) => TryOpen(folder, name, FileShare.Read);

    /// <summary>Waits until nobody else holds the lock; null when that does not come in time.</summary>
    internal static async Task<FolderLock?> WaitExclusiveAsync(DataFolder folder, string name, TimeSpan patience, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (TryExclusive(folder, name) is { } taken)
                return taken;
            if (Stopwatch.GetElapsedTime(started) > patience)
                return null;
            await Task.Delay(25, ct);
        }
    }

    public void Dispose() => stream.Dispose();

    static FolderLock? TryOpen(DataFolder folder, string name, FileShare share)
    {
        try
        {
            return new FolderLock(new FileStream(Path.Combine(folder.Locks, name), FileMode.OpenOrCreate, FileAccess.Read, share));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartupException(
                $"The data folder {folder.FullPath} belongs to another user. Run as that user, or set Embedded__Folder to a folder of your own.", e);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }
}
