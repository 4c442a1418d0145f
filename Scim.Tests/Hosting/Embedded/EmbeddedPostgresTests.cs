using Npgsql;
using Scim.Api.Hosting;
using Scim.Api.Hosting.Embedded;

namespace Scim.Tests.Hosting.Embedded;

[Collection(OneCluster.Name)]
public class EmbeddedPostgresTests(SharedCluster cluster)
{
    [Fact]
    public async Task The_first_start_makes_a_durable_cluster_and_a_database_that_its_owner_may_fill()
    {
        await using var temporary = new TemporaryFolder();
        await using var postgres = await temporary.AcquireAsync(FolderRole.Service);

        Assert.Equal("on", await Sql.ScalarAsync(postgres.OwnerConnectionString, "show fsync"));
        Assert.Equal("on", await Sql.ScalarAsync(postgres.OwnerConnectionString, "show data_checksums"));
        Assert.Equal("UTC", await Sql.ScalarAsync(postgres.OwnerConnectionString, "show timezone"));
        Assert.Equal("200", await Sql.ScalarAsync(postgres.OwnerConnectionString, "show max_connections"));
        Assert.Equal("scim scim_owner UTF8", await Sql.ScalarAsync(postgres.OwnerConnectionString,
            "select current_database() || ' ' || current_user || ' ' || current_setting('server_encoding')"));
        if (OperatingSystem.IsLinux())
            Assert.Equal("C.UTF-8", await Sql.ScalarAsync(postgres.OwnerConnectionString, "select datcollate from pg_database where datname = current_database()"));
        Assert.Equal(false, await Sql.ScalarAsync(postgres.OwnerConnectionString, "select rolsuper from pg_roles where rolname = current_user"));

        // What the layout of the database needs: schemas, trusted extensions, and the role for the service.
        var password = new NpgsqlConnectionStringBuilder(postgres.ServiceConnectionString).Password;
        await Sql.ScalarAsync(postgres.OwnerConnectionString,
            $"create schema history; create extension pg_trgm; create role scim_service login password '{password}'");
        Assert.Equal("scim_service", await Sql.ScalarAsync(postgres.ServiceConnectionString, "select current_user::text"));
    }

    [Fact]
    public async Task A_second_start_keeps_data_port_and_passwords()
    {
        await using var temporary = cluster.Use();
        string first;
        await using (var postgres = await temporary.AcquireAsync(FolderRole.Service))
        {
            first = postgres.OwnerConnectionString;
            await Sql.ScalarAsync(first, "drop table if exists kept; create table kept as select 'bjensen' as name");
        }
        Assert.Null(temporary.Server());
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Sql.ScalarAsync(first, "select 1"));

        await using var again = await temporary.AcquireAsync(FolderRole.Service);
        Assert.Equal(first, again.OwnerConnectionString);
        Assert.Equal("bjensen", await Sql.ScalarAsync(again.OwnerConnectionString, "select name from kept"));
    }

    [Fact]
    public async Task The_last_to_let_go_stops_the_server()
    {
        await using var temporary = cluster.Use();
        var service = await temporary.AcquireAsync(FolderRole.Service);
        var command = await temporary.AcquireAsync();
        Assert.Equal(service.OwnerConnectionString, command.OwnerConnectionString);

        await service.DisposeAsync();
        Assert.Equal(1, await Sql.ScalarAsync(command.OwnerConnectionString, "select 1"));

        await command.DisposeAsync();
        Assert.Null(temporary.Server());
    }

    [Fact]
    public async Task A_second_service_is_refused_while_the_first_holds_the_folder()
    {
        await using var temporary = cluster.Use();
        await using var first = await temporary.AcquireAsync(FolderRole.Service);

        var refused = await Assert.ThrowsAsync<StartupException>(() => temporary.AcquireAsync(FolderRole.Service));
        Assert.Contains(temporary.Folder.FullPath, refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await Sql.ScalarAsync(first.OwnerConnectionString, "select 1"));
    }

    [Fact]
    public async Task A_service_starts_when_the_command_that_was_alone_has_ended()
    {
        await using var temporary = cluster.Use();
        var alone = await temporary.AcquireAsync(FolderRole.LoneCommand);
        await using (await temporary.AcquireAsync()) { } // other commands come and go beside it

        var starting = temporary.AcquireAsync(FolderRole.Service);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(starting.IsCompleted);
        await alone.DisposeAsync();
        await using var service = await starting;
        Assert.Equal(1, await Sql.ScalarAsync(service.OwnerConnectionString, "select 1"));
    }

    [Fact]
    public async Task Starts_at_the_same_moment_share_one_server()
    {
        await using var temporary = new TemporaryFolder();
        var held = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => temporary.AcquireAsync()));
        Assert.Single(held.Select(h => h.OwnerConnectionString).Distinct());

        await Task.WhenAll(held.Select(h => h.DisposeAsync().AsTask()));
        Assert.Null(temporary.Server());
    }

    [Fact]
    public async Task The_server_has_a_session_of_its_own_that_Ctrl_C_does_not_reach()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        await using var temporary = cluster.Use();
        await using var postgres = await temporary.AcquireAsync();

        // "7265 (postgres) S parent group session …"
        var process = temporary.Server()!.ProcessId;
        var fields = (await File.ReadAllTextAsync($"/proc/{process}/stat", TestContext.Current.CancellationToken)).Split(") ")[1].Split(' ');
        var number = process.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal((number, number), (fields[2], fields[3]));
    }

    [Fact]
    public async Task Giving_up_a_start_leaves_no_server_behind()
    {
        await using var temporary = cluster.Use();
        await (await temporary.AcquireAsync()).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(temporary.Folder.Secrets, "postgres-owner-password"), "", TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<StartupException>(() => temporary.AcquireAsync());
        Assert.Null(temporary.Server());

        File.Delete(Path.Combine(temporary.Folder.Secrets, "postgres-owner-password"));
    }

    [Fact]
    public async Task A_lost_owner_password_is_replaced_by_a_new_one()
    {
        await using var temporary = cluster.Use();
        await (await temporary.AcquireAsync()).DisposeAsync();
        File.Delete(Path.Combine(temporary.Folder.Secrets, "postgres-owner-password"));

        await using var postgres = await temporary.AcquireAsync();
        Assert.Equal(1, await Sql.ScalarAsync(postgres.OwnerConnectionString, "select 1"));
    }

    [Theory]
    [InlineData("14\n", "PostgreSQL 14,", "`backup FILE` with PostgreSQL 14's programs (PG_BIN)")]
    [InlineData("9.6\n", "PostgreSQL 9,", "`restore FILE` into a new folder")]
    [InlineData("", "does not say", "PG_VERSION")]
    public async Task A_cluster_of_another_major_version_is_named_with_the_way_out(string version, string named, string wayOut)
    {
        await using var temporary = new TemporaryFolder();
        var data = Directory.CreateDirectory(Path.Combine(temporary.Folder.Postgres, "data"));
        await File.WriteAllTextAsync(Path.Combine(data.FullName, "PG_VERSION"), version, TestContext.Current.CancellationToken);

        var (exit, _, error) = await Operator.OperatorFolder.Run(temporary.Folder.FullPath, []);
        Assert.Equal(1, exit);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Contains(wayOut, error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }
}
