using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Scim.Tests.Hosting;

/// <summary>The real program as a process on a data folder, to be asked, stopped and killed.</summary>
internal sealed class RunningProgram : IDisposable
{
    static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(120), EndPatience = TimeSpan.FromSeconds(120);

    readonly string _folder;
    readonly Process _process;
    readonly Task<string> _error;

    RunningProgram(string folder, Process process)
    {
        (_folder, _process) = (folder, process);
        _error = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal Uri Address { get; private set; } = null!;

    internal int Id => _process.Id;

    internal bool HasEnded => _process.HasExited;

    /// <summary>What starts it; further arguments of `dotnet` come before the program.</summary>
    internal static ProcessStartInfo StartInfo(string folder, Dictionary<string, string?> settings, params string[] before)
    {
        var start = new ProcessStartInfo("dotnet", [.. before, Path.Combine(AppContext.BaseDirectory, "Scim.Api.dll"), "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var other in new[] { "ConnectionStrings__Directory", "Scim__PublicOrigin", "Operator__Key" }) start.Environment.Remove(other);
        start.Environment["DOTNET_TieredPGO"] = "0"; // it lives for seconds
        start.Environment["Embedded__Folder"] = folder;
        foreach (var (name, value) in settings) start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        return start;
    }

    /// <summary>Begins to start it.</summary>
    internal static RunningProgram Begin(string folder, Dictionary<string, string?>? settings = null) => new(folder, Process.Start(StartInfo(folder, settings ?? []))!);

    /// <summary>Starts it, and returns once it listens.</summary>
    internal static async Task<RunningProgram> Start(string folder, Dictionary<string, string?>? settings = null)
    {
        var program = Begin(folder, settings);
        await program.Listening();
        return program;
    }

    /// <summary>Waits until it says where it listens.</summary>
    internal async Task Listening()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(StartPatience);
        var said = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            said.Add(line);
            if (!line.StartsWith("Listening at ", StringComparison.Ordinal)) continue;
            Address = new Uri(line["Listening at ".Length..]);
            _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None); // what it says later must not fill the pipe
            return;
        }
        Assert.Fail($"The program did not start ({await Ended()}): {string.Join('\n', said)} {await _error}");
    }

    /// <summary>A client with the operator key that it made in its folder.</summary>
    internal HttpClient Operator()
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", File.ReadAllText(Path.Combine(_folder, "secrets", "operator-key")).Trim());
        return client;
    }

    /// <summary>A new organization with SCIM on, and its token.</summary>
    internal async Task<(Guid Id, string Token)> NewOrganization()
    {
        using var op = Operator();
        var id = (await (await op.PostAsJsonAsync("/api/organizations", new { name = "Test" }, Ct)).Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetGuid();
        (await op.PatchAsJsonAsync($"/api/organizations/{id}", new { scimEnabled = true }, Ct)).EnsureSuccessStatusCode();
        var issued = await (await op.PostAsJsonAsync($"/api/organizations/{id}/tokens", new { label = "okta" }, Ct)).Content.ReadFromJsonAsync<JsonElement>(Ct);
        return (id, issued.GetProperty("token").GetString()!);
    }

    /// <summary>A client of one of its organizations.</summary>
    internal HttpClient Client(Guid organization, string token)
    {
        var client = new HttpClient { BaseAddress = new Uri(Address, $"/scim/v2/{organization}/") };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    /// <summary>The names of all organizations there.</summary>
    internal async Task<IReadOnlyList<string>> Organizations()
    {
        using var op = Operator();
        return [.. (await op.GetFromJsonAsync<JsonElement>("/api/organizations", Ct)).EnumerateArray().Select(o => o.GetProperty("name").GetString()!)];
    }

    internal async Task Signal(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Ct);
    }

    /// <summary>Asks it to stop, as a system does; gives its exit code.</summary>
    internal async Task<int> Stop()
    {
        await Signal("TERM");
        return await Ended();
    }

    /// <summary>Ends it by <c>kill -9</c>.</summary>
    internal async Task Kill()
    {
        _process.Kill();
        await Ended();
    }

    /// <summary>What it wrote as errors, once it has ended.</summary>
    internal Task<string> Errors() => _error.WaitAsync(EndPatience, Ct);

    /// <summary>Its exit code, once it has ended.</summary>
    internal async Task<int> Ended()
    {
        await _process.WaitForExitAsync(Ct).WaitAsync(EndPatience, Ct);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
