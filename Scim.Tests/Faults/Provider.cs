using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Scim.Tests.Faults.Checking;

namespace Scim.Tests.Faults;

/// <summary>An identity provider whose service may be away: every operation stands in the journal, whatever became of it.</summary>
/// <param name="address">Where the service is now.</param>
/// <param name="heard">Told of every answer, and of who gave it.</param>
internal sealed class Provider(ClientJournal journal, Guid organization, string token, Func<Uri> address, Action<Uri, Answer>? heard = null) : IDisposable
{
    /// <summary>Far beyond every deadline of the service: who waits so long was forgotten.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(3 * 5);

    readonly SocketsHttpHandler _handler = new() { MaxConnectionsPerServer = 1000, AllowAutoRedirect = false };
    readonly ConcurrentDictionary<(Uri, string), HttpClient> _clients = new();
    volatile string _token = token;

    internal Guid Organization => organization;

    internal ClientJournal Journal => journal;

    /// <summary>The token that further requests carry.</summary>
    internal void Use(string other) => _token = other;

    /// <summary>The entry, and the answer where one came.</summary>
    internal async Task<(Entry? Entry, Answer? Answer)> Send(string writer, HttpMethod verb, string path, IWish? wish = null, string? body = null)
    {
        using var request = new HttpRequestMessage(verb, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/scim+json; charset=utf-8");
        }
        try
        {
            var at = address();
            var sent = await journal.Send(Client(at), organization, writer, request, wish, TestContext.Current.CancellationToken);
            heard?.Invoke(at, sent.Answer);
            return sent;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || e is OperationCanceledException && !TestContext.Current.CancellationToken.IsCancellationRequested || e is Xunit.Sdk.IAssertionException)
        {
            return default; // without an answer, or with one that the checker names
        }
    }

    internal static string Patch(string operations) => $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{operations}}]}""";

    HttpClient Client(Uri at) => _clients.GetOrAdd((at, _token), key =>
    {
        var client = new HttpClient(_handler, disposeHandler: false) { BaseAddress = new Uri(key.Item1, $"/scim/v2/{organization}/"), Timeout = Patience };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key.Item2);
        return client;
    });

    public void Dispose() => _handler.Dispose();
}
