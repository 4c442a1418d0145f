using Scim.Api.Hosting;

namespace Scim.Tests.Hosting.Embedded;

public class DataFolderTests
{
    [Fact]
    public async Task A_secret_is_made_once_and_the_same_for_twenty_at_once()
    {
        await using var temporary = new TemporaryFolder();
        var folder = temporary.Folder;

        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Task.Run(() => folder.Secret("master-key", () => $"made by {n}"))));

        Assert.Single(made.Distinct());
        Assert.Equal(made[0], folder.TryReadSecret("master-key"));
        Assert.Equal(["master-key"], Directory.GetFiles(folder.Secrets).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Folder_and_secrets_are_the_owners_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        await using var temporary = new TemporaryFolder();
        temporary.Folder.Secret("operator-key", () => "secret");

#pragma warning disable CA1416 // skipped on Windows above
        Assert.Equal("700", Convert.ToString((int)File.GetUnixFileMode(temporary.Folder.FullPath), 8));
        Assert.Equal("700", Convert.ToString((int)File.GetUnixFileMode(temporary.Folder.Secrets), 8));
        Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(Path.Combine(temporary.Folder.Secrets, "operator-key")), 8));
#pragma warning restore CA1416
    }

    [Fact]
    public async Task A_secret_that_was_never_made_is_null_and_one_that_is_empty_is_said()
    {
        await using var temporary = new TemporaryFolder();
        Assert.Null(temporary.Folder.TryReadSecret("master-key"));

        await File.WriteAllTextAsync(Path.Combine(temporary.Folder.Secrets, "master-key"), "\n", TestContext.Current.CancellationToken);
        var refused = Assert.Throws<StartupException>(() => temporary.Folder.Secret("master-key", () => "another"));
        Assert.Contains("empty", refused.Message, StringComparison.Ordinal);
    }
}
