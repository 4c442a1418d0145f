using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Scim.Api.Hosting.Embedded;
using Scim.Api.Operator;

namespace Scim.Tests.Hosting.Embedded;

/// <summary>The real program as the service on a data folder, to be stopped and killed.</summary>
internal sealed class ServiceProcess : IDisposable
{
    readonly DataFolder _folder;
    readonly Process _process;
    readonly Task<string> _output, _error;

    ServiceProcess(DataFolder folder)
    {
        _folder = folder;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Scim.Api.dll"), "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.FullPath,
        };
        foreach (var other in new[] { "ConnectionStrings__Directory", "Scim__PublicOrigin", "Operator__Key" }) start.Environment.Remove(other);
        start.Environment["Embedded__Folder"] = folder.FullPath;
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        _error = _process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Begins to start it.</summary>
    internal static ServiceProcess Start(DataFolder folder)
    {
        ServiceAddress.Withdraw(folder); // a killed one leaves its own
        return new ServiceProcess(folder);
    }

    /// <summary>A client with the operator key, once it listens.</summary>
    internal async Task<HttpClient> Listening()
    {
        string? address;
        for (var waited = 0; (address = ServiceAddress.TryRead(_folder)) is null; waited++)
        {
            if (_process.HasExited) Assert.Fail($"The service ended: {await _output} {await _error}");
            Assert.True(waited < 2400, "Waited for 120 s.");
            await Task.Delay(50, Ct);
        }
        var client = new HttpClient { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _folder.TryReadSecret("operator-key"));
        return client;
    }

    /// <summary>Asks it to stop, as a system does; gives its exit code.</summary>
    internal async Task<int> Stop()
    {
        Terminate();
        return await Ended();
    }

    internal void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Ends it by <c>kill -9</c>.</summary>
    internal async Task Kill()
    {
        _process.Kill();
        await Ended();
    }

    internal async Task<int> Ended()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(120));
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    /// <summary>The names of all organizations there.</summary>
    internal static async Task<IReadOnlyList<string>> Organizations(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("/api/organizations", Ct)).EnumerateArray().Select(o => o.GetProperty("name").GetString()!)];
}
