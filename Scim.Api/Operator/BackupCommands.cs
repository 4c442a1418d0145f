using System.CommandLine;
using Npgsql;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Backups;
using Scim.Api.Hosting;
using Scim.Api.Hosting.Embedded;

namespace Scim.Api.Operator;

/// <summary>The installation into one file, and back into an empty one: <c>backup</c> and <c>restore</c>.</summary>
internal static class BackupCommands
{
    static readonly Argument<string> File = new("FILE") { Description = "The backup; it is made readable for its owner only" };
    static readonly Argument<string?> Restored = new("FILE") { Arity = ArgumentArity.ZeroOrOne, Description = "The backup" };
    static readonly Option<bool> Resume = new("--resume") { Description = "Finish a restore whose data is in and whose tokens and keys are not all revoked; takes no FILE" };
    static readonly Option<bool> KeepTokens = new("--keep-tokens") { Description = "Leave live tokens and keys live, also those that were revoked after the backup" };

    internal static Command Backup()
    {
        var backup = new Command("backup", "Write everything the installation holds, but not the master key, into one file; a running service is not disturbed") { File, Arguments.Json };
        backup.SetAction(Write);
        return backup;
    }

    internal static Command Restore()
    {
        var restore = new Command("restore", "Put a backup into an empty database, check all of it, and revoke every live token and key") { Restored, KeepTokens, Resume, Arguments.Json };
        restore.Validators.Add(asked =>
        {
            if (asked.GetValue(Restored) is null != asked.GetValue(Resume)) asked.AddError("Name either the FILE to restore, or --resume.");
        });
        restore.SetAction(Read);
        return restore;
    }

    static async Task<int> Write(ParseResult parsed, CancellationToken ct)
    {
        await using var installation = await Installation.OpenAsync(parsed, ct);
        var (foundation, path) = (installation.Foundation, Path.GetFullPath(parsed.GetRequiredValue(File)));
        var manifest = await EventStore.Backups.Backup.WriteAsync(path, foundation.Placement, foundation.Events.Keys.Master, Installation.Clock, ct);
        var (bytes, key) = (new FileInfo(path).Length, MasterKeySource.PlaceOf(Installation.Configuration(), foundation.Folder));
        if (parsed.GetValue(Arguments.Json))
            return await Answer.Json(new { file = path, bytes, manifest.TakenAt, organizations = Organizations(manifest), events = Events(manifest), people = People(manifest), masterKey = key });
        return await Answer.Words($"""
            Backed up {Said(manifest)} to {path} ({bytes / 1e6:0.0} MB).

            The master key is not in it: it is {key}. Keep a copy of the key in another place than the backups. Without it a backup
            cannot be restored; with both, all of it can be read. The directory stands in the file in clear: guard it like the database.
            """);
    }

    static async Task<int> Read(ParseResult parsed, CancellationToken ct)
    {
        if (parsed.GetValue(Restored) is not { } path) return await Finish(parsed, ct);
        var configuration = Installation.Configuration();
        using var file = BackupFile.Open(path);
        file.Prove(Key(configuration));
        await file.VerifyAsync(ct);

        using var log = Installation.Log();
        await using var empty = await Foundation.LaySchemaAsync(configuration, FolderRole.LoneCommand, log.CreateLogger("Scim.Start"), ct);
        var streams = await Fill(file, empty, ct);
        var live = await Tokens(parsed, ct);

        var manifest = file.Manifest;
        if (parsed.GetValue(Arguments.Json))
            return await Answer.Json(new { manifest.TakenAt, organizations = Organizations(manifest), events = Events(manifest), people = People(manifest), streams, live.RevokedTokens, live.KeptTokens, live.RevokedKeys, live.KeptKeys });
        return await Answer.Words($"""
            Restored {Said(manifest)}, as they were at {Answer.Time(manifest.TakenAt)}. Every digest, every row count and the chains of all {streams} streams are right.
            {Said(live)}
            """);
    }

    static async Task<int> Finish(ParseResult parsed, CancellationToken ct)
    {
        using var log = Installation.Log();
        await using var alone = await Foundation.LaySchemaAsync(Installation.Configuration(), FolderRole.LoneCommand, log.CreateLogger("Scim.Start"), ct);
        if ((await alone.Placement.RestoringAsync(ct)).Count == 0) throw new BackupException("There is no unfinished restore in this database.");
        var live = await Tokens(parsed, ct);
        return parsed.GetValue(Arguments.Json)
            ? await Answer.Json(live)
            : await Answer.Words($"Finished the restore. {Said(live)}");
    }

