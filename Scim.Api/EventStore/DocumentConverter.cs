using System.Text.Json;
using System.Text.Json.Serialization;
using Scim.Domain.Groups;
using Scim.Domain.Protocol.Filters;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;
using Scim.Domain.Users;

namespace Scim.Api.EventStore;

/// <summary>
/// The document of a person or a group: <c>{id, resource, match, state}</c>. Filters read <c>match</c>, which is the
/// resource with every string folded, and the resource itself where an attribute is caseExact.
/// </summary>
/// <typeparam name="T">What the history makes of a stream.</typeparam>
/// <typeparam name="TState">What of it is not the resource.</typeparam>
internal abstract class DocumentConverter<T, TState>(ResourceType type) : JsonConverter<T>
{
    // Marten hands us options with names of its own; the document's names are ours.
    static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web) { Converters = { new ScimValueConverter() } };

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var document = JsonSerializer.Deserialize<Document>(ref reader, Names)!;
        return Made(document.Id, document.Resource, document.State);
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        var (id, resource, state) = Parts(value);
        writer.WriteStartObject();
        writer.WriteString("id", id);
        writer.WritePropertyName("resource");
        resource.WriteTo(writer);
        writer.WritePropertyName("match");
        Match.Of(resource, type).WriteTo(writer);
        writer.WritePropertyName("state");
        JsonSerializer.Serialize(writer, state, Names);
        writer.WriteEndObject();
    }

    protected abstract (Guid Id, ScimObject Resource, TState State) Parts(T value);

    protected abstract T Made(Guid id, ScimObject resource, TState state);

    sealed record Document(Guid Id, ScimObject Resource, TState State);
}

/// <summary>A person's state around the resource, as it is stored.</summary>
internal sealed record UserState(DateTimeOffset Created, DateTimeOffset LastModified, long Version, bool Suspended, DateTimeOffset AccessSince, string? AccessBy,
    DateTimeOffset? DeactivatedAt, bool ProvisionedByScim, string[] Sources, bool UserNameReleased);

/// <summary>A person's document.</summary>
internal sealed class UserDocumentConverter() : DocumentConverter<User, UserState>(UserSchema.ResourceType)
{
    protected override (Guid, ScimObject, UserState) Parts(User u) => (u.Id, u.Resource, new(u.Created, u.LastModified, u.Version, u.Suspended, u.AccessSince, u.AccessBy,
        u.DeactivatedAt, u.ProvisionedByScim, [.. u.Sources], u.IsUserNameReleased));

    protected override User Made(Guid id, ScimObject resource, UserState s) => new(id, resource)
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

/// <summary>A group's state around the resource, as it is stored; the members are rows of their own.</summary>
internal sealed record GroupState(DateTimeOffset Created, DateTimeOffset LastModified, long Version, long MemberCount);

/// <summary>A group's document.</summary>
internal sealed class GroupDocumentConverter() : DocumentConverter<Group, GroupState>(GroupSchema.ResourceType)
{
    protected override (Guid, ScimObject, GroupState) Parts(Group g) => (g.Id, g.Resource, new(g.Created, g.LastModified, g.Version, g.MemberCount));

    protected override Group Made(Guid id, ScimObject resource, GroupState s) =>
        new(id, resource) { Created = s.Created, LastModified = s.LastModified, Version = s.Version, MemberCount = s.MemberCount };
}
