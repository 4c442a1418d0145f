using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Scim.Tests.Audit;

/// <summary>One who watches an organization's events go by.</summary>
sealed class WatchedOrganization : IDisposable
{
    readonly HttpResponseMessage _answer;
    readonly IAsyncEnumerator<SseItem<string>> _messages;

    WatchedOrganization(HttpResponseMessage answer, IAsyncEnumerator<SseItem<string>> messages) => (_answer, _messages) = (answer, messages);

    internal HttpResponseMessage Answer => _answer;

    /// <summary>The id that came last: where another resumes.</summary>
    internal string? LastId { get; private set; }

    internal static Task<WatchedOrganization> Watch(TestOrganization organization, string query = "", string? lastId = null) => Watch(organization.Service.Operator, organization.Id, query, lastId);

    internal static async Task<WatchedOrganization> Watch(HttpClient auditor, Guid organization, string query = "", string? lastId = null)
    {
        var ct = TestContext.Current.CancellationToken;
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/organizations/{organization}/audit/events/live?{query}");
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        if (lastId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastId);
        var answer = await auditor.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        Assert.True(answer.IsSuccessStatusCode, await (answer.IsSuccessStatusCode ? Task.FromResult("") : answer.Content.ReadAsStringAsync(ct)));
        return new(answer, SseParser.Create(await answer.Content.ReadAsStreamAsync(ct)).EnumerateAsync(ct).GetAsyncEnumerator(ct));
    }

    /// <summary>The next message, a heartbeat too; null at the end.</summary>
    internal async Task<SseItem<string>?> Next(double seconds = 10)
    {
        if (!await _messages.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken)) return null;
        LastId = _messages.Current.EventId ?? LastId;
        return _messages.Current;
    }

    /// <summary>The next command's events.</summary>
    internal async Task<JsonElement[]> Events(double seconds = 10)
    {
        while (true)
        {
            var next = await Next(seconds) ?? throw new EndOfStreamException();
            if (next.EventType != "heartbeat") return JsonDocument.Parse(next.Data).RootElement.Rows();
        }
    }

    public void Dispose() => _answer.Dispose();
}
