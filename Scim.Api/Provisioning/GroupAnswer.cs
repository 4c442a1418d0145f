using System.Buffers;
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

    const int FlushBytes = 32 * 1024;

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
    internal IResult Page(PageWithMembers page, int startIndex) => new List(this, page, startIndex);

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
                if (writer.BytesPending > FlushBytes) await send();
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
            await Stream(httpContext, (writer, send) => how.Write(writer, group, members, send), whole: group.MemberCount <= GroupDirectory.Part);
        }
    }

    sealed class List(GroupAnswer how, PageWithMembers page, int startIndex) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            await using var _ = page;
            await Stream(httpContext, Write, whole: page.Groups.Sum(g => g.MemberCount) <= GroupDirectory.Part);
        }

        async Task Write(Utf8JsonWriter writer, Func<Task> send)
        {
            writer.WriteStartObject();
            foreach (var (name, value) in ListResponse.Compose(page.Total, startIndex, []).With("itemsPerPage", ScimValue.Of((decimal)page.Groups.Count)).Without("Resources").Members)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
            writer.WriteStartArray("Resources"u8);
            for (var place = 0; place < page.Groups.Count; place++)
            {
                await how.Write(writer, page.Groups[place], page.MembersOf(place), send);
                if (writer.BytesPending > FlushBytes) await send();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }

    /// <summary>Writes JSON to the response: at once with its length when it is small, else as it comes.</summary>
    internal static async Task Stream(HttpContext http, Func<Utf8JsonWriter, Func<Task>, Task> write, bool whole)
    {
        var response = http.Response;
        response.ContentType = ScimResults.TypeFor(http.Request);
        if (HttpMethods.IsHead(http.Request.Method)) return;
        if (whole)
        {
            var buffer = new ArrayBufferWriter<byte>();
            await using (var small = new Utf8JsonWriter(buffer, ScimJson.WriterOptions)) await write(small, () => Task.CompletedTask);
            response.ContentLength = buffer.WrittenCount;
            await response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
            return;
        }
        await using var writer = new Utf8JsonWriter(response.BodyWriter, ScimJson.WriterOptions);
        await write(writer, async () =>
        {
            await writer.FlushAsync(http.RequestAborted);
            await response.BodyWriter.FlushAsync(http.RequestAborted);
        });
    }
}
