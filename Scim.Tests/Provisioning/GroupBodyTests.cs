using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Scim.Api.Provisioning;
using Scim.Domain.Dialects;
using Scim.Domain.Groups;
using Scim.Domain.Protocol;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Schemas;

namespace Scim.Tests.Provisioning;

/// <summary>Bodies of groups are read as they come, and of many members only the ids are kept.</summary>
public sealed class GroupBodyTests(TestService service)
{
    [Fact]
    public async Task A_body_of_megabytes_is_read_and_only_those_who_exist_are_members()
    {
        using var org = await service.NewOrganization();
        var ada = (await org.NewUser("ada")).Id;
        var created = await org.Post("Groups", Group("Tours", Enumerable.Range(0, 40_000).Select(_ => Guid.NewGuid().ToString()).Append(ada)));
        Assert.Equal(201, created.Status);
        Assert.Equal([ada], created.Members);
        Assert.Equal(["group_created", "group_members_added"], await org.Events(created.Id));
    }

    [Theory]
    [InlineData(33)]
    [InlineData(2)]
    public async Task Beyond_32_MB_or_1_MB_beside_the_members_it_is_413_that_names_the_limits(int megabytes)
    {
        using var org = await service.NewOrganization();
        var text = megabytes > 32 ? Group("Tours", Enumerable.Repeat("01890000-0000-7000-8000-000000000001", (megabytes << 20) / 48)) : $$"""{"displayName":"Tours","note":"{{new string('x', megabytes << 20)}}"}""";
        var refused = await org.Send(HttpMethod.Post, "Groups", more: request =>
        {
            request.Content = new ByteArrayContent(Gzip(text)); // the limit counts after decompression
            request.Content.Headers.ContentType = new("application/scim+json");
            request.Content.Headers.ContentEncoding.Add("gzip");
        });
        Assert.Equal(413, refused.Status);
        Assert.Contains("32 MB for a group", refused.Detail!, StringComparison.Ordinal);
        Assert.Equal(0, (await org.Get("Groups")).Total);
    }

    [Theory]
    [InlineData("""{"displayName":"Tours","externalId":"1","members":[MEMBERS]}""")]
    [InlineData("""{"MEMBERS":[],"displayName":"Tours"}""")]
    [InlineData("""{"members":[MEMBERS],"displayName":"Tours [","schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]}""")]
    [InlineData("""{"displayName":"Tours \u0022members\u0022:[","members":[MEMBERS,{"value":"bjensen","display":"B"}]}""")]
    [InlineData("""{"displayName":"Tours","members":[MEMBERS,null]}""")]
    [InlineData("""{"displayName":"Tours","members":[MEMBERS,{"display":"B"}]}""")]
    [InlineData("""{"displayName":"Tours","members":[MEMBERS,{"value":"a","value":"b"}]}""")]
    [InlineData("""{"displayName":"Tours","members":[MEMBERS],"members":[]}""")]
    [InlineData("""{"displayName":"Tours","members":[MEMBERS""")]
    [InlineData("""{"displayName":"Tours","members":[MEMBERS]}}""")]
    [InlineData("""{"displayName":"Tours","members":[MEMBERS]} """)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("[]")]
    public async Task A_body_read_in_pieces_says_what_it_says_at_once(string form)
    {
        foreach (var count in new[] { 0, 1, 99, 100, 101, 150 })
        {
            var members = string.Join(" , ", Enumerable.Range(1, count).Select(n => $$"""{"value":"01890000-0000-7000-8000-{{n:x12}}","$ref":null,"type":"User"}"""));
            var utf8 = Encoding.UTF8.GetBytes(count == 0 ? form.Replace("MEMBERS,", "", StringComparison.Ordinal).Replace("[MEMBERS", "[", StringComparison.Ordinal) : form.Replace("[MEMBERS", "[" + members, StringComparison.Ordinal));
            var expected = await Said(() => Task.FromResult(ScimReader.ReadObject(utf8)));
            foreach (var piece in new[] { 1, 7, 64, 1 << 20 }) Assert.Equal((form, count, piece, expected), (form, count, piece, await Said(() => InPieces(utf8, piece))));
        }
    }

    // What a group's body comes to, or with which keyword it is refused.
    static async Task<string> Said(Func<Task<ScimObject>> read)
    {
        try
        {
            var body = GroupBody.Read(await read(), GroupSchema.ResourceType, new Notes());
            return $"{body.Header} {body.Members.Ids} {string.Join(' ', body.Members.Unknown)}";
        }
        catch (ScimException e)
        {
            return $"{e.Status} {e.ScimType}";
        }
    }

    static Task<ScimObject> InPieces(byte[] utf8, int piece)
    {
        var http = new DefaultHttpContext();
        http.Request.Body = new Pieces(utf8, piece);
        return GroupBodyReader.ReadAsync(http);
    }

    /// <summary>A body that comes a few bytes at a time.</summary>
    sealed class Pieces(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }

    static string Group(string name, IEnumerable<string> members) => $$"""{"displayName":"{{name}}","members":[{{string.Join(',', members.Select(m => $$"""{"value":"{{m}}"}"""))}}]}""";

    static byte[] Gzip(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }
}
