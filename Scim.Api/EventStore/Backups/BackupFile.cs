using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Scim.Api.EventStore.Schema;
using Scim.Api.EventStore.Sealing;

namespace Scim.Api.EventStore.Backups;

/// <summary>
/// A backup on disk: a zip with one entry a table, <c>manifest.json</c>, and <c>manifest.mac</c>, by which the master key
/// vouches for the manifest and, through its digests, for every byte.
/// </summary>
internal sealed class BackupFile : IDisposable
{
    const string ManifestEntry = "manifest.json", MacEntry = "manifest.mac";

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    readonly ZipArchive _zip;
    readonly byte[] _manifest, _mac;

    BackupFile(ZipArchive zip, byte[] manifest, byte[] mac, BackupManifest read) => (_zip, _manifest, _mac, Manifest) = (zip, manifest, mac, read);

    internal BackupManifest Manifest { get; }

    /// <summary>Opens a file of a format that this build knows.</summary>
    internal static BackupFile Open(string path)
    {
        ZipArchive? zip = null;
        try
        {
            zip = ZipFile.OpenRead(path);
            var manifest = Bytes(zip, ManifestEntry);
            var read = JsonSerializer.Deserialize<BackupManifest>(manifest, Json)!;
            if (read.Format != BackupManifest.CurrentFormat) throw new BackupException($"{path} has the format {read.Format}, which this build does not know; it was made by the build {read.Build}.");
            if (read.SchemaVersion > SchemaVersion.Current) throw new BackupException($"{path} holds version {read.SchemaVersion} of the schema, and this build knows version {SchemaVersion.Current}. Restore with the build that made it ({read.Build}) or a newer one.");
            return new BackupFile(zip, manifest, Bytes(zip, MacEntry), read);
        }
        catch (Exception e)
        {
            zip?.Dispose();
            if (e is InvalidDataException or JsonException) throw new BackupException($"{path} is no whole backup: {e.Message}", e);
            if (e is IOException or UnauthorizedAccessException) throw new BackupException($"{path} cannot be read: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Proves that the file belongs to this key and that its manifest is as it was written.</summary>
    internal void Prove(MasterKey key)
    {
        if (Convert.ToBase64String(key.CheckValue) != Manifest.MasterKeyCheck)
            throw new BackupException("The master key is not the one of this backup: their check values differ. Configure the key with which the data was written (Keys__Master or Keys__MasterFile).");
        if (!CryptographicOperations.FixedTimeEquals(key.Authenticate(_manifest), _mac))
            throw new BackupException($"The backup is damaged or was altered: {ManifestEntry} is not what was written.");
    }

    /// <summary>Reads every table to its end and holds it against its digest.</summary>
    internal async Task VerifyAsync(CancellationToken ct)
    {
        foreach (var table in Manifest.Tables)
        {
            await using var content = Open(table);
            try
            {
                var (bytes, sha256) = await CopyAsync(content, Stream.Null, ct);
                if (bytes != table.Bytes || sha256 != table.Sha256) throw Damaged(table, "its digest differs");
            }
            catch (InvalidDataException e)
            {
                throw Damaged(table, e.Message);
            }
        }
    }

    /// <summary>The bytes of a table.</summary>
    internal Stream Open(BackupTable table)
    {
        try
        {
            return (_zip.GetEntry(table.Entry) ?? throw new InvalidDataException("it is missing")).Open();
        }
        catch (InvalidDataException e)
        {
            throw Damaged(table, e.Message);
        }
    }

    /// <summary>Adds a table's bytes to a file in the making, and says how many they were and their digest.</summary>
    internal static async Task<(long Bytes, string Sha256)> AddAsync(ZipArchive zip, string entry, Stream content, CancellationToken ct)
    {
        await using var target = await zip.CreateEntry(entry, CompressionLevel.Fastest).OpenAsync(ct);
        return await CopyAsync(content, target, ct);
    }

    internal static async Task FinishAsync(ZipArchive zip, BackupManifest manifest, MasterKey key, CancellationToken ct)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(manifest, Json);
        await AddAsync(zip, ManifestEntry, new MemoryStream(bytes), ct);
        await AddAsync(zip, MacEntry, new MemoryStream(key.Authenticate(bytes)), ct);
    }

    static async Task<(long Bytes, string Sha256)> CopyAsync(Stream from, Stream to, CancellationToken ct)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 * 1024];
        var bytes = 0L;
        for (int read; (read = await from.ReadAsync(buffer, ct)) > 0; bytes += read)
        {
            digest.AppendData(buffer, 0, read);
            await to.WriteAsync(buffer.AsMemory(0, read), ct);
        }
        return (bytes, Convert.ToHexStringLower(digest.GetHashAndReset()));
    }

    static byte[] Bytes(ZipArchive zip, string entry)
    {
        using var content = (zip.GetEntry(entry) ?? throw new InvalidDataException($"it holds no {entry}")).Open();
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    static BackupException Damaged(BackupTable table, string why) => new($"The backup is damaged in {table.Entry}: {why}. Nothing was restored.");

    public void Dispose() => _zip.Dispose();
}
