using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Antiforgery;

namespace Scim.Api.CommandCenter.SignIn;

/// <summary>A form that asks the browser for a passkey: <c>passkey.js</c> fetches the options, asks, and posts the answer with the form.</summary>
internal static class PasskeyForm
{
    /// <param name="ceremony"><c>create</c> or <c>get</c>, as navigator.credentials calls them.</param>
    /// <param name="refused">Why the form comes again.</param>
    /// <param name="beside">Another way, as HTML.</param>
    internal static IResult Page(HttpContext http, string title, string lead, string action, string ceremony, string fields, string button, string? refused, string beside = "")
    {
        http.Response.Headers.CacheControl = "no-store";
        return HtmlPage.Of(title, $"""
            <p>{HtmlPage.Text(lead)}</p>
            <form method="post" action="{HtmlPage.Text(action)}" data-passkey="{ceremony}" data-options="{HtmlPage.Text(action.Split('?')[0])}/options">
            {Token(http)}
            <input type="hidden" name="state">
            <input type="hidden" name="credential">
            {fields}
            <button class="main">{HtmlPage.Text(button)}</button>
            <p role="alert">{HtmlPage.Text(refused ?? "")}</p>
            </form>
            {beside}
            <noscript><p>A passkey needs JavaScript.</p></noscript>
            """, refused is null ? 200 : 400);
    }

    /// <summary>The hidden field by which a form proves that one of our pages made it.</summary>
    internal static string Token(HttpContext http)
    {
        var tokens = http.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(http);
        return $"<input type=\"hidden\" name=\"{tokens.FormFieldName}\" value=\"{HtmlPage.Text(tokens.RequestToken!)}\">";
    }

    internal static IResult Options(string json, string state) => Results.Json(new { options = JsonNode.Parse(json), state });
}
