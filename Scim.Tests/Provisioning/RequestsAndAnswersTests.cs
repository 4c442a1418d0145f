using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Scim.Tests.Provisioning;

/// <summary>RFC 7644 §3.1, §3.8, §3.12, §3.14 as we answer them, whatever the resource.</summary>
public sealed class RequestsAndAnswersTests(TestService service)
{
    const string Body = """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bjensen"}""";

    static Action<HttpRequestMessage> Accept(string media) => r => r.Headers.TryAddWithoutValidation("Accept", media);

    static Action<HttpRequestMessage> Content(string? type) => r =>
    {
        r.Content!.Headers.ContentType = null;
        if (type is not null) r.Content.Headers.TryAddWithoutValidation("Content-Type", type);
    };

    [Theory]
    [InlineData("application/scim+json", "application/scim+json")]
    [InlineData("application/json", "application/json")]
    [InlineData("application/json, application/scim+json", "application/scim+json")]
    [InlineData("*/*", "application/scim+json")]
    [InlineData("text/html", "application/scim+json")]
    public async Task The_reply_is_SCIM_unless_only_plain_JSON_is_accepted(string accept, string expected)
    {
        using var org = await service.NewOrganization();
        Assert.Equal(expected, (await org.Send(HttpMethod.Get, "Users", more: Accept(accept))).Headers["Content-Type"]);
    }

    [Theory]
    [InlineData("application/scim+json", 201)]
    [InlineData("application/scim+json; charset=utf-8", 201)]
    [InlineData("application/json; charset=\"UTF-8\"", 201)]
    [InlineData(null, 201)]
    [InlineData("application/scim+json; charset=iso-8859-1", 415)]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    public async Task A_body_is_JSON_in_UTF8_or_says_nothing(string? type, int status)
    {
        using var org = await service.NewOrganization();
        Assert.Equal(status, (await org.Send(HttpMethod.Post, "Users", Body, more: Content(type))).Status);
    }

    [Fact]
    public async Task A_byte_order_mark_is_accepted()
    {
        using var org = await service.NewOrganization();
        Assert.Equal(201, (await org.Post("Users", "\uFEFF" + Body)).Status);
    }

    static ByteArrayContent Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(bytes);
        var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/scim+json");
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    [Fact]
    public async Task A_gzip_body_counts_after_decompression()
    {
        using var org = await service.NewOrganization();
        Assert.Equal(201, (await org.Send(HttpMethod.Post, "Users", more: r => r.Content = Gzip(Encoding.UTF8.GetBytes(Body)))).Status);
        var bomb = Gzip(new byte[64 << 20]);
        Assert.Equal(413, (await org.Send(HttpMethod.Post, "Users", more: r => r.Content = bomb)).Status);
    }

    [Theory]
    [InlineData("deflate2", 415)]
    [InlineData("gzip", 400)]
    public async Task Another_encoding_is_refused_and_a_broken_one_too(string encoding, int status)
    {
        using var org = await service.NewOrganization();
        Assert.Equal(status, (await org.Send(HttpMethod.Post, "Users", Body, more: r => r.Content!.Headers.ContentEncoding.Add(encoding))).Status);
    }

