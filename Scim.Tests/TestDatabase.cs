using System.Text;
using Npgsql;
using Scim.Api.Hosting.Embedded;
using Testcontainers.PostgreSql;

namespace Scim.Tests;

/// <summary>
/// The run's PostgreSQL: a container where Docker answers and the image can be had, else the embedded one.
/// <c>SCIM_TEST_DATABASE=docker</c> or <c>embedded</c> takes that one or fails.
/// </summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    const string Switch = "SCIM_TEST_DATABASE", Image = "postgres:17";
    const string MasterKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="; // any 32 bytes serve

    static readonly TimeSpan DockerPatience = TimeSpan.FromSeconds(1);
    static readonly TimeSpan PullPatience = TimeSpan.FromSeconds(90);

    readonly PostgreSqlContainer? _container;

    TestDatabase(PostgreSqlContainer? container, IReadOnlyDictionary<string, string?> settings) => (_container, Settings) = (container, settings);

    /// <summary>What the service is configured with; nothing for the embedded server.</summary>
    internal IReadOnlyDictionary<string, string?> Settings { get; }

    internal static Task<TestDatabase> StartAsync(CancellationToken ct) => Environment.GetEnvironmentVariable(Switch) switch
    {
        "docker" => ContainedAsync(Container(), ct),
        "embedded" => Task.FromResult(Embedded()),
        null or "" => AnyAsync(ct),
        var other => throw new InvalidOperationException($"{Switch} is docker or embedded, not '{other}'."),
    };

    static async Task<TestDatabase> AnyAsync(CancellationToken ct)
    {
        try
        {
            var container = await Task.Run(Container, ct).WaitAsync(DockerPatience, ct);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(PullPatience);
            return await ContainedAsync(container, patience.Token);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            TestContext.Current.SendDiagnosticMessage("The embedded PostgreSQL serves, because Docker does not: {0}", e.Message);
            return Embedded();
        }
    }

    static TestDatabase Embedded() => new(null, new Dictionary<string, string?>());

    // Throws where no Docker answers. The roles are made by the script that docker-compose.yml mounts.
    static PostgreSqlContainer Container() => new PostgreSqlBuilder(Image)
        .WithEnvironment("SCIM_OWNER_PASSWORD", "owner-password")
        .WithResourceMapping(new FileInfo(Path.Combine(AppContext.BaseDirectory, "roles.sql")), "/docker-entrypoint-initdb.d/")
        .WithCommand("-c", "max_connections=200", "-c", "log_error_verbosity=terse")
        .Build();

    static async Task<TestDatabase> ContainedAsync(PostgreSqlContainer container, CancellationToken ct)
    {
        try
        {
            await container.StartAsync(ct);
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
        return new TestDatabase(container, new Dictionary<string, string?>
        {
            ["ConnectionStrings:Owner"] = As("scim_owner", "owner-password"),
            ["ConnectionStrings:Directory"] = As("scim_service", "service-password"),
            ["Keys:Master"] = MasterKey,
        });

        string As(string login, string password) =>
            new NpgsqlConnectionStringBuilder(container.GetConnectionString()) { Database = "scim", Username = login, Password = password }.ConnectionString;
    }

    /// <summary>What it has logged; the embedded one logs into the data folder.</summary>
    internal async Task<string> Log(DataFolder folder, CancellationToken ct)
    {
        if (_container is not null)
        {
            var (output, error) = await _container.GetLogsAsync(timestampsEnabled: false, ct: ct);
            return output + error;
        }
        var text = new StringBuilder();
        foreach (var file in new DirectoryInfo(folder.Postgres).GetFiles("*.log*"))
        {
            using var reader = new StreamReader(new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            text.Append(await reader.ReadToEndAsync(ct));
        }
        return text.ToString();
    }

    public ValueTask DisposeAsync() => _container?.DisposeAsync() ?? ValueTask.CompletedTask;
}
