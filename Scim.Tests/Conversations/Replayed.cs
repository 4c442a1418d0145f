using System.Net;
using System.Net.Http.Json;
using System.Text;
using Scim.Api.Access;
using Scim.Api.Provisioning;
using Scim.Domain.Dialects;
using Scim.Domain.History;
using Scim.Domain.Protocol.Json;
using Scim.Domain.Protocol.Messages;
using Scim.Domain.Protocol.Schemas;
using Scim.Domain.Users;

namespace Scim.Tests.Conversations;

/// <summary>A conversation while it is held with the service over HTTP, in an organization of its own.</summary>
internal sealed class Replayed(TestService service, TestOrganization organization, Conversation conversation, HttpClient? reader = null) : IDisposable
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    readonly HttpClient _http = new(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate });
    readonly Memory _memory = new() { ["base"] = $"{service.Address}scim/v2/{organization.Id}", ["token"] = organization.Token };
    readonly Aftermath _after = new(service, organization.Id, conversation.Parts[0].Headers.GetValueOrDefault("User-Agent"), reader);
    readonly List<string> _passwords = [];
    bool _strict;

    internal async Task Run()
    {
        var parts = conversation.Parts;
        for (var i = 1; i < parts.Count; i++)
        {
            var part = parts[i];
            try
            {
                if (part.Kind == ">")
                {
                    var noted = parts.Skip(i + 2).TakeWhile(p => p.Kind == "~").Select(p => p.Text).ToArray();
                    await Exchange(part, parts[i + 1], noted);
                }
                else if (part.Kind == "@" && part.Text.StartsWith("strict ", StringComparison.Ordinal)) await Switch(strict: part.Text == "strict on");
                else if (part.Kind == "@") await Act(part.Text.Split(' ')[0], Guid.Parse(_memory.Fill(part.Text.Split(' ')[1])));
                else if (part is { Kind: "=", Text: "directory" }) await _after.CheckDirectory(part.Lines.Select(l => _memory.Fill(l)));
                else if (part.Kind == "=" && part.Text.StartsWith("group events of ", StringComparison.Ordinal)) await _after.CheckGroupEvents(_memory.Fill(part.Text["group events of ".Length..]), part.Lines);
                else if (part.Kind == "=") await _after.CheckEvents(_memory.Fill(part.Text["events of ".Length..]), part.Lines, _passwords);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new InvalidOperationException($"{conversation.Name}.txt, line {part.Line} ({part.Step}): {part.Kind} {part.Text}\n{e.Message}", e);
            }
        }
        Assert.Equal("directory", parts[^1].Text);
        Assert.DoesNotContain(service.Log.Lines, line => _passwords.Exists(p => line.Contains(p, StringComparison.Ordinal)));
    }

    async Task Exchange(Conversation.Part asked, Conversation.Part expected, string[] noted)
    {
        Assert.Equal("<", expected.Kind);
        using var request = Request(asked);
        using var response = await _http.SendAsync(request, Cancel);
        var answer = await Answer.Of(request.Method, response);
        var atLeast = expected.Text.EndsWith("at least", StringComparison.Ordinal);
        Assert.True(answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture) == expected.Text.Split(' ')[0], $"The answer is {answer.Status} {answer.Text}");
        foreach (var (name, pattern) in expected.Headers)
            Assert.True(_memory.Matches(pattern, answer.Headers.GetValueOrDefault(name, "")), $"{name} is {answer.Headers.GetValueOrDefault(name)} instead of {pattern}");
        if (expected.Body.Length == 0) Assert.True(answer.Text.Length == 0 || atLeast, $"The answer has a body: {answer.Text}");
        else if (_memory.Differs(Parse(expected.Body), answer.Body, atLeast) is { } difference) Assert.Fail($"{difference}\n{answer.Text}");
        Assert.All(_passwords, p => Assert.DoesNotContain(p, answer.Text, StringComparison.Ordinal));
        if (answer.Status == 200) Assert.Equal(noted, Repairs(request.RequestUri!, asked.Body));
    }

    HttpRequestMessage Request(Conversation.Part asked)
    {
        var (verb, target) = (asked.Text.Split(' ', 2)[0], _memory.Fill(asked.Text.Split(' ', 2)[1]));
        var request = new HttpRequestMessage(new HttpMethod(verb), _memory.Fill("{{base}}") + Escape(target));
        if (asked.Body is { Length: > 0 } body)
        {
            body = _memory.Fill(body, json: true);
            if (Parse(body)["password"]?.AsString is { Length: > 0 } password) _passwords.Add(password);
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        }
        foreach (var (name, value) in conversation.Parts[0].Headers.Where(h => !asked.Headers.ContainsKey(h.Key)).Concat(asked.Headers).Where(h => h.Value != "-"))
        {
            if (!name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)) Assert.True(request.Headers.TryAddWithoutValidation(name, _memory.Fill(value)));
            else request.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        return request;
    }

    // The files show queries as people read them; on the wire each value is escaped.
    static string Escape(string target)
    {
        if (target.Split('?', 2) is not [var path, var query]) return target;
        return $"{path}?{string.Join('&', query.Split('&').Select(p => p.Split('=', 2)).Select(p => p.Length == 1 ? p[0] : $"{p[0]}={Uri.EscapeDataString(p[1])}"))}";
    }

    // A look-up leaves no event; what it is forgiven is asked of the reader itself.
    string[] Repairs(Uri request, string body)
    {
        var notes = new Notes(_strict);
        var filter = request.AbsolutePath.EndsWith("/.search", StringComparison.OrdinalIgnoreCase)
            ? SearchRequest.Parse(Parse(_memory.Fill(body, json: true)), notes).Filter
            : Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(request.Query).GetValueOrDefault("filter").ToString();
        if (string.IsNullOrEmpty(filter)) return [.. notes.Repairs];
        if (request.AbsolutePath.Contains("/Groups", StringComparison.OrdinalIgnoreCase)) GroupsApi.ReadFilter(filter, notes);
        else UsersApi.ReadFilter(filter, notes);
        return [.. notes.Repairs];
    }

    async Task Switch(bool strict)
    {
        (await service.Operator.PatchAsJsonAsync($"/api/organizations/{organization.Id}", new { strictMode = strict }, Cancel)).EnsureSuccessStatusCode();
        _strict = strict;
    }

    Task<User?> Act(string act, Guid user) => service.Get<Api.EventStore.History>().Change<User, UserEvent>(
        new Caller(organization.Id, "operator", Guid.NewGuid()) { Source = Source.Admin }, user, null, (state, _) => new(UserDecider.Decide(state, act switch
        {
            "suspend" => new SuspendUser("The laptop was lost.", Source.Admin),
            "lift" => new LiftSuspension(Source.Admin),
            _ => throw new InvalidOperationException($"Nobody can {act}."),
        }, UserSchema.ResourceType)));

    static ScimObject Parse(string json) => ScimReader.ReadObject(Encoding.UTF8.GetBytes(json));

    public void Dispose() => _http.Dispose();
}
