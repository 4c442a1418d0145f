using System.Diagnostics;
using Npgsql;
using Scim.Api.Hosting.Embedded;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Operator;

/// <summary>A data folder whose server runs, and the real program as a process beside it.</summary>
public sealed class OperatorFolder : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    EmbeddedPostgres? _held;

    public async ValueTask InitializeAsync() => _held = await _folder.AcquireAsync();

    /// <summary>Runs the program to its end.</summary>
    internal Task<(int Exit, string Output, string Error)> Run(params string[] arguments) => Run(_folder.Folder.FullPath, [], arguments);

    /// <summary>The same on any data folder, with settings.</summary>
    internal static async Task<(int Exit, string Output, string Error)> Run(string folder, Dictionary<string, string?> settings, params string[] arguments)
    {
        using var process = Process.Start(StartInfo(folder, settings, arguments))!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>What starts it, for whoever ends it in the middle.</summary>
    internal static ProcessStartInfo StartInfo(string folder, Dictionary<string, string?> settings, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Scim.Api.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var other in new[] { "ConnectionStrings__Directory", "Scim__PublicOrigin", "Operator__Key" }) start.Environment.Remove(other);
        start.Environment["DOTNET_TieredPGO"] = "0"; // it lives for seconds
        foreach (var (name, value) in settings.Append(new("Embedded:Folder", folder))) start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        return start;
    }

    /// <summary>The printed URI as our own driver reads it.</summary>
    internal static string ConnectionString(string printed)
    {
        var uri = new Uri(printed);
        var user = uri.UserInfo.Split(':');
        return new NpgsqlConnectionStringBuilder { Host = uri.Host, Port = uri.Port, Database = uri.AbsolutePath[1..], Username = user[0], Password = Uri.UnescapeDataString(user[1]) }.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        if (_held is not null) await _held.DisposeAsync();
        await _folder.DisposeAsync();
    }
}
