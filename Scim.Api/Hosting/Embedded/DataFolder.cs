namespace Scim.Api.Hosting.Embedded;

/// <summary>
/// The folder in which a service without configuration keeps all it owns, e.g. <c>~/.local/share/scim</c>:
/// <c>secrets/</c>, <c>locks/</c> and the PostgreSQL of its own in <c>postgres/</c>.
/// </summary>
internal sealed class DataFolder
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    DataFolder(string path)
    {
        FullPath = Path.GetFullPath(path);
        Secrets = Path.Combine(FullPath, "secrets");
        Locks = Path.Combine(FullPath, "locks");
        Postgres = Path.Combine(FullPath, "postgres");
    }

    internal string FullPath { get; }

    /// <summary>One file for each secret.</summary>
    internal string Secrets { get; }

    /// <summary>Empty files whose locks say who uses the folder.</summary>
    internal string Locks { get; }

    /// <summary>The cluster and its log; the one part that may belong to another user than ours.</summary>
    internal string Postgres { get; }

    /// <summary>Opens the folder that configuration names, or the default one, and makes it when it is missing.</summary>
    internal static DataFolder Open(string? configured)
    {
        var folder = new DataFolder(string.IsNullOrWhiteSpace(configured) ? DefaultPath() : configured);
        try
        {
            MakePrivate(folder.FullPath);
            MakePrivate(folder.Secrets);
            MakePrivate(folder.Locks);
            MakePrivate(folder.Postgres);
            foreach (var part in new[] { folder.Secrets, folder.Locks, folder.Postgres })
                _ = Directory.EnumerateFileSystemEntries(part).Any();
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new StartupException(
                $"The data folder {folder.FullPath} cannot be used ({e.Message}). " +
                "Run as the user it belongs to, or set Embedded__Folder to a folder of your own.", e);
        }
        return folder;
    }

    /// <summary>The secret of this name; made now when there is none. Of processes that race to make it, all get the same one.</summary>
    internal string Secret(string name, Func<string> make)
    {
        if (TryReadSecret(name) is { } known)
            return known;

        // One maker at a time: moving a file without overwriting is no promise of the platform that just one racer wins.
        FolderLock? making;
        while ((making = FolderLock.TryExclusive(this, "making-a-secret")) is null)
            Thread.Sleep(5);
        using (making)
        {
            if (TryReadSecret(name) is { } others)
                return others;
            var fresh = SecretFile($".{name}.new");
            File.Delete(fresh); // of a maker that was killed
            Write(fresh, make());
            File.Move(fresh, SecretFile(name));
        }
        return TryReadSecret(name)!;
    }

    /// <summary>The secret of this name, or null when it was never made.</summary>
    internal string? TryReadSecret(string name)
    {
        var file = SecretFile(name);
        try
        {
            var secret = File.ReadAllText(file).Trim();
            return secret.Length > 0 ? secret : throw new StartupException($"The secret {file} is empty. Put its content back from a backup.");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartupException($"The secret {file} cannot be read. Run as the user it belongs to.", e);
        }
    }

    string SecretFile(string name) =>
        name == Path.GetFileName(name) ? Path.Combine(Secrets, name) : throw new ArgumentException($"'{name}' is no file name.", nameof(name));

    static void Write(string file, string content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, options);
        stream.Write(System.Text.Encoding.UTF8.GetBytes(content));
        stream.Flush(flushToDisk: true);
    }

    static void MakePrivate(string path)
    {
        if (Directory.Exists(path))
            return;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerOnly);
    }

    static string DefaultPath()
    {
        // Root's home is closed to the user that PostgreSQL must run as, so root's folder stands where system services keep theirs.
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("XDG_DATA_HOME")))
            return "/var/lib/scim";

        var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return home.Length > 0
            ? Path.Combine(home, "scim")
            : throw new StartupException("There is no home folder to keep data in. Set Embedded__Folder.");
    }
}
