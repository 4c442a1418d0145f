using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Scim.Tests.Hosting;

/// <summary>The real program as a process on a data folder, from its start to its end by a signal.</summary>
internal sealed class RunningProgram : IDisposable
{
    const string OperatorKey = "operator-key-of-a-test";

    readonly Process _process;
    readonly Task<string> _error;

    RunningProgram(Process process, Task<string> error) => (_process, _error) = (process, error);

    internal Uri Address { get; private set; } = null!;

    /// <summary>What starts it; further arguments of `dotnet` come before the program.</summary>
    internal static ProcessStartInfo StartInfo(string folder, Dictionary<string, string> settings, params string[] before)
    {
        var start = new ProcessStartInfo("dotnet", [.. before, Path.Combine(AppContext.BaseDirectory, "Scim.Api.dll"), "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var other in new[] { "ConnectionStrings__Directory", "Scim__PublicOrigin" }) start.Environment.Remove(other);
        start.Environment["Embedded__Folder"] = folder;
        start.Environment["Operator__Key"] = OperatorKey;
        foreach (var (name, value) in settings) start.Environment[name] = value;
        return start;
    }

    internal static async Task<RunningProgram> Start(string folder, Dictionary<string, string> settings)
    {
        var process = Process.Start(StartInfo(folder, settings))!;
        var program = new RunningProgram(process, process.StandardError.ReadToEndAsync(CancellationToken.None));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(90));
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (!line.StartsWith("Listening at ", StringComparison.Ordinal)) continue;
            program.Address = new Uri(line["Listening at ".Length..]);
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return program;
        }
        throw new InvalidOperationException("The program did not start: " + await program._error);
    }

    /// <summary>A client of a new organization with SCIM on.</summary>
    internal async Task<HttpClient> NewOrganization()
    {
        var ct = TestContext.Current.CancellationToken;
        using var op = new HttpClient { BaseAddress = Address };
        op.DefaultRequestHeaders.Authorization = new("Bearer", OperatorKey);
        var id = (await (await op.PostAsJsonAsync("/api/organizations", new { name = "Test" }, ct)).Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("id").GetGuid();
        await op.PatchAsJsonAsync($"/api/organizations/{id}", new { scimEnabled = true }, ct);
        var token = (await (await op.PostAsJsonAsync($"/api/organizations/{id}/tokens", new { label = "okta" }, ct)).Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("token").GetString();
        var client = new HttpClient { BaseAddress = new Uri(Address, $"/scim/v2/{id}/") };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    internal async Task Signal(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Its exit code, once it has ended.</summary>
    internal async Task<int> Ended()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
