using System.Net.Http.Headers;
using System.Text;
using Scim.Tests.Faults.Checking;

namespace Scim.Tests.Faults;

/// <summary>An identity provider whose service may be away: every operation stands in the journal, whatever became of it.</summary>
/// <param name="address">Where the service is now.</param>
internal sealed class Provider(ClientJournal journal, Guid organization, string token, Func<Uri> address) : IDisposable
{
    /// <summary>Far beyond every deadline of the service: who waits so long was forgotten.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(3 * 5);

    readonly SocketsHttpHandler _handler = new() { MaxConnectionsPerServer = 1000, AllowAutoRedirect = false };
    volatile HttpClient? _client;
    readonly List<HttpClient> _clients = [];
    volatile string _token = token;

    internal Guid Organization => organization;

    internal ClientJournal Journal => journal;

    /// <summary>The token that further requests carry.</summary>
    internal void Use(string other)
    {
        _token = other;
        _client = null;
    }

    /// <summary>The entry, and the answer where one came.</summary>
    internal async Task<(Entry? Entry, Answer? Answer)> Send(string writer, HttpMethod verb, string path, Wish? wish = null, string? body = null)
    {
        using var request = new HttpRequestMessage(verb, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/scim+json; charset=utf-8");
        }
        try
        {
            return await journal.Send(Client(), organization, writer, request, wish, TestContext.Current.CancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || e is OperationCanceledException && !TestContext.Current.CancellationToken.IsCancellationRequested || e is Xunit.Sdk.IAssertionException)
        {
            return default; // without an answer, or with one that the checker names
        }
    }

    internal static string Patch(string operations) => $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{operations}}]}""";

    HttpClient Client()
    {
        var at = new Uri(address(), $"/scim/v2/{organization}/");
        if (_client is { } known && known.BaseAddress == at && known.DefaultRequestHeaders.Authorization!.Parameter == _token) return known;
        lock (_clients)
        {
            var client = new HttpClient(_handler, disposeHandler: false) { BaseAddress = at, Timeout = Patience };
            client.DefaultRequestHeaders.Authorization = new("Bearer", _token);
            _clients.Add(client);
            return _client = client;
        }
    }

    public void Dispose() => _handler.Dispose();
}
