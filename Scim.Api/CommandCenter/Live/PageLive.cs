using Microsoft.AspNetCore.Http.HttpResults;
using Scim.Api.Access;
using Scim.Api.Audit.Timeline;
using Scim.Api.Hosting;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Live;

/// <summary><c>/live</c>: server-sent events for whoever is signed in, one whenever a page may have changed.</summary>
internal static class PageLive
{
    internal static void MapPageLive(this IEndpointRouteBuilder app) => app.MapGet("/live", Watch).ExcludeFromDescription();

    static ServerSentEventsResult<string> Watch(string? known, PageWatch pages, IHostApplicationLifetime lifetime, Leaving leaving, HttpContext http)
    {
        if (leaving.HasBegun || lifetime.ApplicationStopping.IsCancellationRequested) throw ScimException.Unavailable("This node is stopping. Another one answers.", retryAfter: 1);
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<RequestPlace>()?.Leave();
        // Stamps and nothing else: what they make a page ask for is proved then.
        var organization = PageCaller.Of(http)!.Organization;
        var seen = http.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last : known;
        return TypedResults.ServerSentEvents(LiveApi.Until(ct => pages.Of(organization, seen, ct), static _ => Task.FromResult(true), lifetime.ApplicationStopping));
    }
}
