using System.Text.Encodings.Web;

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
        <script src="/passkey.js" defer></script>
        </head>
        <body>
        <main>
        <h1>{Text(title)}</h1>
        {body}
        </main>
        </body>
        </html>

        """, "text/html; charset=utf-8", statusCode: status);
}
