using System.Text.Encodings.Web;
using Scim.Api.CommandCenter.Assets;

namespace Scim.Api.CommandCenter.SignIn;

/// <summary>The few pages that stand before the pages: plain HTML, one script of our own, nothing inline.</summary>
internal static class HtmlPage
{
    internal static string Text(string text) => HtmlEncoder.Default.Encode(text);

    internal static IResult Of(string title, string body, int status = 200) => Results.Content($"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="icon" href="data:,">
        <title>{Text(title)}</title>
        <link rel="stylesheet" href="{PageAssets.Url("app.css")}">
        <script src="{PageAssets.Url("passkey.js")}" defer></script>
        </head>
        <body>
        <main class="door">
        <h1>{Text(title)}</h1>
        {body}
        </main>
        </body>
        </html>

        """, "text/html; charset=utf-8", statusCode: status);
}
