using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Scim.Api.Demo;

/// <summary>
/// Okta with an app of its Integration Network, as the service hears it: looks up before it creates, writes profiles by PUT of what
/// it knows, deactivates by a PATCH without path, and pushes groups by PATCH with a rename before every change of members.
/// </summary>
internal sealed class SimulatedOkta : IDisposable
{
    const string Scim = "urn:ietf:params:scim:schemas:core:2.0", Messages = "urn:ietf:params:scim:api:messages:2.0", Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    static readonly int[] Expected = [200, 201, 204, 400, 401, 409];

    readonly HttpClient _http;
    readonly ConcurrentDictionary<int, (string Id, DemoPerson Person, bool Active)> _people = new();
    readonly ConcurrentDictionary<string, (string Id, HashSet<string> Members)> _groups = new(StringComparer.Ordinal);
    int _requests;

    internal SimulatedOkta(Uri baseUrl, string token)
    {
        _http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All }) { BaseAddress = baseUrl };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("Okta SCIM Client 1.0.0");
        _http.DefaultRequestHeaders.Accept.ParseAdd("application/scim+json");
        Use(token);
    }

    /// <summary>How many requests it has sent.</summary>
    internal int Requests => _requests;

    /// <summary>How many people it has got into the directory, and how many groups.</summary>
    internal (int People, int Groups) Known => (_people.Count, _groups.Count);

    /// <summary>Pastes another token.</summary>
    internal void Use(string token) => _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

    /// <summary>Test Connector Configuration.</summary>
    internal async Task Test(CancellationToken ct)
    {
        await Ask("GET", "Users?startIndex=1&count=2", null, ct);
        await Ask("GET", "Groups?startIndex=1&count=100", null, ct);
    }

    internal Task Do(DemoDeed deed, CancellationToken ct) => deed switch
    {
        { Act: DemoAct.Assign or DemoAct.AssignNameless } => Assign(deed.Person, ct),
        { Act: DemoAct.Reassign } => Reassign(deed.Person, ct),
        { Act: DemoAct.Unassign } => Unassign(deed.Person, ct),
        _ => Update(deed.Person, ct),
    };

    async Task Assign(DemoPerson person, CancellationToken ct)
    {
        await LookUp(person, ct);
        var (status, created) = await Ask("POST", "Users", Profile(person), ct);
        if (status == 201) _people[person.Number] = (created!["id"]!.GetValue<string>(), person, true);
    }

    async Task Update(DemoPerson person, CancellationToken ct)
    {
        if (!_people.TryGetValue(person.Number, out var known)) return;
        if (person.UserName != known.Person.UserName) await Patch($"Users/{known.Id}", new JsonObject { ["userName"] = person.UserName }, ct);
        await Ask("GET", $"Users/{known.Id}", null, ct);
        var profile = Profile(person);
        profile["id"] = known.Id;
        profile.Remove("password");
        if (await Ask("PUT", $"Users/{known.Id}", profile, ct) is (200, _)) _people[person.Number] = known with { Person = person };
    }

    async Task Unassign(DemoPerson person, CancellationToken ct)
    {
        if (!_people.TryGetValue(person.Number, out var known)) return;
        // An older rule of the app sends the switch as text for some departments.
        JsonNode off = person.Department == "Fleet" ? "False" : JsonValue.Create(false);
        await Patch($"Users/{known.Id}", new JsonObject { ["active"] = off }, ct);
        _people[person.Number] = known with { Active = false };
    }

    async Task Reassign(DemoPerson person, CancellationToken ct)
    {
        if (!_people.TryGetValue(person.Number, out var known)) return;
        await LookUp(person, ct);
        await Patch($"Users/{known.Id}", new JsonObject { ["active"] = true }, ct);
        _people[person.Number] = known with { Active = true };
        await Update(person, ct);
    }

    /// <summary>The members that a group shall have by now, where they differ from those it was told.</summary>
    internal bool IsDue(string group) => !Members(group).SetEquals(_groups.TryGetValue(group, out var pushed) ? pushed.Members : []) || !_groups.ContainsKey(group);

    /// <summary>Pushes a group: at first whole, then what changed of it.</summary>
    internal async Task Push(string group, CancellationToken ct)
    {
        var members = Members(group);
        if (!_groups.TryGetValue(group, out var pushed))
        {
            await Ask("GET", $"Groups?filter={Uri.EscapeDataString($"displayName eq \"{group}\"")}&startIndex=1&count=100", null, ct);
            var (status, created) = await Ask("POST", "Groups", new JsonObject { ["schemas"] = new JsonArray($"{Scim}:Group"), ["displayName"] = group, ["members"] = new JsonArray() }, ct);
            if (status != 201) return;
            pushed = _groups[group] = (created!["id"]!.GetValue<string>(), []);
            await Operate($"Groups/{pushed.Id}", [Operation("replace", "members", Values(members))], ct);
        }
        else
        {
            await Patch($"Groups/{pushed.Id}", new JsonObject { ["id"] = pushed.Id, ["displayName"] = group }, ct);
            var came = members.Except(pushed.Members).ToArray();
            JsonObject[] operations = [.. pushed.Members.Except(members).Select(m => Operation("remove", $"members[value eq \"{m}\"]", null)), .. came.Length > 0 ? [Operation("add", "members", Values(came))] : Array.Empty<JsonObject>()];
            await Operate($"Groups/{pushed.Id}", operations, ct);
        }
        _groups[group] = (pushed.Id, members);
    }

    HashSet<string> Members(string group) => [.. _people.Values.Where(p => p.Active && p.Person.Groups.Contains(group)).Select(p => p.Id)];

    Task<(int, JsonNode?)> LookUp(DemoPerson person, CancellationToken ct) => Ask("GET", $"Users?filter={Uri.EscapeDataString($"userName eq \"{person.UserName}\"")}&startIndex=1&count=100", null, ct);

    Task<(int, JsonNode?)> Patch(string path, JsonObject value, CancellationToken ct) => Operate(path, [new JsonObject { ["op"] = "replace", ["value"] = value }], ct);

    Task<(int, JsonNode?)> Operate(string path, JsonObject[] operations, CancellationToken ct) =>
        Ask("PATCH", path, new JsonObject { ["schemas"] = new JsonArray($"{Messages}:PatchOp"), ["Operations"] = new JsonArray([.. operations]) }, ct);

    static JsonObject Operation(string op, string path, JsonNode? value) => value is null ? new() { ["op"] = op, ["path"] = path } : new() { ["op"] = op, ["path"] = path, ["value"] = value };

    static JsonArray Values(IEnumerable<string> ids) => new([.. ids.Order(StringComparer.Ordinal).Select(id => new JsonObject { ["value"] = id })]);

    static JsonObject Profile(DemoPerson person)
    {
        var profile = new JsonObject
        {
            ["schemas"] = new JsonArray($"{Scim}:User", Enterprise),
            ["userName"] = person.UserName,
            ["name"] = new JsonObject { ["givenName"] = person.GivenName, ["familyName"] = person.FamilyName },
            ["emails"] = new JsonArray(new JsonObject { ["primary"] = true, ["value"] = person.UserName, ["type"] = "work" }),
            ["displayName"] = person.DisplayName,
            ["title"] = person.Title,
            ["locale"] = "en-GB",
            ["externalId"] = person.ExternalId,
            ["groups"] = new JsonArray(),
            ["password"] = $"Quiet-Heron-{person.Number}",
            ["active"] = true,
            [Enterprise] = new JsonObject { ["employeeNumber"] = $"{100000 + person.Number}", ["department"] = person.Department, ["division"] = person.Office },
        };
        if (person.Department == "Engineering") profile["roles"] = new JsonArray("developer"); // as text, where objects are meant
        if (person.Department == "Fleet") profile["licenceClass"] = "D";
        return profile;
    }

    async Task<(int Status, JsonNode? Answer)> Ask(string verb, string path, JsonObject? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/scim+json; charset=utf-8");
        }
        using var response = await _http.SendAsync(request, ct);
        Interlocked.Increment(ref _requests);
        var text = await response.Content.ReadAsStringAsync(ct);
        var status = (int)response.StatusCode;
        if (!Expected.Contains(status)) throw new InvalidOperationException($"{verb} {path} was answered {status}: {text}");
        return (status, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public void Dispose() => _http.Dispose();
}
