using System.Text.Json;
using System.Text.Json.Serialization;
using Scim.Domain.Groups;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.EventStore;

/// <summary>A group's document: <c>{id, resource, match, state}</c> as a person's, without the members, which are rows of their own.</summary>
internal sealed class GroupDocumentConverter : JsonConverter<Group>
{
    static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web) { Converters = { new ScimValueConverter() } };

    public override Group Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var document = JsonSerializer.Deserialize<Document>(ref reader, Names)!;
        var s = document.State;
        return new Group(document.Id, document.Resource) { Created = s.Created, LastModified = s.LastModified, Version = s.Version, MemberCount = s.MemberCount };
    }

    public override void Write(Utf8JsonWriter writer, Group value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("id", value.Id);
        writer.WritePropertyName("resource");
        value.Resource.WriteTo(writer);
        writer.WritePropertyName("match");
        Match.Of(value.Resource, GroupSchema.ResourceType).WriteTo(writer);
        writer.WritePropertyName("state");
        JsonSerializer.Serialize(writer, new State(value.Created, value.LastModified, value.Version, value.MemberCount), Names);
        writer.WriteEndObject();
    }

    sealed record Document(Guid Id, ScimObject Resource, State State);

    sealed record State(DateTimeOffset Created, DateTimeOffset LastModified, long Version, long MemberCount);
}
