using System.Text.Json;
using Scim.Api.Provisioning.RequestLog;

namespace Scim.Tests.Provisioning.RequestLog;

/// <summary>An organization's log as its administrators read it, once everything sent so far stands in it.</summary>
internal static class LoggedRequests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal static async Task<JsonElement> Log(this TestOrganization org, string query = "") => (await org.Ask("" + (query.Length > 0 ? "?" + query : ""))).Body;

    /// <summary>The rows, newest first.</summary>
    internal static async Task<IReadOnlyList<JsonElement>> Rows(this TestOrganization org, string query = "") => [.. (await org.Log(query)).GetProperty("requests").EnumerateArray()];

    /// <summary>The row of the newest request, with everything.</summary>
    internal static async Task<JsonElement> Newest(this TestOrganization org) => await org.Whole((await org.Rows())[0].GetProperty("id").GetString()!);

    internal static async Task<JsonElement> Whole(this TestOrganization org, string id) => (await org.Ask("/" + id)).Body;

    internal static async Task<(int Status, JsonElement Body)> Ask(this TestOrganization org, string path)
    {
        await org.Written();
        using var response = await org.Service.Operator.GetAsync($"/api/organizations/{org.Id}/requests{path}", Ct);
        return ((int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement);
    }

    /// <summary>Waits until the newest request stands there: an answer is read before its row is written.</summary>
    internal static async Task Written(this TestOrganization org)
    {
        if (org.LastRequest is { } last && last == org.WrittenRequest) return;
        if (!org.Service.Get<RequestLogSettings>().Enabled || org.LastRequest is null) await Task.Delay(500, Ct);
        else
            for (var i = 0; i < 200 && await org.Service.Sql("select 1 from history.request_log where tenant_id = $1 and id = $2", org.Id.ToString(), Guid.Parse(org.LastRequest)) is null; i++) await Task.Delay(20, Ct);
        org.WrittenRequest = org.LastRequest;
    }

    internal static string? Text(this JsonElement row, string name) => row.GetProperty(name).GetString();
}
