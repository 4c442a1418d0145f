using System.Text.Json;
using Scim.Api.EventStore.Queries;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Messages;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Api.Provisioning;

/// <summary>
/// Groups as the protocol answers them. The members are the last attribute of the schema, so that they are written one
/// after the other behind the rest, however many they are.
/// </summary>
internal sealed class GroupAnswer(Locations locations, Projection projection)
{
    static ResourceType Type => GroupSchema.ResourceType;

    static readonly JsonEncodedText Value = JsonEncodedText.Encode("value"), Ref = JsonEncodedText.Encode("$ref"), Kind = JsonEncodedText.Encode("type"), Display = JsonEncodedText.Encode("display");

    // What an answer shows of a member, found once on a sample.
    readonly ScimObject? _shown = ((projection.Apply(ScimValue.Of(("members", ScimValue.Of(ScimValue.Of(
        ("value", ScimValue.True), ("$ref", ScimValue.True), ("type", ScimValue.True), ("display", ScimValue.True)))))) as ScimObject)["members"] as ScimArray)?.Items[0] as ScimObject;

    /// <summary>Whether answers have members, so that they must be read.</summary>
    internal bool ShowsMembers => projection.Shows("members");

    internal static string ETag(long version) => $"W/\"{version}\"";

    /// <summary>One group; null for members that are not shown.</summary>
    internal IResult One(int status, StoredGroup group, IAsyncEnumerable<MemberOf>? members) => new Answer(this, status, group, members);

    /// <summary>The group without its members.</summary>
    internal ScimObject Header(StoredGroup group) => projection.Apply(CanonicalWriter.Compose(
        group.Resource, new ResourceIdentity(group.Id.ToString("D"), group.Created, group.LastModified, Location(group), ETag(group.Version)), Type));

    /// <summary>A page of groups, each with its members.</summary>
    internal IResult Page(PageWithMembers page, int startIndex) => new ListAnswer(page.Total, startIndex, page.Groups.Count, page.Groups.Sum(g => g.MemberCount) <= GroupDirectory.Part,
        (writer, place, send) => Write(writer, page.Groups[place], page.MembersOf(place), send), page);

    /// <summary>Writes a group with its members; what has become large is sent on meanwhile.</summary>
    internal async Task Write(Utf8JsonWriter writer, StoredGroup group, IAsyncEnumerable<MemberOf>? members, Func<Task> send)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in Header(group).Members)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
        if (members is not null && ShowsMembers)
        {
            writer.WriteStartArray("members"u8);
            await foreach (var member in members)
            {
                Write(writer, member);
                if (writer.BytesPending > JsonStream.PartBytes) await send();
            }
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    void Write(Utf8JsonWriter writer, MemberOf member)
    {
        Span<char> id = stackalloc char[36];
        member.Id.TryFormat(id, out _, "D");
        writer.WriteStartObject();
        if (_shown?["value"] is not null) writer.WriteString(Value, id);
        if (_shown?["$ref"] is not null) writer.WriteString(Ref, string.Concat(member.IsGroup ? locations.Groups : locations.Users, id));
        if (_shown?["type"] is not null) writer.WriteString(Kind, member.IsGroup ? "Group"u8 : "User"u8);
        if (_shown?["display"] is not null && member.Display is { } display) writer.WriteString(Display, display);
        writer.WriteEndObject();
    }

    string Location(StoredGroup group) => $"{locations.Groups}{group.Id:D}";

    sealed class Answer(GroupAnswer how, int status, StoredGroup group, IAsyncEnumerable<MemberOf>? members) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = status;
            response.Headers.ETag = ETag(group.Version);
            response.Headers.ContentLocation = how.Location(group);
            if (status == 201) response.Headers.Location = how.Location(group);
            await JsonStream.Write(httpContext, (writer, send) => how.Write(writer, group, members, send), isSmall: group.MemberCount <= GroupDirectory.Part);
        }
    }
}
