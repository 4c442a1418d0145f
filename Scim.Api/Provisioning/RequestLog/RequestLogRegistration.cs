using Scim.Api.EventStore.Sealing;
using Scim.Api.Hosting;

namespace Scim.Api.Provisioning.RequestLog;

/// <summary>The log's parts.</summary>
internal static class RequestLogRegistration
{
    internal static void AddRequestLog(this IServiceCollection services, IConfiguration configuration, MasterKey master, bool keepsUp)
    {
        var settings = RequestLogSettings.Of(configuration);
        services.AddSingleton(settings).AddSingleton(s => new LogQueue(settings.Queue, settings.QueueBytes, s.GetRequiredService<ScimMetrics>()));
        services.AddSingleton<StrangerCounts>().AddSingleton<RequestRecorder>();
        services.AddSingleton(new LogKeys(master)).AddSingleton<LogWrites>().AddSingleton<RequestLogRebuild>().AddSingleton<RequestLogReader>().AddSingleton<NameHolders>();
        services.AddSingleton<RequestLogWriter>().AddHostedService(s => s.GetRequiredService<RequestLogWriter>());
        services.AddSingleton<RequestLogUpkeep>();
        if (keepsUp) services.AddHostedService(s => s.GetRequiredService<RequestLogUpkeep>());
    }
}
