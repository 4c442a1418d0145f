using System.Text.Json;
using System.Text.Json.Serialization;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using Scim.Domain.Users;

namespace Scim.Api.EventStore;

/// <summary>
/// A person's document: <c>{id, resource, match, state}</c>. Filters read <c>match</c>, which is the resource with every
/// string folded, and the resource itself where an attribute is caseExact.
/// </summary>
internal sealed class UserDocumentConverter : JsonConverter<User>
{
    // Marten hands us options with names of its own; the document's names are ours.
    static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web) { Converters = { new ScimValueConverter() } };

    public override User Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var document = JsonSerializer.Deserialize<Document>(ref reader, Names)!;
        var s = document.State;
        return new User(document.Id, document.Resource)
        {
            Created = s.Created,
            LastModified = s.LastModified,
            Version = s.Version,
            Suspended = s.Suspended,
            AccessSince = s.AccessSince,
            AccessBy = s.AccessBy,
            DeactivatedAt = s.DeactivatedAt,
            ProvisionedByScim = s.ProvisionedByScim,
            Sources = [.. s.Sources],
            IsUserNameReleased = s.UserNameReleased,
        };
    }

    public override void Write(Utf8JsonWriter writer, User value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("id", value.Id);
        writer.WritePropertyName("resource");
        value.Resource.WriteTo(writer);
        writer.WritePropertyName("match");
        Match.Of(value.Resource, UserSchema.ResourceType).WriteTo(writer);
        writer.WritePropertyName("state");
        JsonSerializer.Serialize(writer, new State(value.Created, value.LastModified, value.Version, value.Suspended, value.AccessSince, value.AccessBy,
            value.DeactivatedAt, value.ProvisionedByScim, [.. value.Sources], value.IsUserNameReleased), Names);
        writer.WriteEndObject();
    }

    sealed record Document(Guid Id, ScimObject Resource, State State);

    sealed record State(DateTimeOffset Created, DateTimeOffset LastModified, long Version, bool Suspended, DateTimeOffset AccessSince, string? AccessBy,
        DateTimeOffset? DeactivatedAt, bool ProvisionedByScim, string[] Sources, bool UserNameReleased);
}
