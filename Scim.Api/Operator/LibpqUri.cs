using System.Globalization;
using Npgsql;

namespace Scim.Api.Operator;

/// <summary>A connection string as PostgreSQL's own programs read it, e.g. <c>postgresql://scim:secret@127.0.0.1:5432/scim?sslmode=disable</c>.</summary>
internal static class LibpqUri
{
    internal static string Of(string connectionString)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        var user = given.Username is { Length: > 0 } name ? Escape(name) + (given.Password is { } password ? ":" + Escape(password) : "") + "@" : "";
        var hosts = (given.Host ?? "").Split(',', StringSplitOptions.TrimEntries);
        var query = Settings(given, severalHosts: hosts.Length > 1).Where(s => !string.IsNullOrEmpty(s.Value)).Select(s => $"{s.Name}={Escape(s.Value!)}").ToList();
        return $"postgresql://{user}{string.Join(',', hosts.Select(h => Host(h, given.Port)))}/{Escape(given.Database ?? "")}{(query.Count > 0 ? "?" : "")}{string.Join('&', query)}";
    }

    // A host is a name, an address, or the folder of a Unix socket; it may bring a port of its own.
    static string Host(string host, int port)
    {
        if (host.StartsWith('/')) return $"{Escape(host)}:{port.ToString(CultureInfo.InvariantCulture)}";
        if (host.Contains("]:", StringComparison.Ordinal) || host.Count(c => c == ':') == 1) return host;
        return $"{(host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"[{host}]" : host)}:{port.ToString(CultureInfo.InvariantCulture)}";
    }

    static IEnumerable<(string Name, string? Value)> Settings(NpgsqlConnectionStringBuilder given, bool severalHosts) =>
    [
        ("sslmode", given.SslMode switch { SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full", var mode => mode.ToString().ToLowerInvariant() }),
        ("sslrootcert", given.RootCertificate),
        ("sslcert", given.SslCertificate),
        ("sslkey", given.SslKey),
        ("options", given.Options),
        ("target_session_attrs", severalHosts ? "read-write" : null),
    ];

    static string Escape(string text) => Uri.EscapeDataString(text);
}
