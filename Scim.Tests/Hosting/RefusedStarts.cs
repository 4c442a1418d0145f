using System.Diagnostics;
using Scim.Api.EventStore.Schema;
using Scim.Api.Hosting;
using Scim.Tests.Faults;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Hosting;

/// <summary>What the service does not start on, and that it names the reason.</summary>
[Collection(OnSteadyCluster.Name)]
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

    [Theory]
    [InlineData("history")]
    [InlineData("registry")]
    public async Task A_newer_schema_is_named_with_both_versions_and_left_as_it_is(string schema)
    {
        var database = await cluster.NewDatabase();
        await using (await OwnDatabase.Start(database.Settings())) { }
        await Sql.ScalarAsync(database.Owner, $"update {schema}.schema_version set version = {SchemaVersion.Current + 1}; drop index directory.ix_user_emails");
        foreach (var owner in new[] { true, false })
        {
            var refused = await Refusal(database, owner);
            Assert.Contains($"has version {SchemaVersion.Current + 1} of the schema {schema}", refused, StringComparison.Ordinal);
            Assert.Contains($"knows version {SchemaVersion.Current}: it is too old", refused, StringComparison.Ordinal);
        }
        Assert.Equal(false, await Sql.ScalarAsync(database.Owner, "select to_regclass('directory.ix_user_emails') is not null"));
    }

    [Theory]
    [InlineData("history")]
    [InlineData("registry")]
    public async Task An_older_schema_is_named_with_both_versions_and_applying_brings_it_forward(string schema)
    {
        var database = await cluster.NewDatabase();
        await using (var before = await OwnDatabase.Start(database.Settings())) await before.NewOrganization();
        await Sql.ScalarAsync(database.Owner, $"drop table {schema}.schema_version"); // as the builds before it left it
        var refused = await Refusal(database, owner: false);
        Assert.Contains($"has version 0 of the schema {schema}", refused, StringComparison.Ordinal);
        Assert.Contains($"needs version {SchemaVersion.Current}", refused, StringComparison.Ordinal);
        Assert.Contains("`database apply`", refused, StringComparison.Ordinal);

        // The owner's SQL, the owner's command and a start with the owner's login do the same.
        await using var folder = new TemporaryFolder();
        var (printed, sql, _) = await Operator.OperatorFolder.Run(folder.Folder.FullPath, WithoutOwner(database), "database", "apply");
        Assert.Equal(0, printed);
        await Sql.ScalarAsync(database.Owner, sql);
        await using (await OwnDatabase.Start(WithoutOwner(database))) { }

        await Sql.ScalarAsync(database.Owner, $"delete from {schema}.schema_version");
        var (applied, said, error) = await Operator.OperatorFolder.Run(folder.Folder.FullPath, database.Settings(), "database", "apply");
        Assert.Equal((0, $"The schema has version {SchemaVersion.Current}, which this build needs.", ""), (applied, said.Trim(), error));
        await using (await OwnDatabase.Start(WithoutOwner(database))) { }

        await Sql.ScalarAsync(database.Owner, $"update {schema}.schema_version set version = {SchemaVersion.Current - 1}");
        await using (await OwnDatabase.Start(database.Settings())) { }
        Assert.Equal(SchemaVersion.Current, await Sql.ScalarAsync(database.Owner, $"select version from {schema}.schema_version"));
    }

    [Fact]
    public async Task A_node_is_ready_on_a_newer_schema_and_not_on_an_older_one()
    {
        var database = await cluster.NewDatabase();
        await using var service = await OwnDatabase.Start(database.Settings());
        using var stranger = new HttpClient { BaseAddress = service.Address };
        foreach (var (version, status) in new[] { (SchemaVersion.Current + 1, 200), (SchemaVersion.Current - 1, 503), (SchemaVersion.Current, 200) })
        {
            await Sql.ScalarAsync(database.Owner, $"update history.schema_version set version = {version}");
            using var answer = await stranger.GetAsync("/health/ready", Ct);
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Equal(status == 503, (await answer.Content.ReadAsStringAsync(Ct)).Contains("schema is older", StringComparison.Ordinal));
        }
    }

    static Dictionary<string, string?> WithoutOwner(OwnDatabase database)
    {
        var settings = database.Settings();
        settings.Remove("ConnectionStrings:Owner");
        return settings;
    }

    static async Task<string> Refusal(OwnDatabase database, bool owner)
    {
        await using var folder = new TemporaryFolder();
        var (exit, _, error) = await Operator.OperatorFolder.Run(folder.Folder.FullPath, owner ? database.Settings() : WithoutOwner(database));
        Assert.Equal(1, exit);
        return Assert.Single(error.Trim().Split('\n'));
    }
}
