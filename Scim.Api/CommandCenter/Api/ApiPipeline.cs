using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Scim.Api.Access;
using Scim.Api.EventStore;
using Scim.Api.Hosting;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Api;

/// <summary>Everything under <c>/api</c>: the caller proved first, every failure as problem+json (RFC 9457).</summary>
internal sealed class ApiPipeline(RequestDelegate next, OperatorAccess access, CallRates rates, Overload overload, ILogger<ApiPipeline> log)
{
    const string Door = "api";

    public async Task InvokeAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            using var place = await overload.Enter(http.RequestAborted);
            http.Features.Set(new RequestPlace(place));
            rates.CheckStranger(Door, http.Connection.RemoteIpAddress);
            var browsed = ReferencePage.IsAskedForBy(http.Request);
            if (!access.IsProved(http.Request) && !(browsed && access.IsProvedByPassword(http.Request)))
            {
                rates.CountStranger(Door, http.Connection.RemoteIpAddress);
                http.Response.Headers.WWWAuthenticate = browsed
                    ? new string[] { "Bearer realm=\"operator\"", "Basic realm=\"operator key as password\", charset=\"UTF-8\"" }
                    : "Bearer realm=\"operator\"";
                await Write(http, new() { Status = 401, Title = "The operator key is missing or wrong.", Detail = "Send it as a bearer token; `operator key` prints it." });
                return;
            }
            await next(http);
            if (!http.Response.HasStarted && http.Response.StatusCode >= 400 && http.Response.ContentType is null)
                await Write(http, new() { Status = http.Response.StatusCode, Title = "The request cannot be answered here." });
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            if (e is ScimException { RetryAfter: { } seconds }) http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
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

    static async Task Write(HttpContext http, ProblemDetails problem)
    {
        http.Response.StatusCode = problem.Status!.Value;
        if (problem.Status == 503 && http.Response.Headers.RetryAfter.Count == 0) http.Response.Headers.RetryAfter = "5";
        await http.Response.WriteAsJsonAsync(problem, options: null, contentType: "application/problem+json");
    }
}
