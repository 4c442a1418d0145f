using System.CommandLine;
using System.Globalization;
using Scim.Api.Hosting;
using Scim.Api.Hosting.Embedded;

namespace Scim.Api.Operator;

/// <summary>
/// <c>health</c>: asks the service of this machine whether it is ready, for a container's health check, where no other
/// program is that could ask. It opens no database.
/// </summary>
internal static class HealthCommand
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(4); // readiness itself takes 2 s at most

    internal static Command Build()
    {
        var health = new Command("health", "Ask the running service whether it is ready");
        health.SetAction((_, ct) => Ask(DataFolder.Open(Installation.Configuration()["Embedded:Folder"]), ct));
        return health;
    }

    internal static async Task<int> Ask(DataFolder folder, CancellationToken ct)
    {
        var address = ServiceAddress.TryRead(folder) ?? throw new StartupException($"No service runs here: none has left its address in {folder.FullPath}.");
        try
        {
            using var client = new HttpClient { Timeout = Patience };
            using var response = await client.GetAsync(new Uri(Loopback(address), "/health/ready"), ct);
            return response.IsSuccessStatusCode
                ? await Answer.Words("ready")
                : throw new StartupException(string.Create(CultureInfo.InvariantCulture, $"The service at {address} is not ready ({(int)response.StatusCode})."));
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is HttpRequestException or OperationCanceledException)
        {
            throw new StartupException($"The service at {address} does not answer ({e.Message}).", e);
        }
    }

    // A service that listens everywhere is asked on the loopback.
    static Uri Loopback(string address) => new(address
        .Replace("//[::]", "//127.0.0.1", StringComparison.Ordinal)
        .Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal)
        .Replace("//*", "//127.0.0.1", StringComparison.Ordinal)
        .Replace("//+", "//127.0.0.1", StringComparison.Ordinal));
}
