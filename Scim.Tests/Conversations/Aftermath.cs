using System.Text.Json;

namespace Scim.Tests.Conversations;

/// <summary>What a conversation left behind, as administrators read it through the JSON API.</summary>
/// <param name="agent">What every event of the conversation names as its agent.</param>
internal sealed class Aftermath(TestService service, Guid organization, string? agent)
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

    async Task<JsonElement> Api(string path) => JsonDocument.Parse(await service.Operator.GetStringAsync($"/api/organizations/{organization}/users{path}", TestContext.Current.CancellationToken)).RootElement;
}
