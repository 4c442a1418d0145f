namespace Scim.Api.Hosting;

/// <summary>Under which scheme and host the world reaches the service: <c>Scim:PublicOrigin</c>, else as the request came.</summary>
internal sealed class PublicOrigin(string? configured)
{
    readonly string? _configured = configured?.TrimEnd('/');

    internal string Of(HttpContext http) => _configured ?? $"{http.Request.Scheme}://{http.Request.Host}";

    /// <summary>Whether browsers reach it over https.</summary>
    internal bool IsHttps(HttpContext http) => Of(http).StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether that is so of every request, because it is configured.</summary>
    internal bool IsAlwaysHttps => _configured?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>The host to which passkeys are bound; null where it is the one that the request names.</summary>
    internal string? Domain => _configured is null ? null : new Uri(_configured).Host;

    /// <summary>Like <see cref="OrAddress"/>, with a name for an address of this machine: passkeys are refused at an address.</summary>
    internal string ForBrowser(string address) => _configured
        ?? (new UriBuilder(OrAddress(address)) is { Uri.HostNameType: UriHostNameType.IPv4 or UriHostNameType.IPv6 } at ? $"{at.Scheme}://localhost:{at.Port}" : OrAddress(address));

    /// <summary>Where there is no request: the configured origin, else the address that the service listens on.</summary>
    internal string OrAddress(string address) => _configured ?? address.TrimEnd('/').Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal).Replace("//[::]", "//localhost", StringComparison.Ordinal);
}
