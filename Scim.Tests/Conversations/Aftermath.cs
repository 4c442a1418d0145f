using System.Text.Json;
using System.Text.Json.Nodes;
using Scim.Api.CommandCenter.Api;
using Scim.Api.EventStore.Queries;
using Scim.Domain.History;

namespace Scim.Tests.Conversations;

/// <summary>What a conversation left behind, as administrators read it through the JSON API.</summary>
/// <param name="agent">What every event of the conversation names as its agent.</param>
/// <param name="reader">Who reads: the operator, as long as the organization has no staff.</param>
internal sealed class Aftermath(TestService service, Guid organization, string? agent, HttpClient? reader = null)
{
    readonly HashSet<string?> _told = [];

    /// <summary>Holds a person's events against their lines; no password stands in them.</summary>
    internal async Task CheckEvents(string id, IEnumerable<string> lines, IReadOnlyCollection<string> passwords)
    {
        var events = await Api($"/{id}/events");
        Assert.Equal(lines, events.EnumerateArray().Select(Told));
        Assert.All(passwords, p => Assert.DoesNotContain(p, events.GetRawText(), StringComparison.Ordinal));
        foreach (var e in events.EnumerateArray().Where(e => e.GetProperty("actor").GetString()!.StartsWith("scim-token:", StringComparison.Ordinal)))
        {
            Assert.Equal("127.0.0.1", Header(e, "ip"));
            Assert.Equal(agent, Header(e, "agent"));
        }
        _told.Add(id);
    }

    /// <summary>Holds a group's events against their lines: how many members came or went stands behind the type.</summary>
    internal async Task CheckGroupEvents(string id, IEnumerable<string> lines)
    {
        var events = await service.Get<HistoryReader>().Stream(organization, Guid.Parse(id), TestContext.Current.CancellationToken);
        Assert.Equal(lines, events.Select(e => ToldOfGroup(e.Stored, ShownEvent.Content(e.Event)!)));
    }

    static string ToldOfGroup(StoredEvent stored, JsonNode content)
    {
        var members = (content["users"] as JsonArray)?.Count + (content["groups"] as JsonArray)?.Count;
        var moved = stored.Type.EndsWith("_added", StringComparison.Ordinal) ? $" +{members}" : stored.Type.EndsWith("_removed", StringComparison.Ordinal) ? $" -{members}" : "";
        var paths = content["paths"] is JsonArray found ? $" ({string.Join(", ", found.Select(p => p!.GetValue<string>()))})" : "";
        return stored.Type + moved + paths + (stored.Headers.TryGetValue("repairs", out var repairs) ? $" ~ {repairs}" : "") + (stored.Headers.TryGetValue("unmapped", out var unmapped) ? $" ? {unmapped}" : "");
    }

    static string Told(JsonElement e)
    {
        var paths = e.GetProperty("data").TryGetProperty("paths", out var found) ? $" ({string.Join(", ", found.EnumerateArray().Select(p => p.GetString()))})" : "";
        return e.GetProperty("type").GetString() + paths + (Header(e, "repairs") is { } repairs ? $" ~ {repairs}" : "") + (Header(e, "unmapped") is { } unmapped ? $" ? {unmapped}" : "");
    }

    static string? Header(JsonElement e, string name) => e.GetProperty("headers").TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>Holds the directory against its lines; of everybody in it the events were told.</summary>
    internal async Task CheckDirectory(IEnumerable<string> lines)
    {
        var people = (await Api("?count=1000")).GetProperty("Resources").EnumerateArray().ToList();
        Assert.Equal(lines.Order(StringComparer.Ordinal), people.Select(Standing).Order(StringComparer.Ordinal));
        Assert.Empty(people.Select(p => p.GetProperty("id").GetString()).Except(_told));
    }

    static string Standing(JsonElement person)
    {
        var state = person.GetProperty("state");
        var word = state.GetProperty("suspended").GetBoolean() ? "suspended" : state.GetProperty("active").GetBoolean() ? "active" : "inactive";
        return $"{person.GetProperty("id").GetString()} {word} {person.GetProperty("resource").GetProperty("userName").GetString()}";
    }

    async Task<JsonElement> Api(string path) => JsonDocument.Parse(await (reader ?? service.Operator).GetStringAsync($"/api/organizations/{organization}/users{path}", TestContext.Current.CancellationToken)).RootElement;
}
