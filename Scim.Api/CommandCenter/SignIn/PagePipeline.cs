using FluentValidation;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using Scim.Api.Access;
using Scim.Api.Access.Pages;
using Scim.Api.CommandCenter.Components;
using Scim.Api.EventStore;
using Scim.Api.Hosting;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.SignIn;

/// <summary>
/// Around every page: what browsers are told to refuse, who is signed in, failures in words. A stranger is sent to sign in,
/// unless the page is marked as anonymous; a form comes from a page of ours, and from an administrator unless it is marked as
/// open to auditors.
/// </summary>
internal sealed class PagePipeline(RequestDelegate next, PageAccess access, IAntiforgery forms, Overload overload, PublicOrigin origin, TimeProvider clock, ILogger<PagePipeline> log)
{
    const string Policy = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";

    /// <summary>Whether a person may look at that, rather than a machine.</summary>
    internal static bool IsPage(HttpContext http) =>
        !http.Request.Path.StartsWithSegments("/scim") && !http.Request.Path.StartsWithSegments("/api") && !http.Request.Path.StartsWithSegments("/health") && !http.Request.Path.StartsWithSegments("/metrics");

    public async Task InvokeAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        var id = NewId.Next(clock);
        headers["X-Request-Id"] = id.ToString("D");
        if (origin.IsHttps(http)) http.Request.Scheme = Uri.UriSchemeHttps; // as browsers see it, whatever stands between
        try
        {
            using var place = await overload.Enter(http.RequestAborted);
            http.Features.Set(new RequestPlace(place));
            var endpoint = http.GetEndpoint();
            if (endpoint is not null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null)
            {
                headers.CacheControl = "no-store";
                if (await access.Prove(http) is not { } caller)
                {
                    http.Response.Redirect(LocalPath.ToSignIn(http.Request));
                    return;
                }
                if (!IsReading(http) && caller.Role != Roles.Admin && endpoint.Metadata.GetMetadata<OpenToAuditors>() is null)
                    throw new ScimException(403, null, "An auditor reads everything and changes nothing. Ask an administrator.");
                http.Features.Set(caller);
            }
            if (endpoint is not null && !IsReading(http)) await forms.ValidateRequestAsync(http);
            await next(http);
            if (!http.Response.HasStarted && http.Response.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed) await Write(http, new ScimException(http.Response.StatusCode, null, "There is no such page."), id);
            // A form that the page, as it is now, does not have any more.
            if (!http.Response.HasStarted && http.Response.StatusCode == StatusCodes.Status400BadRequest && http.Response.ContentType is null) await Write(http, new ScimException(400, null, "What this form was about has changed meanwhile. Go back and load the page again."), id);
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            await Write(http, e, id);
        }
    }

    static bool IsReading(HttpContext http) => HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);

    async Task Write(HttpContext http, Exception e, Guid id)
    {
        var (status, words) = e switch
        {
            ValidationException invalid => (400, string.Join(" ", invalid.Errors.Select(f => f.ErrorMessage))),
            ScimException scim => (scim.Status, scim.Message),
            AntiforgeryValidationException => (400, "This form is too old, or another page sent it. Go back, load the page again and repeat."),
            BadHttpRequestException bad => (bad.StatusCode, "The request cannot be understood."),
            _ when StoreFailure.Of(e) is not (FailureKind.None or FailureKind.Bug) => (503, "The directory cannot be reached. Nothing is lost: try again."),
            _ => (500, "The service failed at this request."),
        };
        if (status >= 500) log.LogError("{RequestId} A page failed: {Failure}\n{Stack}", id, string.Join(" < ", StoreFailure.Names(e)), e.StackTrace);
        if (status is 429 or 503) http.Response.Headers.RetryAfter = "1";
        http.Response.Headers.CacheControl = "no-store";
        var problem = new PageProblem(status, words, id, http.Request.Path);
        if (status < 500 && await Framed(http, problem)) return;
        await HtmlPage.Of(problem.Title, $"""
            <p role="alert">{HtmlPage.Text(words)}</p>
            <p>{(status >= 500 && IsReading(http) ? $"<a class=\"button main\" href=\"{HtmlPage.Text(http.Request.Path + http.Request.QueryString)}\">Try again</a> " : "")}<a class="button" href="/">To the Overview</a></p>
            <p class="quiet">Request <code>{id:D}</code></p>
            """, status).ExecuteAsync(http);
    }

    // In a scope of its own: what rendered the page that failed renders nothing more.
    async Task<bool> Framed(HttpContext http, PageProblem problem)
    {
        var services = http.RequestServices;
        await using var scope = services.CreateAsyncScope();
        http.RequestServices = scope.ServiceProvider;
        try
        {
            // What is nowhere needs nobody to be signed in, and is framed for who is.
            if (PageCaller.Of(http) is null && await access.Prove(http) is { } caller) http.Features.Set(caller);
            if (PageCaller.Of(http) is null) return false;
            http.Response.Headers.Remove("blazor-enhanced-nav"); // of the page that failed: it would be added once more
            await new RazorComponentResult<App>(new { Problem = (object)problem }) { StatusCode = problem.Status }.ExecuteAsync(http);
            return true;
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            log.LogWarning("{RequestId} The frame of a refusal failed: {Failure}", problem.Request, string.Join(" < ", StoreFailure.Names(e)));
            return false;
        }
        finally
        {
            http.RequestServices = services;
        }
    }
}
