using System.Buffers;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>A request's body that is read in pieces: what is read through it the log is told, up to where it keeps anything.</summary>
internal sealed class TracedStream(Stream body, RequestTrace trace) : Stream
{
    internal static Stream Of(HttpContext http) => http.Features.Get<ScimRequest>()?.Trace is { } trace ? new TracedStream(http.Request.Body, trace) : http.Request.Body;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        trace.Received(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Bodies are read without blocking.");

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>The same for an answer that is written in pieces.</summary>
internal sealed class TracedWriter(IBufferWriter<byte> body, RequestTrace trace) : IBufferWriter<byte>
{
    Memory<byte> _given;

    internal static IBufferWriter<byte> Of(HttpContext http) => http.Features.Get<ScimRequest>()?.Trace is { } trace ? new TracedWriter(http.Response.BodyWriter, trace) : http.Response.BodyWriter;

    public void Advance(int count)
    {
        trace.Answered(_given.Span[..count]);
        body.Advance(count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => _given = body.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
