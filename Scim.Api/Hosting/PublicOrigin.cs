namespace Scim.Api.Hosting;

/// <summary>Under which scheme and host the world reaches the service: <c>Scim:PublicOrigin</c>, else as the request came.</summary>
internal sealed class PublicOrigin(string? configured)
{
    readonly string? _configured = configured?.TrimEnd('/');

    internal string Of(HttpContext http) => _configured ?? $"{http.Request.Scheme}://{http.Request.Host}";

    /// <summary>Where there is no request: the configured origin, else the address that the service listens on.</summary>
    internal string OrAddress(string address) => _configured ?? address.TrimEnd('/').Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal).Replace("//[::]", "//localhost", StringComparison.Ordinal);
}
