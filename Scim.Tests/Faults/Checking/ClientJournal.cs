using System.Collections.Concurrent;
using System.Diagnostics;

namespace Scim.Tests.Faults.Checking;

/// <summary>Everything that clients did to one installation, in a form that can be held against what it stored.</summary>
internal sealed class ClientJournal
{
    readonly ConcurrentQueue<Entry> _entries = new();
    readonly ConcurrentQueue<(string Token, TimeSpan At)> _revocations = new();
    readonly Stopwatch _clock = Stopwatch.StartNew();

    internal IReadOnlyCollection<Entry> Entries => _entries;

    /// <summary>Tokens whose revocation was acknowledged, and when.</summary>
    internal IReadOnlyCollection<(string Token, TimeSpan At)> Revocations => _revocations;

    internal TimeSpan Now => _clock.Elapsed;

    internal void Revoked(string token) => _revocations.Enqueue((token, Now));

    /// <summary>Writes the operation down, sends it, writes the answer down; holds the answer against the contract.</summary>
    /// <exception cref="HttpRequestException">There was no answer; the entry stays, its outcome unknown.</exception>
    internal async Task<(Entry Entry, Answer Answer)> Send(HttpClient client, Guid organization, string writer, HttpRequestMessage request, IWish? wish, CancellationToken ct)
    {
        var operation = Guid.CreateVersion7();
        var entry = new Entry(operation, organization, writer, request.Method, request.RequestUri?.ToString() ?? "", client.DefaultRequestHeaders.Authorization?.Parameter, wish, Now);
        _entries.Enqueue(entry);
        if (wish is not null) request.Headers.TryAddWithoutValidation("X-Request-Id", operation.ToString("D"));
        using var response = await client.SendAsync(request, ct);
        var answer = await Answer.Read(response, ct);
        entry.Answered(answer, Now);
        try
        {
            Contract.Check(request.Method, answer);
        }
        catch (Exception e)
        {
            entry.Breaks(e.Message);
            throw;
        }
        return (entry, answer);
    }
}
