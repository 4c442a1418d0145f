using System.CommandLine;
using Scim.Api.EventStore.Schema;
using Scim.Api.Hosting;
using Scim.Api.Hosting.Embedded;

namespace Scim.Api.Operator;

/// <summary>The installation's own doors: <c>operator key</c>, <c>database connection</c>, <c>database apply</c>. None needs a database that is whole.</summary>
internal static class InstallationCommands
{
    static readonly Option<bool> Owner = new("--owner") { Description = "As the owner, who may change the schema and restore a backup" };

    internal static Command Operator()
    {
        var key = new Command("key", "Print the operator key, which opens the pages and the JSON API");
        key.SetAction((_, _) =>
        {
            var configuration = Installation.Configuration();
            return Answer.Words(ScimService.OperatorKey(configuration, DataFolder.Open(configuration["Embedded:Folder"])));
        });
        return new Command("operator", "The operator's own key") { key };
    }

    internal static Command Database()
    {
        var connection = new Command("connection", "Print a connection string for psql and pg_dump, password included: psql \"$(… database connection)\"") { Owner };
        connection.SetAction(Connection);
        var apply = new Command("apply", "Bring the schema to this build's version, as its owner; without the owner's login, print the SQL that does");
        apply.SetAction((_, ct) => Apply(ct));
        return new Command("database", "The database behind the service") { connection, apply };
    }

    static async Task<int> Apply(CancellationToken ct)
    {
        using var log = Installation.Log();
        await using var foundation = await Foundation.LaySchemaAsync(Installation.Configuration(), FolderRole.Command, log.CreateLogger("Scim.Start"), ct);
        if (foundation.Connections.Owner is null && await SchemaSetup.MissingSqlAsync(foundation.Placement, ct) is { Length: > 0 } script)
            return await Answer.Words(script.TrimEnd());
        await SchemaSetup.AssertAsync(foundation.Placement, ct);
        return await Answer.Words($"The schema has version {SchemaVersion.Current}, which this build needs.");
    }

    static async Task<int> Connection(ParseResult parsed, CancellationToken ct)
    {
        var configuration = Installation.Configuration();
        if (!Connections.NeedEmbedded(configuration)) return await Print(Connections.Of(configuration, null), parsed);

        using var log = Installation.Log();
        var folder = DataFolder.Open(configuration["Embedded:Folder"]);
        await using (var embedded = await EmbeddedPostgres.AcquireAsync(folder, FolderRole.Command, log.CreateLogger("Scim.Start"), ct))
            await Print(Connections.Of(configuration, embedded), parsed);
        if (Postmaster.TryRead(Path.Combine(folder.Postgres, "data"))?.IsRunning() != true)
            await Console.Error.WriteLineAsync("No service runs on this data folder, so its database is stopped again. Start the service to connect.");
        return 0;
    }

    static Task<int> Print(Connections connections, ParseResult parsed) => Answer.Words(LibpqUri.Of(
        !parsed.GetValue(Owner) ? connections.Directory : connections.Owner ?? throw new StartupException("The owner's login is not configured. Set ConnectionStrings__Owner.")));
}
