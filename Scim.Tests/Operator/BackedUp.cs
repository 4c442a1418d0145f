using System.Net.Http.Json;
using Npgsql;
using Scim.Api.Provisioning.RequestLog;
using Scim.Tests.Faults;
using Scim.Tests.Hosting.Embedded;
using Scim.Tests.Replay;

namespace Scim.Tests.Operator;

/// <summary>An installation with two organizations whose people came, changed and went; and one backup of it at rest.</summary>
public sealed class BackedUp : IAsyncLifetime
{
    readonly OwnCluster _cluster = new();
    readonly TemporaryFolder _folder = new();
    OwnDatabase _database = null!;

    internal TestService Service { get; private set; } = null!;

    internal TestOrganization One { get; private set; } = null!;

    internal TestOrganization Two { get; private set; } = null!;

    /// <summary>The backup, and what the command said.</summary>
    internal string File => Path.Combine(_folder.Folder.FullPath, "at-rest.scim");

    internal string Said { get; private set; } = "";

    internal IReadOnlyDictionary<string, string> Digests { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await _cluster.InitializeAsync();
        _database = await _cluster.NewDatabase();
        Service = await OwnDatabase.Start(_database.Settings());
        (One, Two) = (await Service.NewOrganization("One"), await Service.NewOrganization("Two"));
        foreach (var organization in new[] { One, Two })
        {
            var ada = await organization.NewUser("ada", ",\"displayName\":\"Ada \\u00e9\\ud83d\\ude00\"");
            await organization.Patch($"Users/{ada.Id}", """[{"op":"replace","path":"displayName","value":"Countess"}]""");
            await organization.Patch($"Users/{ada.Id}", """[{"op":"replace","path":"active","value":false}]""");
            await organization.Delete($"Users/{(await organization.NewUser("gone")).Id}");
            await organization.NewUser("babs");
        }
        await Service.Operator.PostAsJsonAsync($"/api/organizations/{Two.Id}/tokens", new { label = "soon", days = 10 });
        await Service.NewKey(One.Id, "auditor");
        // A month that no empty database has.
        await Service.Sql("select history.make_request_log_month(current_date - 70)");
        await Service.Sql("insert into history.request_log (tenant_id, at, id, provider, verb, route, action, status) values ($1, now() - interval '70 days', gen_random_uuid(), 'unknown', 'GET', '/Users', 'list', 200)", One.Id.ToString());
        await Task.Delay(200);
        await Until.True(() => Task.FromResult(Service.Get<LogQueue>().Pending == 0), "The provisioning log is not written.", 10);
        foreach (var organization in new[] { One, Two }) await Positions.Settled(Service, organization.Id);
        Said = await Succeed(Settings, "backup", File);
        Digests = await DigestsOf(_database);
    }

    internal Dictionary<string, string?> Settings => _database.Settings();

    internal Task<OwnDatabase> NewDatabase() => _cluster.NewDatabase();

    /// <summary>A backup of the installation as it is now.</summary>
    internal async Task<string> Backup(string name)
    {
        var file = Path.Combine(_folder.Folder.FullPath, name);
        await Succeed(Settings, "backup", file);
        return file;
    }

    internal Task<(int Exit, string Output, string Error)> Run(Dictionary<string, string?> settings, params string[] arguments) =>
        OperatorFolder.Run(_folder.Folder.FullPath, settings, arguments);

    internal async Task<string> Succeed(Dictionary<string, string?> settings, params string[] arguments)
    {
        var (exit, output, error) = await Run(settings, arguments);
        Assert.True(exit == 0 && error == "", $"{exit} {output} {error}");
        return output;
    }

    /// <summary>A digest of each table's rows, without those that a restore adds or changes.</summary>
    internal static async Task<IReadOnlyDictionary<string, string>> DigestsOf(OwnDatabase database)
    {
        await using var source = NpgsqlDataSource.Create(database.Owner + ";Pooling=false");
        var tables = new List<string>();
        await using (var command = source.CreateCommand("select schemaname || '.' || tablename from pg_tables where schemaname in ('history', 'directory', 'registry') and tablename not in ('lease', 'session', 'invitation') order by 1"))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        var digests = new Dictionary<string, string>();
        foreach (var table in tables)
        {
            var rows = table switch
            {
                "registry.placement" => "select organization_id, shard, state from registry.placement",
                "history.mt_events" => "select * from history.mt_events where type not in ('token_revoked', 'key_revoked')",
                "history.mt_streams" => "select * from history.mt_streams where id::text <> tenant_id",
                "history.commit_log" => "select * from history.commit_log c where not exists (select from history.mt_events e where e.tenant_id = c.tenant_id and e.stream_id = c.stream_id and e.version = c.to_version and e.type in ('token_revoked', 'key_revoked'))",
                "directory.mt_doc_organization" => "select id from directory.mt_doc_organization",
                _ => $"select * from {table}",
            };
            await using var digest = source.CreateCommand($"select count(*) || ' ' || coalesce(md5(string_agg(r::text, E'\\n' order by r::text collate \"C\")), '') from ({rows}) r");
            digests[table] = (string)(await digest.ExecuteScalarAsync())!;
        }
        return digests;
    }

    public async ValueTask DisposeAsync()
    {
        if (Service is not null) await Service.DisposeAsync();
        await _cluster.DisposeAsync();
        await _folder.DisposeAsync();
    }
}
