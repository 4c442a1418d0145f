using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Scim.Api.CommandCenter.Assets;

/// <summary>
/// The stylesheet and the scripts of the pages, out of the assembly. Their addresses hold a hash of what they are, so browsers
/// keep them for ever and ask for a changed one at once.
/// </summary>
internal static class PageAssets
{
    static readonly FrozenDictionary<string, PageAsset> All = new[] { "app.css", "live.js", "passkey.js", "blazor.web.js" }.ToFrozenDictionary(name => name, PageAsset.Load);

    /// <summary>The address of one of them, below the root.</summary>
    internal static string Url(string name) => $"/assets/{All[name].Version}/{name}";

    internal static void MapAssets(this IEndpointRouteBuilder app) => app.MapGet("/assets/{version}/{name}", Serve).AllowAnonymous().ExcludeFromDescription();

    static IResult Serve(string version, string name, HttpContext http)
    {
        if (!All.TryGetValue(name, out var asset)) return Results.NotFound();
        var headers = http.Response.Headers;
        // While nodes of two releases answer, one may be asked for what the other has.
        headers.CacheControl = version == asset.Version ? "public, max-age=31536000, immutable" : "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        if (!http.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal)) return Results.Bytes(asset.Content, asset.ContentType);
        headers.ContentEncoding = "br";
        return Results.Bytes(asset.Compressed.Value, asset.ContentType);
    }

    sealed record PageAsset(string Version, string ContentType, byte[] Content, Lazy<byte[]> Compressed)
    {
        internal static PageAsset Load(string name)
        {
            using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The assembly lacks {name}.");
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return new(Convert.ToHexStringLower(SHA256.HashData(content))[..12], name.EndsWith(".css", StringComparison.Ordinal) ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8", content,
                new Lazy<byte[]>(() => Brotli(content)));
        }

        static byte[] Brotli(byte[] content)
        {
            var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
            return BrotliEncoder.TryCompress(content, compressed, out var written, quality: 10, window: 22) ? compressed[..written] : throw new InvalidOperationException("Compression failed.");
        }
    }
}
