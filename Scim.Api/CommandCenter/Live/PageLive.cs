using Microsoft.AspNetCore.Http.HttpResults;
using Scim.Api.Access;
using Scim.Api.Access.Pages;
using Scim.Api.Audit.Timeline;
using Scim.Api.Hosting;
using Scim.Domain.Protocol;

namespace Scim.Api.CommandCenter.Live;

/// <summary><c>/live</c>: server-sent events for whoever is signed in, one whenever a page may have changed.</summary>
internal static class PageLive
{
    internal static void MapPageLive(this IEndpointRouteBuilder app) => app.MapGet("/live", Watch).ExcludeFromDescription();

    static readonly TimeSpan ProvedFor = TimeSpan.FromSeconds(1);

    static ServerSentEventsResult<string> Watch(string? known, PageWatch pages, PageAccess access, IHostApplicationLifetime lifetime, Leaving leaving, TimeProvider clock, HttpContext http)
    {
        if (leaving.HasBegun || lifetime.ApplicationStopping.IsCancellationRequested) throw ScimException.Unavailable("This node is stopping. Another one answers.", retryAfter: 1);
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<RequestPlace>()?.Leave();
        // Stamps and nothing else: what they make a page ask for is proved then once more.
        var caller = PageCaller.Of(http)!;
        var proved = clock.GetTimestamp();
        var seen = http.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last : known;
        return TypedResults.ServerSentEvents(LiveApi.Until(ct => pages.Of(caller.Organization, seen, ct), May, lifetime.ApplicationStopping));

        // A busy directory tells a page four times a second.
        async Task<bool> May(CancellationToken ct)
        {
            if (clock.GetElapsedTime(proved) < ProvedFor) return true;
            proved = clock.GetTimestamp();
            return await access.MayGoOn(caller, ct);
        }
    }
}
