using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Scim.Tests.CommandCenter;

/// <summary>The reference page as a browser sees it, which has the operator key by HTTP Basic only.</summary>
public sealed partial class ReferencePageTests(TestService service)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    string Key => service.Operator.DefaultRequestHeaders.Authorization!.Parameter!;

    static string Basic(string pair) => Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));

    async Task<HttpResponseMessage> Send(HttpMethod method, string path, string scheme, string? parameter)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(method, new Uri(service.Address, path));
        if (parameter is not null) request.Headers.Authorization = new AuthenticationHeaderValue(scheme, parameter);
        return await client.SendAsync(request, Ct);
    }

    async Task<(HttpResponseMessage Response, string Text)> Browse(string path)
    {
        var response = await Send(HttpMethod.Get, path, "Basic", Basic("anyone:" + Key));
        return (response, await response.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task The_page_and_all_that_it_loads_come_from_here()
    {
        var (response, html) = await Browse("/api/reference/");
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotMatch(Elsewhere(), html);
        Assert.Contains("api/openapi/v1.json", Regex.Unescape(html), StringComparison.Ordinal);

        var page = response.RequestMessage!.RequestUri!;
        var assets = Assets().Matches(html).Select(m => new Uri(page, m.Groups[1].Value + m.Groups[2].Value)).ToArray();
        Assert.NotEmpty(assets);
        foreach (var asset in assets)
        {
            Assert.Equal(service.Address.Authority, asset.Authority);
            var (served, text) = await Browse(asset.PathAndQuery);
            Assert.Equal(200, (int)served.StatusCode);
            Assert.NotEmpty(text);
            // What a script loads by itself: modules, and styles with what they import. All else the page's policy forbids.
            Assert.DoesNotMatch(Imports(), text);
        }
    }

    [Fact]
    public async Task The_page_lets_the_browser_load_nothing_from_elsewhere()
    {
        var (response, html) = await Browse("/api/reference/");
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'self'; script-src 'self' 'nonce-", policy, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"https?:|\*", policy);
        var nonce = Regex.Match(policy, "'nonce-([^']+)'").Groups[1].Value;
        Assert.All(Regex.Matches(html, "<script[^>]*>").Select(m => m.Value), script => Assert.Contains($"nonce=\"{nonce}\"", script, StringComparison.Ordinal));
        Assert.DoesNotContain(nonce, (await Browse("/api/reference/")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_without_the_last_slash_leads_to_the_page()
    {
        var (response, _) = await Browse("/api/reference");
        Assert.Equal(3, (int)response.StatusCode / 100);
        Assert.Equal(new Uri(service.Address, "/api/reference/"), new Uri(response.RequestMessage!.RequestUri!, response.Headers.Location!));
    }

    [Fact]
    public async Task The_document_names_no_other_server()
    {
        var (response, json) = await Browse("/api/openapi/v1.json");
        Assert.Equal(200, (int)response.StatusCode);
        Assert.All(Elsewhere().Matches(json).Select(m => m.Value), url => Assert.StartsWith(service.Address.GetLeftPart(UriPartial.Authority), url, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_document_says_that_every_request_carries_the_operator_key()
    {
        using var document = JsonDocument.Parse((await Browse("/api/openapi/v1.json")).Text);
        var scheme = document.RootElement.GetProperty("components").GetProperty("securitySchemes").EnumerateObject().Single();
        Assert.Equal(("http", "bearer"), (scheme.Value.GetProperty("type").GetString(), scheme.Value.GetProperty("scheme").GetString()));
        var demanded = document.RootElement.GetProperty("security").EnumerateArray().Single().EnumerateObject().Single();
        Assert.Equal((scheme.Name, 0), (demanded.Name, demanded.Value.GetArrayLength()));

        // As described, a request is answered, and without it none is.
        var paths = document.RootElement.GetProperty("paths").EnumerateObject().ToArray();
        Assert.All(paths, path => Assert.StartsWith("/api/organizations", path.Name, StringComparison.Ordinal));
        Assert.All(paths.SelectMany(p => p.Value.EnumerateObject()), operation => Assert.False(operation.Value.TryGetProperty("security", out _)));
        using var answered = await Send(HttpMethod.Get, paths[0].Name, "Bearer", Key);
        Assert.Equal(200, (int)answered.StatusCode);
    }

    [Theory]
    [InlineData("/api/reference/")]
    [InlineData("/api/reference/scalar.js")]
    [InlineData("/api/openapi/v1.json")]
    public async Task The_page_asks_for_the_key(string path)
    {
        foreach (var (scheme, parameter) in new[] { ("", null), ("Basic", Basic("operator:wrong")), ("Basic", Basic(Key)), ("Basic", Basic(Key + ":")), ("Basic", "no base64"), ("Bearer", "wrong") })
        {
            using var refused = await Send(HttpMethod.Get, path, scheme, parameter);
            Assert.Equal(401, (int)refused.StatusCode);
            Assert.Contains(refused.Headers.WwwAuthenticate, h => h.Scheme == "Basic");
            Assert.Contains(refused.Headers.WwwAuthenticate, h => h.Scheme == "Bearer");
        }
        using var bearer = await Send(HttpMethod.Get, path, "Bearer", Key);
        Assert.Equal(200, (int)bearer.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/api/organizations")]
    [InlineData("POST", "/api/organizations")]
    [InlineData("POST", "/api/reference")]
    [InlineData("GET", "/api/referenced")]
    [InlineData("GET", "/api/reference/../organizations")]
    public async Task A_password_counts_nowhere_else(string method, string path)
    {
        using var refused = await Send(new HttpMethod(method), path, "Basic", Basic("operator:" + Key));
        Assert.Equal(401, (int)refused.StatusCode);
        Assert.Equal("Bearer", Assert.Single(refused.Headers.WwwAuthenticate).Scheme);
    }

    // Names of XML namespaces and schemas are no addresses that anything loads.
    [GeneratedRegex(@"(https?:)?//(?!www\.w3\.org/)[a-z0-9][-.:a-z0-9]+", RegexOptions.IgnoreCase)]
    private static partial Regex Elsewhere();

    [GeneratedRegex("""(?:src|href)="([^"]+)"|from '(\./[^']+)'""")]
    private static partial Regex Assets();

    [GeneratedRegex("""\bimport\s*\(?\s*['"](https?:)?//|@import\s+(url\()?['"]?(https?:)?//|\bfrom\s*['"](https?:)?//""")]
    private static partial Regex Imports();
}
