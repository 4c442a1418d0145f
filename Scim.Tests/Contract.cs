using Scim.Domain.Protocol.Json;

namespace Scim.Tests;

/// <summary>What every answer under <c>/scim</c> must be: RFC 7644 §3.12 and the table of pairs that each verb may give.</summary>
internal static class Contract
{
    static readonly string[] Read = ["400:", "400:invalidFilter", "400:invalidPath", "400:invalidValue", "400:tooMany", "401:", "403:", "404:", "405:", "414:", "429:", "431:", "500:", "501:", "503:"];

    static readonly string[] Write =
        [.. Read, "400:invalidSyntax", "400:mutability", "400:noTarget", "409:", "409:uniqueness", "412:", "413:", "415:"];

    internal static void Check(HttpMethod method, Answer answer)
    {
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
        if (answer.Text.Length > 0) Assert.StartsWith("application/", answer.Headers["Content-Type"], StringComparison.Ordinal);
        if (answer.Body?["totalResults"] is { } total)
        {
            Assert.IsType<ScimNumber>(total);
            Assert.IsType<ScimNumber>(answer.Body["itemsPerPage"]);
            Assert.IsType<ScimArray>(answer.Body["Resources"]);
        }
        if (answer.Body?["meta"] is ScimObject meta && answer.ETag is { } etag) Assert.Equal(etag, meta["version"]!.AsString);
        if (answer.Status < 400 || method == HttpMethod.Head) return;

        Assert.Contains(answer.Headers["Content-Type"], (string[])["application/scim+json", "application/json"]); // the latter for those who accept nothing else
        Assert.Equal("""["urn:ietf:params:scim:api:messages:2.0:Error"]""", answer.Body!["schemas"]!.ToString());
        Assert.Equal(answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture), answer.Body["status"]!.AsString);
        Assert.Contains(answer.Headers["X-Request-Id"], answer.Detail, StringComparison.Ordinal);
        Assert.Contains($"{answer.Status}:{answer.ScimType}", method == HttpMethod.Get ? Read : Write);
        if (answer.Status is 429 or 503) Assert.InRange(int.Parse(answer.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 120);
        if (answer.Status == 401) Assert.StartsWith("Bearer", answer.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        if (answer.Status == 405) Assert.True(answer.Headers.ContainsKey("Allow"));
    }
}
