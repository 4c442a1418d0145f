using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scim.Api.Access;
using Scim.Api.Audit.Replay;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.EventStore;
using Scim.Api.Hosting;
using Scim.Benchmarks.Audit;
using Scim.Benchmarks.Load;

namespace Scim.Benchmarks.Replay;

/// <summary><c>replay</c>: how many events a second a replay holds against the directory, beside a floor: the same rows by bare Npgsql, hashed.</summary>
internal static class ReplayCommand
{
    const int Rounds = 3;

    static readonly Option<int> People = new("--people") { DefaultValueFactory = _ => 10_000, Description = "How many people the organization has" };
    static readonly Option<int> Events = new("--events") { DefaultValueFactory = _ => 50_000, Description = "How many events they have together" };
    static readonly Option<int> Parallel = new("--parallel") { DefaultValueFactory = _ => 1, Description = "How many parts are walked at once" };

    internal static Task<int> Run(string[] arguments)
    {
        var replay = new Command("replay", "Measure a replay beside its floor") { People, Events, Parallel };
        replay.SetAction(async (parsed, _) => { await Measure(parsed.GetValue(People), parsed.GetValue(Events), parsed.GetValue(Parallel)); return 0; });
        return new RootCommand { replay }.Parse(arguments).InvokeAsync();
    }

    static async Task Measure(int people, int events, int parallel)
    {
        var folder = Directory.CreateTempSubdirectory("scim-replay-").FullName;
        try
        {
            await using var service = await ScimService.BuildAsync(["--urls", "http://127.0.0.1:0"], CancellationToken.None, builder =>
            {
                builder.Configuration.AddInMemoryCollection([new("Embedded:Folder", folder), new("ConnectionStrings:Directory", ""), new("Limits:LeavingSeconds", "0")]);
                builder.Logging.ClearProviders();
            });
            await service.StartAsync(TextWriter.Null, CancellationToken.None);
            var (services, organization) = (service.App.Services, Guid.CreateVersion7());
            await services.GetRequiredService<OrganizationAdministration>().Create(services.GetRequiredService<OperatorAccess>().Caller(organization), "Measured");
            await using var fill = new HistoryFill(service, service.Foundation.Connections.Owner!);
            await fill.Fill(organization, people, Math.Max(1, events / people));
            await fill.Analyze();
            await AuditCommand.Numbered(service, [organization], events);
            for (var round = 0; round < Rounds; round++)
            {
                await Timed("floor", () => Floor(service.Foundation.Placement.Shards[0].Write, Placement.Tenant(organization)));
                await Timed("replay", () => Replay(services, organization, parallel));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task Timed(string name, Func<Task<long>> work)
    {
        var (cpu, watch) = (Cpu.Own(), Stopwatch.StartNew());
        var events = await work();
        var (seconds, own) = (watch.Elapsed.TotalSeconds, (Cpu.Own() - cpu) / 1000);
        Console.WriteLine(FormattableString.Invariant($"{name,-8} {events / seconds,10:N0} events/s, {events / own,10:N0} a second of this process's processor time, {GC.GetTotalMemory(false) / 1048576.0,6:N0} MB"));
    }

    static async Task<long> Replay(IServiceProvider services, Guid organization, int parallel)
    {
        var (runs, holder) = (services.GetRequiredService<ReplayRuns>(), Guid.NewGuid());
        var run = await runs.Start(organization, "operator", repair: false, to: null, holder, CancellationToken.None);
        run = await services.GetRequiredService<Replayer>().Run(run, holder, parallel, static _ => { }, CancellationToken.None);
        if (!run.IsIdentical) throw new InvalidOperationException($"{run.State} {run.Failure} {run.Found}: {string.Join('\n', (await runs.Differences(run, CancellationToken.None)).Take(5))}");
        return run.Events;
    }

    static async Task<long> Floor(NpgsqlDataSource source, string tenant)
    {
        var events = 0L;
        await using var connection = await source.OpenConnectionAsync();
        await using (var patient = new NpgsqlCommand("set statement_timeout = 0", connection)) await patient.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand("select stream_id, version, id, type, mt_dotnet_type, timestamp, user_name, headers::text, bdata from history.mt_events where tenant_id = $1 order by stream_id, version", connection);
        command.Parameters.Add(new() { Value = tenant });
        await using var reader = await command.ExecuteReaderAsync();
        for (var hash = new byte[32]; await reader.ReadAsync(); events++) SHA256.HashData(reader.GetFieldValue<byte[]>(8), hash);
        return events;
    }
}
