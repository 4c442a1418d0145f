using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Scim.Api.Access;
using Scim.Api.EventStore;
using Scim.Api.Hosting;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Api;

/// <summary>Everything under <c>/api</c>: the caller proved first, every failure as problem+json (RFC 9457).</summary>
internal sealed class ApiPipeline(RequestDelegate next, ApiAccess access, Overload overload, ILogger<ApiPipeline> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            using var place = await overload.Enter(http.RequestAborted);
            http.Features.Set(new RequestPlace(place));
            http.Features.Set(await access.Prove(http, byPassword: ReferencePage.IsAskedForBy(http.Request)));
            await next(http);
            if (!http.Response.HasStarted && http.Response.StatusCode >= 400 && http.Response.ContentType is null)
                await Write(http, new() { Status = http.Response.StatusCode, Title = "The request cannot be answered here." });
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            if (e is ScimException { RetryAfter: { } seconds }) http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (e is ScimException { Status: 401, TokenError: var error }) http.Response.Headers.WWWAuthenticate = Challenges(http.Request, error);
            await Write(http, Translate(e));
        }
    }

    ProblemDetails Translate(Exception e)
    {
        switch (e)
        {
            case ValidationException invalid:
                var errors = invalid.Errors.GroupBy(x => x.PropertyName).ToDictionary(g => g.Key, g => g.Select(x => x.ErrorMessage).ToArray());
                return new() { Status = 400, Title = "One or more values are not valid.", Extensions = { ["errors"] = errors } };
            case ScimException { Status: 401 } unproved:
                return new() { Status = 401, Title = unproved.Message, Detail = "Send the operator key, which `operator key` prints, or a key of the organization that the path names, as a bearer token." };
            case ScimException scim:
                return new() { Status = scim.Status, Title = scim.Message };
            case BadHttpRequestException bad:
                return new() { Status = bad.StatusCode, Title = "The request cannot be understood.", Detail = "The body must be JSON of the documented shape." };
        }
        log.LogError("The API failed: {Failure}\n{Stack}", string.Join(" < ", StoreFailure.Names(e)), e.StackTrace);
        return StoreFailure.Of(e) is FailureKind.None or FailureKind.Bug
            ? new() { Status = 500, Title = "The service failed at this request." }
            : new() { Status = 503, Title = "The directory cannot be reached. Nothing is lost: try again." };
    }

    static string[] Challenges(HttpRequest request, string? error)
    {
        var bearer = "Bearer realm=\"operator\"" + (error is null ? "" : $", error=\"invalid_token\", error_description=\"{error}\"");
        return ReferencePage.IsAskedForBy(request) ? [bearer, "Basic realm=\"operator key as password\", charset=\"UTF-8\""] : [bearer];
    }

    static async Task Write(HttpContext http, ProblemDetails problem)
    {
        http.Response.StatusCode = problem.Status!.Value;
        if (problem.Status == 503 && http.Response.Headers.RetryAfter.Count == 0) http.Response.Headers.RetryAfter = "5";
        await http.Response.WriteAsJsonAsync(problem, options: null, contentType: "application/problem+json");
    }
}
