using Scim.Api.Audit.Causes;
using Scim.Api.Audit.Comparison;
using Scim.Api.Audit.Export;
using Scim.Api.Audit.Reads;
using Scim.Api.Audit.Replay;
using Scim.Api.Audit.Review;
using Scim.Api.Audit.SignIn;
using Scim.Api.Audit.Timeline;
using Scim.Api.CommandCenter.Api;

namespace Scim.Api.Audit;

/// <summary>The parts of the audit, and where they are asked.</summary>
internal static class AuditRegistration
{
    internal static void AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<Teller>().AddSingleton<TimelineReader>().AddSingleton<TimelineQuestions>();
        services.AddSingleton<LiveStream>().AddSingleton<LiveFeed>().AddHostedService(s => s.GetRequiredService<LiveFeed>());
        services.AddSingleton<ReplayRuns>().AddSingleton<Replayer>().AddSingleton<ReplayWorker>().AddHostedService(s => s.GetRequiredService<ReplayWorker>());
        services.AddSingleton<AccessReader>().AddSingleton<AccessChanges>().AddSingleton<ReadRecords>().AddSingleton<SignIns>();
        services.AddSingleton<AccessReview>().AddSingleton<Leavers>().AddSingleton<ExportedEvents>().AddSingleton<ExportSheets>().AddSingleton<Exports>();
        services.AddSingleton<DirectoryDifference>().AddSingleton<Explainer>().AddSingleton<Additions>();
    }

    internal static void MapAudit(this RouteGroupBuilder api)
    {
        api.MapGroup("/organizations/{organization:guid}/directory").WithTags("Directory").OfKnownOrganization().MapDirectory();
        api.MapGroup("/organizations/{organization:guid}/replay").WithTags("Replay").OfKnownOrganization().MapReplay();
        var audit = api.MapGroup("/organizations/{organization:guid}/audit").WithTags("Audit").OfKnownOrganization();
        audit.MapTimeline();
        audit.MapDifference();
        audit.MapWhy();
        audit.MapReads().MapReview().MapExports();
        api.MapGroup("/organizations/{organization:guid}/access").WithTags("Access").OfKnownOrganization().MapAccess();
    }
}
