using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scim.Api.Access;
using Scim.Api.CommandCenter.Organizations;
using Scim.Api.EventStore;
using Scim.Api.EventStore.Positions;
using Scim.Api.Hosting;

namespace Scim.Benchmarks.Audit;

/// <summary>
/// What auditors ask of a large history, over HTTP, each beside its floor: the rows that the answer is made of, read by raw
/// Npgsql. The history is filled first, then numbered and written on by the service itself, which is timed too.
/// </summary>
internal static class AuditCommand
{
    static readonly Option<int> People = new("--people") { DefaultValueFactory = _ => 100_000, Description = "People of all organizations together" };
    static readonly Option<int> Each = new("--each") { DefaultValueFactory = _ => 10, Description = "Events of each person" };
    static readonly Option<int> Organizations = new("--organizations") { DefaultValueFactory = _ => 1, Description = "Organizations that share them" };
    static readonly Option<int> Times = new("--times") { DefaultValueFactory = _ => 15, Description = "How often each question is asked" };

    static readonly Option<int> Stay = new("--stay") { Description = "Seconds for which the service stays afterwards, for a browser: its address and a session are printed" };

    internal static Task<int> Run(string[] arguments)
    {
        var audit = new Command("audit", "Measure what auditors ask of a large history, beside its floors") { People, Each, Organizations, Times, Stay };
        audit.SetAction(async (parsed, _) => { await Measure(parsed.GetValue(People), parsed.GetValue(Each), parsed.GetValue(Organizations), parsed.GetValue(Times), parsed.GetValue(Stay)); return 0; });
        return new RootCommand { audit }.Parse(arguments).InvokeAsync();
    }

