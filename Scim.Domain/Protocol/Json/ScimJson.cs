using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scim.Domain.Protocol.Json;

/// <summary>How values meet System.Text.Json where the service stores or sends them itself.</summary>
public static class ScimJson
{
    /// <summary>Compact, and text as it is: answers are JSON with a JSON content type, never inside HTML.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The value as compact UTF-8 JSON.</summary>
    public static byte[] ToUtf8(this ScimValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions)) value.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>Reads and writes values that the service itself stored, inside documents and events.</summary>
public sealed class ScimValueConverter : JsonConverterFactory
{
    /// <inheritdoc />
    public override bool CanConvert(Type typeToConvert) => typeof(ScimValue).IsAssignableFrom(typeToConvert);

    /// <inheritdoc />
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert))!;

    sealed class Of<T> : JsonConverter<T> where T : ScimValue
    {
        public override bool HandleNull => true;

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => (T)ScimReader.ReadStored(ref reader);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => value.WriteTo(writer);
    }
}
