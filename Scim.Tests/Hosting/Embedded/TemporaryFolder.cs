using Microsoft.Extensions.Logging.Abstractions;
using Scim.Api.Hosting.Embedded;

namespace Scim.Tests.Hosting.Embedded;

/// <summary>A data folder for one test; when the test ends, also when it fails, its server is stopped and it is deleted.</summary>
internal sealed class TemporaryFolder : IAsyncDisposable
{
    readonly bool borrowed;

    internal TemporaryFolder() => Folder = DataFolder.Open(Path.Combine(Path.GetTempPath(), "scim-test-" + Guid.NewGuid().ToString("N")));

    TemporaryFolder(DataFolder folder) => (Folder, borrowed) = (folder, true);

    internal DataFolder Folder { get; }

    /// <summary>The same folder for a test that leaves it to others: its server is stopped, its data stays.</summary>
    internal TemporaryFolder Borrow() => new(Folder);

    internal Task<EmbeddedPostgres> AcquireAsync(FolderRole role = FolderRole.Command) =>
        EmbeddedPostgres.AcquireAsync(Folder, role, NullLogger.Instance, TestContext.Current.CancellationToken);

    internal Postmaster? Server() => Postmaster.TryRead(Path.Combine(Folder.Postgres, "data"));

    public async ValueTask DisposeAsync()
    {
        if (Server()?.IsRunning() == true)
        {
            var last = await EmbeddedPostgres.AcquireAsync(Folder, FolderRole.Command, NullLogger.Instance, CancellationToken.None);
            await last.DisposeAsync();
        }
        if (!borrowed)
            Directory.Delete(Folder.FullPath, recursive: true);
    }
}
