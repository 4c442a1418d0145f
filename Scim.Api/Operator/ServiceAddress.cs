using Scim.Api.Hosting.Embedded;

namespace Scim.Api.Operator;

/// <summary>
/// Where the running service listens, e.g. <c>http://[::]:8080</c>: a file of the data folder, there while it runs, so
/// that a command can print an address that works.
/// </summary>
internal static class ServiceAddress
{
    /// <summary>Where a service listens that is told nothing.</summary>
    internal const string Default = "http://localhost:5000";

    internal static void Announce(DataFolder folder, string address) => File.WriteAllText(FileIn(folder), address);

    internal static void Withdraw(DataFolder folder) => File.Delete(FileIn(folder));

    internal static string? TryRead(DataFolder folder)
    {
        try
        {
            return File.ReadAllText(FileIn(folder)) is { Length: > 0 } address ? address : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static string FileIn(DataFolder folder) => Path.Combine(folder.FullPath, "address");
}
