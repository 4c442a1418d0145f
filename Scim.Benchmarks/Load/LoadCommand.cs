using System.CommandLine;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
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
    const int Rounds = 3;

    static readonly Option<int> Count = new("--people") { DefaultValueFactory = _ => 10_000, Description = "How many people the organization has" };
    static readonly Option<string> Clients = new("--clients") { DefaultValueFactory = _ => "1,8,32", Description = "How many ask at once; several are measured one after the other" };
    static readonly Option<double> Seconds = new("--seconds") { DefaultValueFactory = _ => 6, Description = "For each operation, floor and number of clients, in three rounds together" };
    static readonly Option<string?> Only = new("--only") { Description = $"Some of {string.Join(", ", Enum.GetNames<Operation>())}" };
    static readonly Option<string?> Json = new("--json") { Description = "A file for the figures" };

    internal static Task<int> Run(string[] arguments)
    {
        var load = new Command("load", "Measure the service under load, beside its floors") { Count, Clients, Seconds, Only, Json };
        load.SetAction(async (parsed, _) => { await Measure(parsed); return 0; });
        return new RootCommand { load }.Parse(arguments).InvokeAsync();
    }

    static async Task Measure(ParseResult parsed)
    {
        var operations = parsed.GetValue(Only)?.Split(',').Select(n => Enum.Parse<Operation>(n, ignoreCase: true)).ToArray() ?? Enum.GetValues<Operation>();
        var folder = Directory.CreateTempSubdirectory("scim-load-").FullName;
        try
        {
            await using var service = await ScimService.BuildAsync(["--urls", "http://127.0.0.1:0"], CancellationToken.None, builder =>
            {
                builder.Configuration.AddInMemoryCollection([new("Embedded:Folder", folder), new("ConnectionStrings:Directory", ""), new("Limits:TokenRate", "1000000"), new("Limits:LeavingSeconds", "0")]);
                builder.Logging.ClearProviders();
            });
            await service.StartAsync(TextWriter.Null, CancellationToken.None);
            using var http = new HttpClient { BaseAddress = new Uri(service.App.Urls.First()) };
            using var api = new HttpClient { BaseAddress = http.BaseAddress };
            api.DefaultRequestHeaders.Authorization = new("Bearer", ScimService.OperatorKey(service.App.Configuration, service.Foundation.Folder));

            var people = new People(http, api);
            await people.Make(parsed.GetValue(Count));
            var connections = service.Foundation.Connections;
            await using var source = Connections.DataSource(connections.Directory);
            var floor = new Floor(source, people);
            await using (var owner = Connections.DataSource(connections.Owner!))
                await floor.Make(owner, new NpgsqlConnectionStringBuilder(connections.Directory).Username!);
            foreach (var list in operations.Where(o => o is Operation.UserNameEq or >= Operation.ListFirst)) await Compare(list, people, floor);
            await using var bare = await Bare(floor);
            using var bareHttp = new HttpClient { BaseAddress = new Uri(bare.Urls.First()) };

            var postmaster = Postmaster.TryRead(Path.Combine(service.Foundation.Folder.Postgres, "data"))!.ProcessId;
            var table = new Table(parsed.GetValue(Count));
            foreach (var clients in parsed.GetValue(Clients)!.Split(',').Select(int.Parse))
            {
                var slots = operations.SelectMany(o => new Slot[]
                {
                    new(o, "service", p => people.Send(o, p)), new(o, "endpoint", p => Ask(bareHttp, o, p)), new(o, "npgsql", p => floor.Run(o, p)),
                }).ToArray();
                foreach (var slot in slots) await slot.Measure(new(), clients, 0.3, people.Ids.Count, postmaster); // warm
                for (var round = 0; round < Rounds; round++)
                {
                    Random.Shared.Shuffle(slots);
                    foreach (var slot in slots) await slot.Measure(slot.Measured, clients, parsed.GetValue(Seconds) / Rounds, people.Ids.Count, postmaster);
                }
                foreach (var operation in operations) table.Add(operation, clients, slots.Where(s => s.Operation == operation).ToDictionary(s => s.Variant, s => s.Measured));
            }
            table.Print(Console.Out);
            if (parsed.GetValue(Json) is { } file) await File.WriteAllTextAsync(file, JsonSerializer.Serialize(table.Rows, JsonSerializerOptions.Web));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A floor that finds others than the service does is none.
    static async Task Compare(Operation list, People people, Floor floor)
    {
        var (found, expected) = (JsonDocument.Parse(await people.Send(list, 0)).RootElement.GetProperty("totalResults").GetInt64(), await floor.Total(list));
        if (found != expected || found == 0) throw new InvalidOperationException($"{list} finds {found} people, and its floor {expected}.");
    }

    // The same server, the same data source settings; the body is read, the answer is written, and that is all.
    static async Task<WebApplication> Bare(Floor floor)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Map("/{operation}/{person:int}", async (Operation operation, int person, HttpContext context) =>
        {
            if (context.Request.ContentLength > 0) await context.Request.Body.CopyToAsync(Stream.Null);
            var answer = await floor.Run(operation, person);
            context.Response.StatusCode = operation is Operation.NotModified ? 304 : 200;
            if (answer.Length > 0) await context.Response.Body.WriteAsync(answer);
        });
        await app.StartAsync();
        return app;
    }

    static async Task Ask(HttpClient http, Operation operation, int person)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{operation}/{person}");
        if (People.BodyOf(operation, person) is { } body) (request.Method, request.Content) = (HttpMethod.Post, new ByteArrayContent(body));
        using var response = await http.SendAsync(request);
        await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode is not (200 or 304)) throw new InvalidOperationException($"The floor of {operation} was answered {(int)response.StatusCode}.");
    }

    sealed record Slot(Operation Operation, string Variant, Func<int, Task> Send)
    {
        internal Measured Measured { get; } = new();

        // Clients share no person, so that none waits for another's lock.
        internal Task Measure(Measured into, int clients, double seconds, int people, int postmaster) =>
            into.Add(clients, TimeSpan.FromSeconds(seconds), postmaster, client => Send(client + clients * Random.Shared.Next((people - client - 1) / clients + 1)));
    }
}
