using System.Diagnostics;

namespace Scim.Api.Hosting.Embedded;

/// <summary>
/// The place in a data folder of which there is one: the service's, or that of a command that must be alone. A service
/// that has it also holds <c>serving</c>, so that others know whether to wait: a command ends by itself, a service does not.
/// </summary>
internal sealed class SoleUse : IDisposable
{
    const string Place = "service", Serving = "serving";

    readonly FolderLock place;
    readonly FolderLock? serving;

    SoleUse(FolderLock place, FolderLock? serving) => (this.place, this.serving) = (place, serving);

    /// <summary>Takes the place; waits for a command that has it, and refuses at once where a service has it.</summary>
    internal static async Task<SoleUse> TakeAsync(DataFolder folder, FolderRole role, TimeSpan patience, ILogger log, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        FolderLock? place;
        for (var waited = false; (place = FolderLock.TryExclusive(folder, Place)) is null; waited = true)
        {
            if (IsServed(folder))
                throw new StartupException($"Another service already runs on the data folder {folder.FullPath}. Stop it, or set Embedded__Folder to another folder.");
            if (Stopwatch.GetElapsedTime(started) > patience)
                throw new StartupException($"A command has had the data folder {folder.FullPath} for itself for {patience.TotalSeconds:0} s, such as a restore. Start again when it has ended.");
            if (!waited)
                log.LogInformation("Waiting for a command that has the data folder {Folder} for itself", folder.FullPath);
            await Task.Delay(25, ct);
        }
        try
        {
            // Only those who look whether a service is there hold this lock meanwhile, each for a moment.
            var serving = role is FolderRole.Service
                ? await FolderLock.WaitExclusiveAsync(folder, Serving, patience, ct) ?? throw new StartupException($"The lock {Serving} in {folder.Locks} is held by a stranger.")
                : null;
            return new SoleUse(place, serving);
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        serving?.Dispose();
        place.Dispose();
    }

    static bool IsServed(DataFolder folder)
    {
        using var looking = FolderLock.TryShared(folder, Serving);
        return looking is null;
    }
}
