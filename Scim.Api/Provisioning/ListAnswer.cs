using System.Buffers;
using System.Text.Json;
using Scim.Api.Provisioning.RequestLog;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Messages;

namespace Scim.Api.Provisioning;

/// <summary>A page whose resources are written one after the other, while their members are read.</summary>
/// <param name="write">Writes the resource at a place, from 0; what has become large it sends on.</param>
/// <param name="held">What the reading holds until the page is written.</param>
internal sealed class ListAnswer(long total, int startIndex, int resources, bool isSmall, Func<Utf8JsonWriter, int, Func<Task>, Task> write, IAsyncDisposable held) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var _ = held;
        await JsonStream.Write(httpContext, Write, isSmall);
    }

    async Task Write(Utf8JsonWriter writer, Func<Task> send)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in ListResponse.Opening(total, startIndex, resources).Members)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
        writer.WriteStartArray("Resources"u8);
        for (var place = 0; place < resources; place++)
        {
            await write(writer, place, send);
            if (writer.BytesPending > JsonStream.PartBytes) await send();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

/// <summary>Writes JSON to the response: at once and with its length when it is small, else as it comes.</summary>
internal static class JsonStream
{
    /// <summary>Bytes that are gathered before they are sent.</summary>
    internal const int PartBytes = 32 * 1024;

    internal static async Task Write(HttpContext http, Func<Utf8JsonWriter, Func<Task>, Task> write, bool isSmall)
    {
        var response = http.Response;
        response.ContentType = ScimResults.TypeFor(http.Request);
        if (HttpMethods.IsHead(http.Request.Method)) return;
        if (isSmall)
        {
            var buffer = new ArrayBufferWriter<byte>();
            await using (var small = new Utf8JsonWriter(buffer, ScimJson.WriterOptions)) await write(small, () => Task.CompletedTask);
            response.ContentLength = buffer.WrittenCount;
            http.Features.Get<ScimRequest>()?.Trace?.Answered(buffer.WrittenSpan);
            await response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
            return;
        }
        await using var writer = new Utf8JsonWriter(TracedWriter.Of(http), ScimJson.WriterOptions);
        await write(writer, async () =>
        {
            await writer.FlushAsync(http.RequestAborted);
            await response.BodyWriter.FlushAsync(http.RequestAborted);
        });
    }
}