    static async Task Measure(int people, int each, int organizations, int times, int stay)
    {
        var folder = Directory.CreateTempSubdirectory("scim-audit-").FullName;
        try
        {
            await using var service = await ScimService.BuildAsync(["--urls", "http://127.0.0.1:0"], CancellationToken.None, builder =>
            {
                builder.Configuration.AddInMemoryCollection([new("Embedded:Folder", folder), new("ConnectionStrings:Directory", ""), new("Limits:TokenRate", "1000000"), new("Limits:LeavingSeconds", "0")]);
                builder.Logging.ClearProviders();
            });
            await service.StartAsync(TextWriter.Null, CancellationToken.None);
            var administration = service.App.Services.GetRequiredService<OrganizationAdministration>();
            await using var fill = new HistoryFill(service, service.Foundation.Connections.Owner!);
            var filled = new List<(Guid Organization, Guid[] People)>();
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < organizations; i++)
            {
                var id = Guid.CreateVersion7();
                await administration.Create(new Caller(id, "operator", Guid.CreateVersion7()) { Source = Domain.History.Source.Operator }, $"Organization {i}");
                filled.Add((id, await fill.Fill(id, people / organizations, each, i == 0 ? 1000 : 0)));
            }
            await fill.Analyze();
            Say($"filled {people * each:N0} events of {people:N0} people in {organizations} organizations within {clock.Elapsed.TotalSeconds:0} s");
            await Numbered(service, filled.Select(f => f.Organization).ToArray(), people * each);
            await fill.Analyze();
            await Ask(service, filled[0].Organization, filled[0].People, times);
            var group = await Traffic.Run(service, filled[0].Organization, filled[0].People);
            await Pages.Measure(service, filled[0].Organization, filled[0].People, group, times); // last, because then the organization has staff
            if (stay <= 0) return;
            Say($"{service.App.Urls.First()} cc={await Pages.Session(service, filled[0].Organization)} person {filled[0].People[^2]:D} group {group:D}");
            await Task.Delay(TimeSpan.FromSeconds(stay));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Waits until the service has numbered all of it and written its versions, and says how fast.</summary>
    internal static async Task Numbered(ScimService service, Guid[] organizations, int events)
    {
        await using var source = Connections.DataSource(service.Foundation.Connections.Directory);
        service.App.Services.GetRequiredService<CommitSignal>().Hurry("main");
        var clock = Stopwatch.StartNew();
        await Until(source, "select not exists (select from history.commit_log where position is null)");
        Say($"numbered: {events / clock.Elapsed.TotalSeconds:N0} events a second beside the versions of {organizations.Length} organizations");
        await Until(source, "select not exists (select from history.last_position l left join directory.version_progress p using (tenant_id) where l.last > coalesce(p.position, 0))");
        Say($"versions written: {events / clock.Elapsed.TotalSeconds:N0} events a second ({clock.Elapsed.TotalSeconds:0} s)");
        foreach (var table in new[] { "history.mt_events", "history.commit_log", "directory.mt_doc_user", "directory.user_version", "directory.known_as", "directory.timeline" })
            Say($"{table}: {await Scalar(source, $"select pg_total_relation_size('{table}')") / events:N0} bytes an event");
    }

    static async Task Ask(ScimService service, Guid organization, Guid[] people, int times)
    {
        using var client = new HttpClient { BaseAddress = new Uri(service.App.Urls.First()), Timeout = TimeSpan.FromMinutes(10) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ScimService.OperatorKey(service.App.Configuration, service.Foundation.Folder));
        await using var source = Connections.DataSource(service.Foundation.Connections.Directory);
        var tenant = Placement.Tenant(organization);
        var last = await Scalar(source, $"select last from history.last_position where tenant_id = '{tenant}'");
        var (half, day) = (last / 2, Math.Max(0, last - 8640));
        var (some, longest) = (people[people.Length / 3], people[^1]);
        var base_ = $"/api/organizations/{organization}";
        string Version(long at) => $"tenant_id = '{tenant}' and from_position <= {at} and to_position > {at}";
        (string What, string Path, string Floor)[] questions =
        [
            ("timeline, newest 50", $"{base_}/audit/events", $"select e.headers::text, e.bdata from history.commit_log c join history.mt_events e on e.tenant_id = c.tenant_id and e.stream_id = c.stream_id and e.version = c.to_version where c.tenant_id = '{tenant}' and c.position > {last - 50}"),
            ("timeline, 50 of one type", $"{base_}/audit/events?type=user_deactivated", $"select e.headers::text, e.bdata from directory.timeline t join history.mt_events e on e.tenant_id = t.tenant_id and e.stream_id = t.stream_id and e.version = t.version where t.tenant_id = '{tenant}' and t.type = 'user_deactivated' order by t.position desc limit 50"),
            ("timeline of one person", $"{base_}/audit/events?person={some}", $"select headers::text, bdata from history.mt_events where tenant_id = '{tenant}' and stream_id = '{some}' order by version desc limit 50"),
            ("timeline by a name", $"{base_}/audit/events?name=person{people.Length / 3}@example.com", $"select headers::text, bdata from history.mt_events where tenant_id = '{tenant}' and stream_id = '{some}' order by version desc limit 50"),
            ("timeline, 50 before the middle", $"{base_}/audit/events?toPosition={half}", $"select e.headers::text, e.bdata from history.commit_log c join history.mt_events e on e.tenant_id = c.tenant_id and e.stream_id = c.stream_id and e.version = c.to_version where c.tenant_id = '{tenant}' and c.position between {half - 50} and {half}"),
            ("a person as of the middle", $"{base_}/directory/Users/{some}?position={half}", $"select data from directory.user_version where {Version(half)} and id = '{some}'"),
            ("a person of 1,000 events as of the middle", $"{base_}/directory/Users/{longest}?position={half}", $"select data from directory.user_version where {Version(half)} and id = '{longest}'"),
            ("first 100 people as of the middle", $"{base_}/directory/Users?position={half}", $"select data from directory.user_version where {Version(half)} order by id limit 100"),
            ("by userName as of the middle", $"{base_}/directory/Users?position={half}&filter=userName%20eq%20%22person7@example.com%22", $"select data from directory.user_version where {Version(half)} and (data->'match'->>'userName') collate \"C\" = 'person7@example.com'"),
            ("first 100 sorted by family name, as of the middle", $"{base_}/directory/Users?position={half}&sortBy=name.familyName", $"select data from directory.user_version where {Version(half)} order by family_name_key collate \"C\", id limit 100"),
            ("100 differences of 8,640 commits", $"{base_}/audit/difference?fromPosition={day}", $"select data from directory.user_version where tenant_id = '{tenant}' and from_position > {day}"),
            ("why, one person", $"{base_}/audit/why?person={some}", $"select headers::text, bdata from history.mt_events where tenant_id = '{tenant}' and stream_id = '{some}'"),
            ("access by userName", $"{base_}/access?userName=person7@example.com", $"select data from directory.mt_doc_user where tenant_id = '{tenant}' and user_name_key collate \"C\" = 'person7@example.com'"),
        ];
        Console.WriteLine("| question | p50 ms | p95 ms | floor p50 ms | floor ÷ p50 |\n|---|---|---|---|---|");
        foreach (var (what, path, floor) in questions)
        {
            var (asked, raw) = (new List<double>(), new List<double>());
            for (var i = 0; i < times + 2; i++)
            {
                raw.Add(await Timed(async () => await Read(source, floor)));
                asked.Add(await Timed(async () =>
                {
                    using var answer = await client.GetAsync(path);
                    answer.EnsureSuccessStatusCode();
                    await answer.Content.ReadAsByteArrayAsync();
                }));
            }
            var (a, r) = (asked.Skip(2).Order().ToArray(), raw.Skip(2).Order().ToArray());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {a[a.Length / 2]:0.0} | {a[^1]:0.0} | {r[r.Length / 2]:0.0} | {r[r.Length / 2] / a[a.Length / 2]:0.00} |"));
        }
        await Export(client, $"{base_}/audit/export/events", source, tenant, await Scalar(source, $"select count(*) from directory.timeline where tenant_id = '{tenant}'"));
    }

    // The same process serves and reads, so that its memory is that of both; the floor is the rows, read and thrown away.
    static async Task Export(HttpClient client, string path, NpgsqlDataSource source, string tenant, long events)
    {
        var raw = await Timed(() => Read(source, $"set statement_timeout = 0; select e.headers::text, e.bdata from history.mt_events e where tenant_id = '{tenant}' order by stream_id, version"));
        var (before, peak, bytes, clock) = (Environment.WorkingSet, 0L, 0L, Stopwatch.StartNew());
        using var answer = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[1 << 16];
        for (int read; (read = await stream.ReadAsync(buffer)) > 0; peak = Math.Max(peak, Environment.WorkingSet)) bytes += read;
        Say(string.Create(CultureInfo.InvariantCulture, $"export of {events:N0} events: {events / clock.Elapsed.TotalSeconds:N0} a second, {bytes / 1048576.0:N0} MB, working set {before / 1048576.0:N0} MB before and {peak / 1048576.0:N0} MB at most; the rows alone {events / raw * 1000:N0} a second"));
    }

    static async Task<double> Timed(Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        return clock.Elapsed.TotalMilliseconds;
    }

    static async Task Read(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            for (var i = 0; i < reader.FieldCount; i++) _ = reader.GetValue(i);
    }

    static async Task<long> Scalar(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    static async Task Until(NpgsqlDataSource source, string sql)
    {
        while (true)
        {
            await using var command = source.CreateCommand(sql);
            if (await command.ExecuteScalarAsync() is true) return;
            await Task.Delay(100);
        }
    }

    static void Say(string line) => Console.WriteLine(line);
}
