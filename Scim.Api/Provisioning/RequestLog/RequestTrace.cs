namespace Scim.Api.Provisioning.RequestLog;

/// <summary>The beginnings of a request's bodies while it runs; whatever reads or writes one in pieces tells it each piece.</summary>
internal sealed class RequestTrace
{
    /// <summary>Bytes of a body that are kept; of a longer one the rest only counts.</summary>
    internal const int MaxBody = 64 * 1024;

    internal Kept Request { get; } = new();

    internal Kept Answer { get; } = new();

    /// <summary>The next bytes of the request's body, after decompression.</summary>
    internal void Received(ReadOnlySpan<byte> bytes) => Request.Add(bytes);

    /// <summary>The next bytes of the answer's body, before compression.</summary>
    internal void Answered(ReadOnlySpan<byte> bytes) => Answer.Add(bytes);

    /// <summary>A body's first bytes and how many there were.</summary>
    internal sealed class Kept
    {
        byte[] _bytes = [];
        int _length;

        internal long Total { get; private set; }

        internal bool IsCut => Total > _length;

        internal ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

        internal void Add(ReadOnlySpan<byte> bytes)
        {
            Total += bytes.Length;
            bytes = bytes[..Math.Min(bytes.Length, MaxBody - _length)];
            if (_length + bytes.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Min(MaxBody, Math.Max(_length + bytes.Length, 2 * _bytes.Length)));
            bytes.CopyTo(_bytes.AsSpan(_length));
            _length += bytes.Length;
        }
    }
}
