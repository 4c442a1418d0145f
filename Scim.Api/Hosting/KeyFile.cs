using System.Runtime.InteropServices;
using System.Text;

namespace Scim.Api.Hosting;

/// <summary>A file with a key that several nodes may share and each may be the first to make: whoever sees it sees all of it, and all see the same.</summary>
internal static class KeyFile
{
    /// <summary>What the file holds; made now when there is none.</summary>
    internal static string Made(string file, Func<string> make)
    {
        var fresh = $"{file}.{Guid.NewGuid():N}.new";
        try
        {
            if (!File.Exists(file))
            {
                Write(fresh, make());
                PutInPlace(fresh, file);
            }
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The key file {file} cannot be made or read: {e.Message}", e);
        }
        finally
        {
            if (File.Exists(fresh)) File.Delete(fresh);
        }
    }

    // A link is made by one racer only, on network file systems too; moving without overwriting looks first and moves then.
    static void PutInPlace(string fresh, string file)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                File.Move(fresh, file); // there it is one step
            }
            catch (IOException) when (File.Exists(file))
            {
                // another was first
            }
        }
        else if (Link(Utf8(fresh), Utf8(file)) != 0 && !File.Exists(file))
        {
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }
    }

    static void Write(string file, string content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, options);
        stream.Write(Encoding.UTF8.GetBytes(content + "\n"));
        stream.Flush(flushToDisk: true);
    }

    static byte[] Utf8(string path) => Encoding.UTF8.GetBytes(path + '\0');

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    static extern int Link(byte[] from, byte[] to);
}
