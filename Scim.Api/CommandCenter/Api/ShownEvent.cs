using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Queries;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol.Json;

namespace Scim.Api.CommandCenter.Api;

/// <summary>An event as administrators read it: its place, its origin, its content with personal values in clear or erased.</summary>
internal sealed record ShownEvent(long Version, Guid Id, string Type, DateTimeOffset At, string? Actor, IReadOnlyDictionary<string, string> Headers, JsonNode? Data)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = EventStoreOptions.Json.Encoder,
        Converters = { new ScimValueConverter(), new Shown() },
    };

    internal static ShownEvent Of(RecordedEvent e) => new(e.Stored.Version, e.Stored.Id, e.Stored.Type, e.Stored.Timestamp, e.Stored.UserName,
        e.Stored.Headers, WithoutHash(e.Event));

    // Nobody who reads a history needs the hash of a secret.
    static JsonNode? WithoutHash(object e)
    {
        var content = Content(e);
        if (e is OrganizationEvent) content?.AsObject().Remove("hash");
        return content;
    }

    /// <summary>What the event says, with personal values in clear.</summary>
    internal static JsonNode? Content(object e) => JsonSerializer.SerializeToNode(e, e.GetType(), Json);

    /// <summary>Writes what is known, and <c>{"erased":true}</c> for what is not; reads nothing.</summary>
    sealed class Shown : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Personal<>);

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

        sealed class Of<T> : JsonConverter<Personal<T>>
        {
            public override Personal<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new JsonException("Events are read from their frames.");

            public override void Write(Utf8JsonWriter writer, Personal<T> value, JsonSerializerOptions options)
            {
                if (value.IsKnown)
                {
                    JsonSerializer.Serialize(writer, value.Value, options);
                    return;
                }
                writer.WriteStartObject();
                writer.WriteBoolean("erased", true);
                writer.WriteEndObject();
            }
        }
    }
}
