using System.Buffers;
using System.Text;
using Microsoft.Net.Http.Headers;
using Scim.Api.Hosting;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;

namespace Scim.Api.Provisioning;

/// <summary>Reads a request's body: its type, its size after decompression, then the strict reader.</summary>
internal static class ScimBody
{
    /// <summary>Bytes that the body of a user may have.</summary>
    internal const int MaxBytes = 1 << 20;

    // Beyond it a body waits for a place among the large ones.
    internal const int SmallBytes = 16 * 1024;

    internal static async Task<ScimObject> ReadAsync(HttpContext http)
    {
        CheckType(http.Request);
        if (http.Request.ContentLength > MaxBytes) throw ScimErrors.OfStatus(413);
        var trace = http.Features.Get<ScimRequest>()?.Trace;
        var buffer = ArrayPool<byte>.Shared.Rent(SmallBytes);
        try
        {
            var length = 0;
            while (true)
            {
                var read = await http.Request.Body.ReadAsync(buffer.AsMemory(length), http.RequestAborted);
                if (read == 0) return Read(http, buffer.AsSpan(0, length));
                trace?.Received(buffer.AsSpan(length, read));
                length += read;
                if (length > MaxBytes) throw ScimErrors.OfStatus(413);
                if (length < buffer.Length) continue;
                if (buffer.Length == SmallBytes) http.Response.RegisterForDispose(await http.RequestServices.GetRequiredService<Overload>().EnterLarge(http.RequestAborted));
                var larger = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length * 2, MaxBytes + 1));
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }
        }
        catch (InvalidDataException)
        {
            throw ScimException.InvalidSyntax("The body does not decompress.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static ScimObject Read(HttpContext http, ReadOnlySpan<byte> body)
    {
        if (body.StartsWith(Encoding.UTF8.Preamble)) AcceptMark(http);
        return ScimReader.ReadObject(body);
    }

    /// <summary>RFC 8259 §8.1: a text has no byte order mark, and a reader may ignore one.</summary>
    /// <exception cref="ScimException">400 in strict mode.</exception>
    internal static void AcceptMark(HttpContext http)
    {
        if (http.Features.Get<ScimRequest>()?.Caller?.Notes.Strict == true)
            throw ScimException.InvalidSyntax("The body begins with a byte order mark; right would be its first brace.");
    }

    // A body without a type is taken for JSON; another encoding than gzip was left on by the decompression before us.
    internal static void CheckType(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0) throw ScimErrors.OfStatus(415);
        if (string.IsNullOrWhiteSpace(request.ContentType)) return;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)) throw ScimErrors.OfStatus(415);
        var known = type.MediaType.Equals(ScimResults.MediaType, StringComparison.OrdinalIgnoreCase) || type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase);
        var utf8 = !type.Charset.HasValue || type.Charset.Value.Trim('"').Equals(Encoding.UTF8.WebName, StringComparison.OrdinalIgnoreCase);
        if (!known || !utf8) throw ScimErrors.OfStatus(415);
    }
}
