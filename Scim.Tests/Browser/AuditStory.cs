using System.Text.RegularExpressions;
using Scim.Domain.Organizations;
using Scim.Tests.Audit;
using Scim.Tests.Provisioning.RequestLog;
using Scim.Tests.Replay;
using Scim.Tests.SignIn;

namespace Scim.Tests.Browser;

/// <summary>Ada arrives, is renamed, promoted and deactivated; somebody has markup for a name; one request is refused, one comes without a token.</summary>
internal sealed record AuditStory(TestOrganization Organization, string Ada, string Guides, long Before, string Renaming, string Refused, string HostileRequest, string Key) : IDisposable
{
    internal const string Hostile = "<img src=x onerror=document.title='run'>";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal static async Task<AuditStory> Of(TestService service)
    {
        var organization = await service.NewOrganization("Tour Guides");
        var key = await service.NewKey(organization.Id, Roles.Auditor);
        var ada = (await organization.NewUser("ada@example.com", ",\"active\":true,\"title\":\"Guide\"")).Id;
        var bob = (await organization.NewUser("bob@example.com", ",\"active\":true")).Id;
        var before = await Positions.Settled(service, organization.Id);
        await organization.Patch($"Users/{ada}", """[{"op":"replace","path":"userName","value":"ada.byron@example.com"}]""");
        var renaming = organization.LastRequest!;
        await organization.Patch($"Users/{ada}", """[{"op":"replace","path":"title","value":"Head Guide"}]""");
        await organization.Patch($"Users/{ada}", """[{"op":"replace","value":{"active":false}}]""");
        await organization.NewUser(Hostile, ",\"active\":true");
        var hostile = organization.LastRequest!;
        var guides = (await organization.NewGroup("Guides", bob)).Id;
        await organization.NewGroup("Everybody", guides);
        await organization.Post("Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"Bob@example.com"}""");
        var refused = organization.LastRequest!;
        using (var stranger = service.Client(organization.Id, organization.Token[..^4] + "k7Qe")) await stranger.GetAsync("Users", Ct);
        await organization.Written();
        for (var n = 0; n < 200 && await service.Sql("select 1 from history.request_log where tenant_id = $1 and token_id is null", organization.Id.ToString("D")) is null; n++) await Task.Delay(50, Ct);
        await Positions.Settled(service, organization.Id);
        return new(organization, ada, guides, before, renaming, refused, hostile, key);
    }

    /// <summary>The place of the event that renamed Ada.</summary>
    internal Task<string> FirstEvent(TestService service) => Event(service, $"person={Ada}&type=user_renamed");

    /// <summary>The place of the newest event like that.</summary>
    internal async Task<string> Event(TestService service, string query)
    {
        using var api = service.ApiClient(Key);
        return (await api.Json(Organization, $"audit/events?{query}")).Rows()[0].GetProperty("id").GetString()!;
    }

    /// <summary>The id of a replay asked for by form, once it is over.</summary>
    internal static async Task<string> Replayed(StaffOf staff, string session)
    {
        var (_, text, form) = await staff.Get("/audit/replay", session);
        var cookie = form.Headers.GetValues("Set-Cookie").First().Split(';')[0];
        var token = System.Net.WebUtility.HtmlDecode(Regex.Match(text, "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value);
        using var answer = await staff.Post("/audit/replay", $"{session}; {cookie}", ("__RequestVerificationToken", token), ("_handler", "replay"), ("to", ""));
        var id = answer.Headers.Location!.ToString().Split('/')[^1];
        for (var n = 0; n < 200 && !(await staff.Get($"/audit/replay/{id}", session)).Text.Contains("Identical", StringComparison.Ordinal); n++) await Task.Delay(50, Ct);
        return id;
    }

    public void Dispose() => Organization.Dispose();
}