    [Fact]
    public async Task A_body_over_one_megabyte_is_413_that_names_the_limit()
    {
        using var org = await service.NewOrganization();
        var answer = await org.Post("Users", $$"""{"userName":"x","title":"{{new string('a', 1 << 20)}}"}""");
        Assert.Equal(413, answer.Status);
        Assert.Contains("1 MB", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replies_are_compressed_on_request()
    {
        using var org = await service.NewOrganization();
        foreach (var encoding in new[] { "gzip", "br" })
        {
            using var client = service.Client(org.Id, org.Token);
            using var request = new HttpRequestMessage(HttpMethod.Get, "Schemas");
            request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal([encoding], response.Content.Headers.ContentEncoding);
        }
    }

    [Theory]
    [InlineData("//Users")]
    [InlineData("Users/")]
    [InlineData("Users//")]
    [InlineData("users")]
    public async Task Slashes_collapse(string path)
    {
        using var org = await service.NewOrganization();
        Assert.Equal(200, (await org.Get($"{service.Address}scim/v2/{org.Id}/{path}")).Status);
    }

    [Theory]
    [InlineData("STARTINDEX=1&Count=1", 200)]
    [InlineData("aadOptscim062020", 200)]
    [InlineData("whatever=1&whatever=2", 200)]
    [InlineData("count=1&COUNT=2", 400)]
    [InlineData("count=x", 400)]
    [InlineData("startIndex=1.5", 400)]
    [InlineData("count=99999999999999999999", 200)]
    [InlineData("startIndex=-99999999999999999999", 200)]
    [InlineData("attributes=userName&excludedAttributes=name", 400)]
    [InlineData("attributes=&excludedAttributes=", 200)]
    public async Task Parameters(string query, int status)
    {
        using var org = await service.NewOrganization();
        Assert.Equal(status, (await org.Get("Users?" + query)).Status);
    }

    [Theory]
    [InlineData("Users", "GET, HEAD, POST, OPTIONS")]
    [InlineData("Users/x", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS")]
    [InlineData("Schemas", "GET, HEAD, OPTIONS")]
    public async Task OPTIONS_tells_the_verbs_and_grants_no_origin(string path, string allow)
    {
        using var org = await service.NewOrganization();
        var answer = await org.Send(HttpMethod.Options, path, more: r => r.Headers.TryAddWithoutValidation("Origin", "https://evil.example"));
        Assert.Equal(204, answer.Status);
        Assert.Equal(allow, answer.Headers["Allow"]);
        Assert.DoesNotContain(answer.Headers, h => h.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("Nothing", "GET", 404)]
    [InlineData("Users/x/y", "GET", 404)]
    [InlineData("", "PUT", 405)]
    [InlineData("Users/x", "POST", 405)]
    [InlineData("Users", "DELETE", 405)]
    [InlineData("Schemas", "POST", 405)]
    [InlineData("ServiceProviderConfig", "PUT", 405)]
    [InlineData("Me", "GET", 501)]
    [InlineData("Schemas?filter=id%20pr", "GET", 403)]
    [InlineData("ResourceTypes?filter=id%20pr", "GET", 403)]
    [InlineData("ServiceProviderConfig?filter=id%20pr", "GET", 200)]
    public async Task What_is_not_there_is_a_SCIM_error(string path, string verb, int status)
    {
        using var org = await service.NewOrganization();
        Assert.Equal(status, (await org.Send(new HttpMethod(verb), path, verb is "GET" or "DELETE" ? null : "{}")).Status);
    }

    [Fact]
    public async Task Too_long_a_URL_and_too_many_headers_are_SCIM_errors()
    {
        using var org = await service.NewOrganization();
        foreach (var length in new[] { 40_000, 70_000, 250_000 }) Assert.Equal(414, (await org.Get("Users?x=" + new string('x', length))).Status);
        Assert.Equal(431, (await org.Send(HttpMethod.Get, "Users", more: r => r.Headers.TryAddWithoutValidation("X-Long", new string('x', 40_000)))).Status);
    }

    [Fact]
    public async Task Two_authorizations_are_none()
    {
        using var org = await service.NewOrganization();
        using var socket = new TcpClient();
        await socket.ConnectAsync(service.Address.Host, service.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /scim/v2/{org.Id}/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {org.Token}\r\nAuthorization: Bearer {org.Token}\r\nConnection: close\r\n\r\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 401", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HEAD_is_GET_without_its_body()
    {
        using var org = await service.NewOrganization();
        var user = await org.NewUser("bjensen");
        var head = await org.Send(HttpMethod.Head, $"Users/{user.Id}");
        Assert.Equal((200, "", user.ETag), (head.Status, head.Text, head.ETag));
        Assert.Equal(404, (await org.Send(HttpMethod.Head, "Users/x")).Status);
        Assert.Equal(200, (await org.Send(HttpMethod.Head, "Users")).Status);
    }

    [Fact]
    public async Task Nothing_of_a_person_stands_in_the_log()
    {
        using var org = await service.NewOrganization();
        var user = await org.NewUser("canary-8c1f@example.com", ",\"displayName\":\"Canary-8c1f\"");
        await org.Get("Users?filter=" + Uri.EscapeDataString("userName eq \"canary-8c1f@example.com\""));
        await org.Get("Users?filter=" + Uri.EscapeDataString("canary-8c1f eq 1"));
        await org.Post("Users", """{"userName":"canary-8c1f@example.com"}""");
        await org.Patch($"Users/{user.Id}", """[{"op":"replace","path":"userName","value":{"canary-8c1f":1}}]""");
        Assert.NotEmpty(service.Log.Lines);
        Assert.DoesNotContain(service.Log.Lines, l => l.Contains("canary-8c1f", StringComparison.OrdinalIgnoreCase) || l.Contains(org.Token, StringComparison.Ordinal));
    }
}
