using System.Diagnostics;
using Scim.Api.Hosting;
using Scim.Tests.Faults;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Hosting;

/// <summary>What the service does not start on, and that it names the reason.</summary>
[Collection(OnOwnCluster.Name)]
public sealed class RefusedStarts(OwnCluster cluster)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_ICU_names_cannot_be_compared()
    {
        await using var folder = new TemporaryFolder();
        var config = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Scim.Api.runtimeconfig.json"), Ct);
        var invariant = Path.Combine(folder.Folder.FullPath, "invariant.json");
        await File.WriteAllTextAsync(invariant, config.Replace("\"System.Globalization.Invariant\": false", "\"System.Globalization.Invariant\": true", StringComparison.Ordinal), Ct);
        using var process = Process.Start(RunningProgram.StartInfo(folder.Folder.FullPath, [], "exec", "--runtimeconfig", invariant))!;
        _ = process.StandardOutput.ReadToEndAsync(Ct);
        var error = await process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_told_in_one_line()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var database = await cluster.NewDatabase();
        await using var folder = new TemporaryFolder();
        var (exit, _, error) = await Operator.OperatorFolder.Run(folder.Folder.FullPath, database.Settings(), "--urls", $"http://127.0.0.1:{((System.Net.IPEndPoint)taken.LocalEndpoint).Port}");
        Assert.Equal(1, exit);
        Assert.Contains("already in use", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_in_another_encoding_is_named_with_it_and_left_as_it_is()
    {
        var database = await cluster.NewDatabase("encoding 'LATIN1' locale 'C' template template0");
        foreach (var owner in new[] { true, false })
        {
            var settings = database.Settings(owner ? null : database.Owner);
            if (!owner) settings.Remove("ConnectionStrings:Owner");
            var refused = await Assert.ThrowsAsync<StartupException>(() => OwnDatabase.Start(settings));
            Assert.Contains("has the encoding LATIN1; it must be UTF8", refused.Message, StringComparison.Ordinal);
        }
        Assert.Equal(0L, await Sql.ScalarAsync(database.Owner, "select count(*) from pg_namespace where nspname in ('history', 'directory', 'registry')"));
    }
}
