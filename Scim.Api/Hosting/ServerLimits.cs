using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Scim.Api.Hosting;

/// <summary>What the server itself reads at most. Below these the pipeline refuses with a body that says why.</summary>
internal static class ServerLimits
{
    /// <summary>Bytes of all headers that a request under <c>/scim</c> may have.</summary>
    internal const int Headers = 32 * 1024;

    /// <summary>Characters of path and query; a filter of 8 KB fits, escaped.</summary>
    internal const int Url = 32 * 1024;

    internal static void Apply(KestrelServerOptions o, Limits limits)
    {
        o.AddServerHeader = false;
        o.Limits.MaxRequestBodySize = 2 << 20;
        o.Limits.MaxRequestHeadersTotalSize = 256 * 1024;
        o.Limits.MaxRequestHeaderCount = 200;
        o.Limits.MaxRequestLineSize = 256 * 1024; // far beyond ours, so that who asks too much is told by us
        o.Limits.MaxRequestBufferSize = 256 * 1024; // of every connection; not below the two above
        o.Limits.MaxConcurrentConnections = limits.Connections;
        o.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(limits.HeaderSeconds);
        o.Limits.MinRequestBodyDataRate = new(limits.BodyBytesPerSecond, TimeSpan.FromSeconds(limits.BodyGraceSeconds));
    }
}
