using System.CommandLine;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scim.Api.Hosting;
using Scim.Api.Hosting.Embedded;

namespace Scim.Benchmarks.Load;

/// <summary>
/// <c>load</c>: measures each operation over HTTP beside two floors of the same run: the same rows by bare Npgsql, and
/// that behind a bare endpoint in the same process, which is the fair comparison. Rounds are shuffled, so that what else
/// the machine does meets all alike.
/// </summary>
internal static class LoadCommand
{
    static readonly Option<int> Count = new("--people") { DefaultValueFactory = _ => 10_000, Description = "How many people the organization has" };
    static readonly Option<string> Clients = new("--clients") { DefaultValueFactory = _ => "1,8,32", Description = "How many ask at once; several are measured one after the other" };
    static readonly Option<double> Seconds = new("--seconds") { DefaultValueFactory = _ => 6, Description = "For each operation, floor and number of clients, in three rounds together" };
    static readonly Option<string?> Only = new("--only") { Description = $"Some of {string.Join(", ", Enum.GetNames<Operation>())}" };
    static readonly Option<string?> Json = new("--json") { Description = "A file for the figures" };

    static readonly Option<string?> Against = new("--against") { Description = "The figures of an earlier run, to see what has changed" };

    static readonly Option<string?> OfGroups = new("--groups") { Description = $"Sizes of groups, such as 10,1000: measures them instead, by one client; --only is then some of {string.Join(", ", Enum.GetNames<GroupOperation>())}" };
    static readonly Option<string[]> Settings = new("--set") { Description = "A setting of the service, as KEY=VALUE" };

    internal static Task<int> Run(string[] arguments)
    {
        var load = new Command("load", "Measure the service under load, beside its floors") { Count, Clients, Seconds, Only, Json, Against, OfGroups, Settings };
        load.SetAction(async (parsed, _) => { await Measure(parsed); return 0; });
        return new RootCommand { load }.Parse(arguments).InvokeAsync();
    }

    static async Task Measure(ParseResult parsed)
    {
        int[] sizes = parsed.GetValue(OfGroups)?.Split(',').Select(int.Parse).ToArray() ?? [];
        var operations = sizes.Length > 0 ? [] : Chosen<Operation>(parsed);
        var folder = Directory.CreateTempSubdirectory("scim-load-").FullName;
        try
        {
            await using var service = await ScimService.BuildAsync(["--urls", "http://127.0.0.1:0"], CancellationToken.None, builder =>
            {
                builder.Configuration.AddInMemoryCollection([new("Embedded:Folder", folder), new("ConnectionStrings:Directory", ""), new("Limits:TokenRate", "1000000"), new("Limits:LeavingSeconds", "0"), .. parsed.GetValue(Settings)!.Select(s => s.Split('=', 2)).Select(s => new KeyValuePair<string, string?>(s[0], s[1]))]);
                builder.Logging.ClearProviders();
            });
            await service.StartAsync(TextWriter.Null, CancellationToken.None);
            await using var clients = ClientProcess.Start();
            var made = await clients.Ask<ClientProcess.Made>(new ClientProcess.Setup(new Uri(service.App.Urls.First()),
                ScimService.OperatorKey(service.App.Configuration, service.Foundation.Folder), parsed.GetValue(Count), sizes));
            var connections = service.Foundation.Connections;
            await using var source = Connections.DataSource(connections.Directory);
            var floor = new Floor(source, made);
            await using (var owner = Connections.DataSource(connections.Owner!))
                await floor.Make(owner, new NpgsqlConnectionStringBuilder(connections.Directory).Username!);
            var groups = sizes.Length > 0 ? new GroupFloor(source, made) : null;
            if (groups is not null)
                await using (var owner = Connections.DataSource(connections.Owner!))
                    await groups.Make(owner, new NpgsqlConnectionStringBuilder(connections.Directory).Username!);
            foreach (var (list, found) in made.Totals) await Compare(list, found, floor);
            await using var bare = await Bare(floor, groups);
            using var trips = new Trips();
            var bench = new Bench(clients, floor, new Uri(bare.Urls.First()), made.Ids.Length, Postmaster.TryRead(Path.Combine(service.Foundation.Folder.Postgres, "data"))!.ProcessId, trips, groups);
            var table = new Table(parsed.GetValue(Count));
            if (sizes.Length > 0)
                foreach (var (operation, size, of) in await bench.Measure(Chosen<GroupOperation>(parsed), sizes, parsed.GetValue(Seconds))) table.Add($"{operation} {size}", 1, of);
            else foreach (var count in parsed.GetValue(Clients)!.Split(',').Select(int.Parse))
                foreach (var (operation, of) in await bench.Measure(operations, count, parsed.GetValue(Seconds))) table.Add(operation, count, of);
            table.Print(Console.Out);
            if (parsed.GetValue(Against) is { } earlier)
                table.Compare(JsonSerializer.Deserialize<Table.Row[]>(await File.ReadAllTextAsync(earlier), JsonSerializerOptions.Web)!, Console.Out);
            if (parsed.GetValue(Json) is { } file) await File.WriteAllTextAsync(file, JsonSerializer.Serialize(table.Rows, JsonSerializerOptions.Web));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static T[] Chosen<T>(ParseResult parsed) where T : struct, Enum => parsed.GetValue(Only)?.Split(',').Select(n => Enum.Parse<T>(n, ignoreCase: true)).ToArray() ?? Enum.GetValues<T>();

    // A floor that finds others than the service does is none.
    static async Task Compare(Operation list, long found, Floor floor)
    {
        var expected = await floor.Total(list);
        if (found != expected || found == 0) throw new InvalidOperationException($"{list} finds {found} people, and its floor {expected}.");
    }

    // The same server, the same data source settings; the body is read, the answer is written, and that is all.
    static async Task<WebApplication> Bare(Floor floor, GroupFloor? groups)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(o => o.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        app.Map("/{operation}/{person:int}", async (Operation operation, int person, HttpContext context) =>
        {
            if (context.Request.ContentLength > 0) await context.Request.Body.CopyToAsync(Stream.Null);
            var answer = await floor.Run(operation, person);
            context.Response.StatusCode = operation is Operation.NotModified ? 304 : 200;
            if (answer.Length > 0) await context.Response.Body.WriteAsync(answer);
        });
        app.Map("/groups/{operation}/{size:int}", async (GroupOperation operation, int size, HttpContext context) =>
        {
            if (context.Request.ContentLength > 0) await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.Body.WriteAsync(await groups!.Run(operation, size));
        });
        await app.StartAsync();
        return app;
    }
}
