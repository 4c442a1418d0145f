using System.Text.Json;
using System.Text.Json.Serialization;
using Scim.Domain.History;

namespace Scim.Api.EventStore.Sealing;

/// <summary>Leaves a personal value's index in the open JSON and the value in the frame. Outside a frame it throws, so none can leak.</summary>
internal sealed class PersonalConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Personal<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    sealed class Of<T> : JsonConverter<Personal<T>>
    {
        public override Personal<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Frame.Current.At<T>(reader.GetInt32());

        public override void Write(Utf8JsonWriter writer, Personal<T> value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(Frame.Current.Add(value.Value));
    }
}
