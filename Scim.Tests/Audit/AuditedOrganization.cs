using System.Net;
using System.Text.Json;

namespace Scim.Tests.Audit;

/// <summary>What an auditor asks of an organization.</summary>
static class AuditedOrganization
{
    internal static async Task<JsonElement> Timeline(this TestOrganization organization, string query = "", int status = 200, HttpClient? by = null)
    {
        using var answer = await (by ?? organization.Service.Operator).GetAsync($"/api/organizations/{organization.Id}/audit/events?{query}", TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((HttpStatusCode)status == answer.StatusCode, $"{(int)answer.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The sentences in the order of the answer.</summary>
    internal static async Task<string[]> Sentences(this TestOrganization organization, string query = "order=asc&count=200") =>
        [.. (await organization.Timeline(query)).Rows().Select(e => e.Text("sentence"))];

    internal static JsonElement[] Rows(this JsonElement page) => [.. page.GetProperty("events").EnumerateArray()];

    internal static string Text(this JsonElement e, string name) => e.GetProperty(name).GetString()!;

    /// <summary>Whoever acts for the organization as the operator does.</summary>
    internal static async Task<JsonElement> Operate(this TestOrganization organization, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/organizations/{organization.Id}{path}");
        if (body is not null) request.Content = System.Net.Http.Json.JsonContent.Create(body);
        using var answer = await organization.Service.Operator.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    /// <summary>As an identity provider whose user agent is that.</summary>
    internal static Action<HttpRequestMessage> As(string agent) => request => request.Headers.TryAddWithoutValidation("User-Agent", agent);
}
