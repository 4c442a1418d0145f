using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Scim.Api.Hosting;
using Scim.Tests.Hosting.Embedded;

namespace Scim.Tests.Conversations;

/// <summary>A service of its own that starts for the first time, on an empty folder and a free port.</summary>
internal sealed class FreshInstallation : IAsyncDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly StringWriter _printed = new();
    readonly HttpClient _http = new();
    ScimService _service = null!;

    /// <summary>What the start printed.</summary>
    internal string Printed => _printed.ToString();

    internal string Address => _service.App.Urls.First();

    internal string OwnerConnectionString => _service.Foundation.Connections.Owner!;

    internal async ValueTask Start(CancellationToken ct)
    {
        _service = await ScimService.BuildAsync(["--urls", "http://127.0.0.1:0"], ct,
            builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Embedded:Folder"] = _folder.Folder.FullPath }));
        await _service.StartAsync(_printed, ct);
    }

    /// <summary>A request of the operator to the JSON API.</summary>
    internal Task<JsonElement> Api(HttpMethod verb, string path, object? body, int status) =>
        Send(verb, $"{Address}/api{path}", ScimService.OperatorKey(_service.App.Configuration, _service.Foundation.Folder), body, "application/json", status);

    /// <summary>A request of Okta.</summary>
    internal Task<JsonElement> Scim(HttpMethod verb, string url, string token, object? body, int status) => Send(verb, url, token, body, "application/scim+json", status);

    async Task<JsonElement> Send(HttpMethod verb, string url, string bearer, object? body, string type, int status)
    {
        using var request = new HttpRequestMessage(verb, url) { Content = body is null ? null : JsonContent.Create(body, new MediaTypeHeaderValue(type)) };
        request.Headers.Authorization = new("Bearer", bearer);
        request.Headers.TryAddWithoutValidation("User-Agent", "Okta SCIM Client 1.0.0");
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode == status, $"{verb} {url}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _folder.DisposeAsync();
        _http.Dispose();
    }
}