    static string Said(LiveSecrets live) => live.Kept
        ? $"{Counted(live.KeptTokens, "live token was", "live tokens were")} kept{Keys(live.KeptKeys)}. Any that was revoked after the backup is live again: look at token list and key list."
        : $"{Counted(live.RevokedTokens, "live token was", "live tokens were")} revoked{Keys(live.RevokedKeys)}, because what was revoked after the backup cannot be known. Issue new ones with token issue and key issue.";

    static string Keys(int count) => count == 0 ? "" : $", and {Counted(count, "key", "keys")}";

    static EventStore.Sealing.MasterKey Key(IConfiguration configuration) =>
        MasterKeySource.Find(configuration, Connections.NeedEmbedded(configuration) ? DataFolder.Open(configuration["Embedded:Folder"]) : null)
        ?? throw new BackupException("A backup is restored with the master key of its data, and none is configured. Set Keys__Master or Keys__MasterFile, or put the key back as secrets/master-key in the data folder.");

    static async Task<long> Fill(BackupFile file, Foundation empty, CancellationToken ct)
    {
        if (empty.Connections is not { Owner: { } owner, RegistryOwner: { } registryOwner })
            throw new BackupException("A restore needs the owner's login. Set ConnectionStrings__Owner (and ConnectionStrings__RegistryOwner for a registry of its own).");
        if ((await empty.Placement.RestoringAsync(ct)).Count > 0)
            throw new BackupException("A restore into this database has not finished. Finish it with restore --resume, or name an empty database.");
        await using var objects = WithoutDeadline(owner);
        await using var registry = registryOwner == owner ? null : WithoutDeadline(registryOwner);
        return await EventStore.Backups.Restore.RunAsync(file,
            [.. empty.Placement.Shards.Select(s => (s.Id, objects)), (TableCatalog.Registry, registry ?? objects)], ct);
    }

    static NpgsqlDataSource WithoutDeadline(string owner) => Connections.DataSource(new NpgsqlConnectionStringBuilder(owner) { CommandTimeout = 0 }.ConnectionString);

    // Each organization is closed until its tokens and keys are revoked, so wherever this ends none opens that should not.
    static async Task<LiveSecrets> Tokens(ParseResult parsed, CancellationToken ct)
    {
        var (done, keep, now) = (false, parsed.GetValue(KeepTokens), Installation.Clock.GetUtcNow());
        var (tokens, keys) = (0, 0);
        try
        {
            await using var installation = await Installation.OpenRestoredAsync(parsed, ct);
            var placement = installation.Foundation.Placement;
            foreach (var id in await placement.RestoringAsync(ct))
            {
                // One may have been placed and never made; but a registry of its own commits before the data.
                var organization = await installation.Organizations.Find(id, ct);
                if (organization is null) await AssertDataAsync(placement.Of(Placement.Tenant(id)), ct);
                foreach (var token in organization?.Tokens.Where(t => t.IsLive(now)) ?? [])
                {
                    if (!keep) await installation.Organizations.RevokeToken(installation.Caller(id), token.Id);
                    tokens++;
                }
                foreach (var key in organization?.Keys.Where(k => k.IsLive(now)) ?? [])
                {
                    if (!keep) await installation.Organizations.RevokeKey(installation.Caller(id), key.Id);
                    keys++;
                }
                await placement.RestoredAsync(id, ct);
            }
            done = true;
        }
        finally
        {
            if (!done) await Console.Error.WriteAsync("The data is restored, but not all tokens and keys are revoked, and no service starts here; finish with restore --resume: ");
        }
        return keep ? new(0, tokens, 0, keys) { Kept = true } : new(tokens, 0, keys, 0);
    }

    static async Task AssertDataAsync(Shard shard, CancellationToken ct)
    {
        await using var any = shard.Write.CreateCommand("select exists (select from history.mt_streams)");
        if (await any.ExecuteScalarAsync(ct) is not true) throw new BackupException("The restore ended before its data was in. Make the databases anew and restore the file again.");
    }

    static string Said(BackupManifest m) =>
        $"{Counted(Organizations(m), "organization", "organizations")}, {Counted(Events(m), "event", "events")} and {Counted(People(m), "person", "people")}";

    static string Counted(long number, string one, string several) => $"{number} {(number == 1 ? one : several)}";

    static long Organizations(BackupManifest m) => m.Rows("registry", "placement");

    static long Events(BackupManifest m) => m.Rows("history", "mt_events");

    static long People(BackupManifest m) => m.Rows("directory", "mt_doc_user");

    /// <summary>What was live in the backup: revoked, or kept as asked.</summary>
    sealed record LiveSecrets(int RevokedTokens, int KeptTokens, int RevokedKeys, int KeptKeys)
    {
        internal bool Kept { get; init; }
    }
}
