using System.Security.Cryptography;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Scim.Api.CommandCenter.Api;

/// <summary>The API's document and the page that shows it to a human, <c>/api/reference</c>: all of it served from here.</summary>
internal static class ReferencePage
{
    const string Page = "/api/reference", Document = "/api/openapi", Title = "SCIM service: the operator's API", OperatorKey = "operatorKey";

    internal static void MapReference(this RouteGroupBuilder api)
    {
        api.MapOpenApi("/openapi/{documentName}.json");
        api.MapScalarApiReference("/reference", (options, http) =>
        {
            options.Title = Title;
            options.AddPreferredSecuritySchemes(OperatorKey);
            options.OpenApiRoutePattern = Document + "/{documentName}.json";
            options.DefaultFonts = false;
            options.Telemetry = false;
            options.HideClientButton = true;
            options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
            options.DisableAgent();
            options.DisableMcp();
            // The browser itself keeps the page from loading anything from elsewhere; only the page's own script may stand inside it.
            options.Nonce = RandomNumberGenerator.GetHexString(32, lowercase: true);
            http.Response.Headers.ContentSecurityPolicy =
                $"default-src 'self'; script-src 'self' 'nonce-{options.Nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
                "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
            http.Response.Headers.XContentTypeOptions = "nosniff";
        });
    }

    /// <summary>Says in the document how its requests are proved, so that the page asks for the key and sends it.</summary>
    internal static void DescribeAccess(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info.Title = Title;
        document.AddComponent<IOpenApiSecurityScheme>(OperatorKey, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "The operator key, which `operator key` prints; or a key of the organization, as far as its role reaches.",
        });
        document.Security = [new() { [new(OperatorKey, document)] = [] }];
        return Task.CompletedTask;
    });

    /// <summary>
    /// Whether a browser fetches the page, what belongs to it, or the document. It can send no bearer token on its own, so
    /// here HTTP Basic counts too; nowhere else, for a browser sends that with a stranger's requests as well.
    /// </summary>
    internal static bool IsAskedForBy(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && (request.Path.StartsWithSegments(Page) || request.Path.StartsWithSegments(Document));
}
