using System.Security.Cryptography;
using Npgsql;
using Scim.Api.EventStore.Sealing;
using Scim.Api.Hosting.Embedded;

namespace Scim.Api.Hosting;

/// <summary>
/// Where the master key comes from: <c>Keys:Master</c> (base64 of 32 bytes), <c>Keys:MasterFile</c> (the same in a
/// file), or the embedded data folder. One is made only there, or when <c>Keys:Create</c> says so and the registry is
/// empty. The registry's check value tells a wrong one.
/// </summary>
internal static class MasterKeySource
{
    const string Secret = "master-key";

    internal static async Task<MasterKey> LoadAsync(IConfiguration configuration, DataFolder? folder, NpgsqlDataSource registry, CancellationToken ct)
    {
        var check = await CheckValueAsync(registry, ct);
        var text = Given(configuration) ?? folder?.TryReadSecret(Secret);
        if (text is null && check is not null)
            throw new StartupException("The registry's check value (registry.master_key) says that this data belongs to a master key, and none is configured. Set Keys__Master or Keys__MasterFile to it.");
        text ??= Make(configuration, folder);

        var key = Parse(text);
        if (check is null)
            await RegisterAsync(registry, key, ct);
        check ??= await CheckValueAsync(registry, ct);
        return CryptographicOperations.FixedTimeEquals(check, key.CheckValue)
            ? key
            : throw new StartupException("The master key is not the one of this data: its check value differs from the registry's (registry.master_key). Configure the key with which the data was written.");
    }

    /// <summary>The key that is configured or lies in the folder; none is made, and none is registered.</summary>
    internal static MasterKey? Find(IConfiguration configuration, DataFolder? folder) =>
        (Given(configuration) ?? folder?.TryReadSecret(Secret)) is { } text ? Parse(text) : null;

    /// <summary>Where the key is kept, for whoever must copy it.</summary>
    internal static string PlaceOf(IConfiguration configuration, DataFolder folder) => configuration switch
    {
        _ when configuration["Keys:Master"] is { Length: > 0 } => "the setting Keys:Master",
        _ when configuration["Keys:MasterFile"] is { Length: > 0 } file && File.Exists(file) => Path.GetFullPath(file),
        _ => Path.Combine(folder.Secrets, Secret),
    };

    static string? Given(IConfiguration configuration)
    {
        if (configuration["Keys:Master"] is { Length: > 0 } key) return key;
        return configuration["Keys:MasterFile"] is { Length: > 0 } file && File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    static string Make(IConfiguration configuration, DataFolder? folder)
    {
        if (folder is not null) return folder.Secret(Secret, New);
        if (!configuration.GetValue<bool>("Keys:Create") || configuration["Keys:MasterFile"] is not { Length: > 0 } file)
            throw new StartupException("There is no master key. Set Keys__Master (base64 of 32 random bytes) or Keys__MasterFile; or set Keys__Create=true with Keys__MasterFile, and one is made there once.");
        return KeyFile.Made(file, New);
    }

    static string New() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    static MasterKey Parse(string text)
    {
        var bytes = new byte[48];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == 32
            ? new MasterKey(bytes.AsSpan(0, 32))
            : throw new StartupException("The master key must be the base64 of 32 bytes, for example from: openssl rand -base64 32");
    }

    static async Task<byte[]?> CheckValueAsync(NpgsqlDataSource registry, CancellationToken ct)
    {
        await using var command = registry.CreateCommand("select check_value from registry.master_key where id = 1");
        return await command.ExecuteScalarAsync(ct) as byte[];
    }

    static async Task RegisterAsync(NpgsqlDataSource registry, MasterKey key, CancellationToken ct)
    {
        await using var command = registry.CreateCommand("insert into registry.master_key (id, check_value) values ($1, $2) on conflict do nothing");
        command.Parameters.Add(new() { Value = (short)key.Id });
        command.Parameters.Add(new() { Value = key.CheckValue });
        await command.ExecuteNonQueryAsync(ct);
    }
}
