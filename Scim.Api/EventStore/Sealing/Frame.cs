using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Scim.Domain.History;

namespace Scim.Api.EventStore.Sealing;

/// <summary>
/// The stored bytes of an event: format 1, shape 1, flags 1, length 4, open JSON; then, where the event has personal
/// values, person 16, nonce 12, ciphertext of a JSON array of those values, tag 16. All before the nonce is
/// authenticated with the ciphertext.
/// </summary>
internal static class Frame
{
    const byte Format = 1, Sealed = 1;
    const int Head = 7, Person = 16, Nonce = 12, Tag = 16;

    [ThreadStatic] static PersonalValues? _current;

    /// <summary>The values of the frame that this thread is writing or reading.</summary>
    internal static PersonalValues Current => _current ?? throw new InvalidOperationException("A personal value is written and read only inside an event's frame.");

    internal static byte[] Write(object e, byte shape, byte[]? personKey, JsonSerializerOptions json)
    {
        using var values = _current = new PersonalValues(json);
        try
        {
            var open = JsonSerializer.SerializeToUtf8Bytes(e, e.GetType(), json);
            return values.Count == 0 ? Plain(shape, 0, open) : Seal(shape, open, values.ToUtf8(), ((IAboutPerson)e).PersonId, personKey!);
        }
        finally
        {
            _current = null;
        }
    }

    /// <summary>Reads an event; without the person's key each of its personal values is erased.</summary>
    /// <param name="shapes">What becomes of shapes that are written no more; without it, those of this build.</param>
    internal static object Read(Type type, ReadOnlySpan<byte> frame, Func<Guid, byte[]?> keyOf, JsonSerializerOptions json, Shapes? shapes = null)
    {
        if (frame[0] != Format) throw new InvalidDataException($"An event has the frame format {frame[0]}, which this build does not know.");
        var open = frame.Slice(Head, BinaryPrimitives.ReadInt32BigEndian(frame[3..]));
        var (written, raise) = (shapes ?? Shapes.Known).Of(type, frame[1]);
        JsonDocument? opened = null;
        if ((frame[2] & Sealed) != 0)
        {
            var at = Head + open.Length;
            var key = keyOf(new Guid(frame.Slice(at, Person), bigEndian: true));
            if (key is not null) opened = Open(frame, at + Person, key);
        }
        using var values = _current = new PersonalValues(json, opened);
        try
        {
            var read = JsonSerializer.Deserialize(open, written, json)!;
            return raise is null ? read : raise(read);
        }
        finally
        {
            _current = null;
        }
    }

    /// <summary>Whose key seals the frame; null where nothing is sealed.</summary>
    internal static Guid? PersonOf(ReadOnlySpan<byte> frame) =>
        (frame[2] & Sealed) == 0 ? null : new Guid(frame.Slice(Head + BinaryPrimitives.ReadInt32BigEndian(frame[3..]), Person), bigEndian: true);

    static byte[] Plain(byte shape, byte flags, byte[] open)
    {
        var frame = new byte[Head + open.Length];
        (frame[0], frame[1], frame[2]) = (Format, shape, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(3), open.Length);
        open.CopyTo(frame, Head);
        return frame;
    }

    static byte[] Seal(byte shape, byte[] open, byte[] values, Guid person, byte[] key)
    {
        byte[] associated = [.. Plain(shape, Sealed, open), .. person.ToByteArray(bigEndian: true)];
        var frame = new byte[associated.Length + Nonce + values.Length + Tag];
        associated.CopyTo(frame, 0);
        var nonce = frame.AsSpan(associated.Length, Nonce);
        RandomNumberGenerator.Fill(nonce);
        using var gcm = new AesGcm(key, Tag);
        gcm.Encrypt(nonce, values, frame.AsSpan(associated.Length + Nonce, values.Length), frame.AsSpan(frame.Length - Tag), associated);
        return frame;
    }

    static JsonDocument Open(ReadOnlySpan<byte> frame, int nonceAt, byte[] key)
    {
        var ciphertext = frame[(nonceAt + Nonce)..^Tag];
        var values = new byte[ciphertext.Length];
        using var gcm = new AesGcm(key, Tag);
        gcm.Decrypt(frame.Slice(nonceAt, Nonce), ciphertext, frame[^Tag..], values, frame[..nonceAt]);
        return JsonDocument.Parse(values);
    }
}

/// <summary>The personal values of one frame; in the open JSON each stands as its index.</summary>
internal sealed class PersonalValues(JsonSerializerOptions json, JsonDocument? opened = null) : IDisposable
{
    readonly ArrayBufferWriter<byte> _buffer = new();
    Utf8JsonWriter? _writer;

    internal int Count { get; private set; }

    internal int Add<T>(T value)
    {
        if (_writer is null)
        {
            _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = json.Encoder, SkipValidation = false });
            _writer.WriteStartArray();
        }
        JsonSerializer.Serialize(_writer, value, json);
        return Count++;
    }

    internal byte[] ToUtf8()
    {
        _writer!.WriteEndArray();
        _writer.Flush();
        return _buffer.WrittenSpan.ToArray();
    }

    public void Dispose()
    {
        _writer?.Dispose();
        opened?.Dispose();
    }

    internal Personal<T> At<T>(int index) => opened is null ? default : new Personal<T>(opened.RootElement[index].Deserialize<T>(json)!);
}
