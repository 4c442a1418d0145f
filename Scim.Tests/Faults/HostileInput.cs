using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Scim.Tests.Faults;

/// <summary>Requests that are meant to break the process: each gets its 4xx, and the next request its answer.</summary>
public sealed class HostileInput(TestService service)
{
    public static TheoryData<string, int> Filters() => new()
    {
        { new string('(', 7_000), 400 },
        { Repeat("not (", 1_500), 400 },
        { "title pr" + Repeat(" or title pr", 600), 400 },
        { Repeat("emails[", 1_000), 400 },
        { new string(' ', 8_000), 200 },
        { new string('"', 8_000), 400 },
        { "userName eq \"" + Repeat("\\", 8_000), 400 },
        { "userName eq " + new string('9', 8_000), 200 },
    };

    [Theory, MemberData(nameof(Filters))]
    public async Task A_flood_in_a_filter(string filter, int status)
    {
        using var org = await service.NewOrganization();
        await Refused(org, status, HttpMethod.Get, "Users?filter=" + filter.Replace(" ", "%20", StringComparison.Ordinal).Replace("\"", "%22", StringComparison.Ordinal), null);
    }

    // So long that the server itself refuses it, without a body.
    [Fact]
    public async Task A_filter_longer_than_any_request_line()
    {
        using var org = await service.NewOrganization();
        using var client = service.Client(org.Id, org.Token);
        foreach (var filter in new[] { new string('(', 100_000), "title%20pr" + Repeat("%20or%20title%20pr", 100_000) })
        {
            try
            {
                using var answer = await client.GetAsync("Users?filter=" + filter, TestContext.Current.CancellationToken);
                Assert.Equal(414, (int)answer.StatusCode);
            }
            catch (HttpRequestException)
            {
                // Cut while it was still being sent.
            }
            Assert.Equal(200, (await org.Get("Users?count=0")).Status);
        }
    }

    public static TheoryData<string, string> Bodies() => new()
    {
        { "10 MB of one string", $$"""{"userName":"{{new string('a', 10 << 20)}}"}""" },
        { "depth 33", Deep("{\"a\":", 33) },
        { "depth 100,000", Deep("{\"a\":", 100_000) },
        { "arrays 100,000 deep", "{\"userName\":\"a\",\"x\":" + Deep("[", 100_000, "]") + "}" },
        { "an end that never comes", "{\"userName\":\"a\",\"x\":" + new string('[', 1_000_000) },
        { "100,000 keys and one twice", $$"""{"userName":"a",{{Many(90_000, i => $"\"k{i}\":1")}},"k1":2}""" },
        { "a number of a megabyte", $$"""{"userName":"a","x":{{new string('9', 1_000_000)}}}""" },
        { "an exponent", """{"userName":"a","x":1e200000}""" },
        { "NUL", """{"userName":"a\u0000b"}""" },
        { "half a surrogate", """{"userName":"a\ud800b"}""" },
        { "10,000 e-mail addresses", $$"""{"userName":"a","emails":[{{Many(10_000, i => $$"""{"value":"{{i}}@x.example"}""")}}]}""" },
        { "a megabyte of blanks", new string(' ', 1_000_000) },
    };

    [Theory, MemberData(nameof(Bodies))]
    public async Task A_body(string what, string body)
    {
        using var org = await service.NewOrganization();
        await Refused(org, what.StartsWith("10 MB", StringComparison.Ordinal) ? 413 : 400, HttpMethod.Post, "Users", r => r.Content = Json(Encoding.UTF8.GetBytes(body)));
    }

    [Fact]
    public async Task A_hundred_thousand_unknown_keys_are_read_over()
    {
        using var org = await service.NewOrganization();
        Assert.Equal(201, (await org.Post("Users", $$"""{"userName":"a",{{Many(90_000, i => $"\"k{i}\":1")}}}""")).Status);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8()
    {
        using var org = await service.NewOrganization();
        await Refused(org, 400, HttpMethod.Post, "Users", r => r.Content = Json([.. "{\"userName\":\""u8, 0xC0, 0xAF, 0xFF, .. "\"}"u8]));
    }

    [Fact]
    public async Task Ten_thousand_operations()
    {
        using var org = await service.NewOrganization();
        var user = await org.NewUser("bjensen");
        var answer = await org.Patch("Users/" + user.Id, $"[{Many(10_000, i => $$"""{"op":"replace","path":"nickName","value":"{{i}}"}""")}]");
        Assert.Equal((400, "tooMany"), (answer.Status, answer.ScimType));
        Assert.Equal(["user_provisioned"], await org.Events(user.Id));
    }

    [Fact]
    public async Task A_gigabyte_in_a_megabyte_of_gzip()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            for (var i = 0; i < 1024; i++) await gzip.WriteAsync(new byte[1 << 20], TestContext.Current.CancellationToken);
        using var org = await service.NewOrganization();
        await Refused(org, 413, HttpMethod.Post, "Users", r =>
        {
            r.Content = Json(packed.ToArray());
            r.Content.Headers.ContentEncoding.Add("gzip");
        });
    }

    // A server that refuses an upload may cut it before the answer was read; that is an answer too.
    static async Task Refused(TestOrganization org, int status, HttpMethod method, string path, Action<HttpRequestMessage>? more)
    {
        try
        {
            Assert.Equal(status, (await org.Send(method, path, more: more)).Status);
        }
        catch (HttpRequestException) when (status == 413)
        {
        }
        Assert.Equal(200, (await org.Get("Users?count=0")).Status);
    }

    static ByteArrayContent Json(byte[] bytes) => new(bytes) { Headers = { ContentType = MediaTypeHeaderValue.Parse("application/scim+json") } };

    static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    static string Deep(string opening, int depth, string closing = "}") => Repeat(opening, depth) + "1" + Repeat(closing, depth);

    static string Many(int count, Func<int, string> item) => string.Join(',', Enumerable.Range(0, count).Select(item));
}
